-- The page with one note. There is nothing to save: every change is stored when it is made.

Notes = Notes or {}
Notes.pages = Notes.pages or {}
local page = { actions = {} }
Notes.pages.editor = page

local dates, dom, note, store, text = Notes.dates, Notes.dom, Notes.note, Notes.store, Notes.text
local current -- the note; nil while the list is on show

function page.isOpen()
  return current ~= nil
end

function page.draw()
  local words = note.countWords(current)
  dom.text("about", text.of("{when}, {words}", {
    when = dates.when(current.changed, os.time()),
    words = words == 1 and text.of("1 word") or text.of("{count} words", { count = words }),
  }))
  dom.class("editor-pin", "on", current.pinned)
  dom.rml("editor-pin", current.pinned and [[<img src="img/pinned.png"/>]] or [[<img src="img/pin.png"/>]])
  dom.class("editor-not-kept", "hidden", store.kept)
end

local function open(n)
  current = n
  dom.setValue("text", n.text)
end

-- The text in the field has changed.
function page.changed()
  local written = dom.value("text")
  if not current or written == current.text then return end
  current.text, current.changed = written, os.time()
  -- A note that was begun and has nothing in it yet is none. One that was emptied is stored as it is: it may be filled again.
  if store.get(current.id) or not note.isEmpty(current) then store.put(current) end
  page.draw()
end

page.actions["new"] = function()
  open(store.draft(os.time()))
  dom.focus("text")
end

page.actions["open"] = function(id)
  local n = store.get(id)
  if n then open(n) end
end

page.actions["close"] = function()
  if note.isEmpty(current) then store.remove(current) end
  current = nil
end

page.actions["editor-pin"] = function()
  current.pinned = not current.pinned
  if store.get(current.id) then store.put(current) end
end

page.actions["delete"] = function()
  if store.get(current.id) and not note.isEmpty(current) then Notes.pages.list.offerUndo(current) end
  store.remove(current)
  current = nil
end
