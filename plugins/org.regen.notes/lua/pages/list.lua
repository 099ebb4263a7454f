-- The page with all notes, and the search.

Notes = Notes or {}
Notes.pages = Notes.pages or {}
local page = { actions = {} }
Notes.pages.list = page

local dates, dom, note, store, text = Notes.dates, Notes.dom, Notes.note, Notes.store, Notes.text
local deleted -- the note that can still be brought back

local heading = [[<p class="heading">%s</p>]]

local card = [[
<div class="card">
  <button class="card-open" action="open" with="%s">
    <p class="card-title">%s</p>
    <p class="card-text">%s</p>
    <p class="card-when">%s</p>
  </button>
  <button class="card-pin%s" action="pin" with="%s"><img src="img/%s.png"/></button>
</div>]]

local function drawCard(n, words)
  return card:format(
    n.id,
    text.rml(note.title(n)),
    text.rml(note.preview(n, words)),
    text.rml(dates.when(n.changed, os.time())),
    n.pinned and " on" or "",
    n.id,
    n.pinned and "pinned" or "pin")
end

local function counted(shown, all)
  if shown < all then return text.of("{shown} of {all}", { shown = shown, all = all }) end
  if all == 1 then return text.of("1 note") end
  return text.of("{all} notes", { all = all })
end

-- Which of the two is to be said where no note is.
local function drawEmpty(shown, all)
  dom.class("no-notes", "hidden", all > 0)
  dom.class("not-found", "hidden", all == 0 or shown > 0)
  dom.class("count", "hidden", shown == 0)
end

function page.draw()
  local query = dom.value("query")
  local words = note.words(query)
  local found, all = store.find(words)
  local parts = {}
  for i, n in ipairs(found) do
    local first = i == 1 or found[i - 1].pinned ~= n.pinned
    if first and found[1].pinned then
      parts[#parts + 1] = heading:format(text.rml(text.of(n.pinned and "Pinned" or "Others")))
    end
    parts[#parts + 1] = drawCard(n, words)
  end
  dom.rml("notes", table.concat(parts))
  dom.text("count", counted(#found, all))
  drawEmpty(#found, all)
  dom.class("query-hint", "hidden", query ~= "")
  dom.class("clear", "hidden", query == "")
  dom.class("undo", "hidden", not deleted)
  dom.class("not-kept", "hidden", store.kept)
end

-- Offers to bring a note back that was deleted, until something else is done.
function page.offerUndo(n)
  deleted = n
end

page.actions["undo"] = function()
  if deleted then store.put(deleted) end
  deleted = nil
end

page.actions["pin"] = function(id)
  local n = store.get(id)
  if not n then return end
  n.pinned = not n.pinned
  store.put(n)
end

page.actions["clear"] = function()
  dom.setValue("query", "")
  dom.focus("query")
end
