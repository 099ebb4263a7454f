-- The app: which page is on show, and what a click does.

Notes = Notes or {}
local app = {}
Notes.app = app

local dom, pages = Notes.dom, Notes.pages
local actions = {}
for _, page in pairs(pages) do
  for action, act in pairs(page.actions) do actions[action] = act end
end

local function draw()
  local editing = pages.editor.isOpen()
  dom.class("list", "hidden", editing)
  dom.class("editor", "hidden", not editing)
  if editing then pages.editor.draw() else pages.list.draw() end
end

-- The document has been loaded.
function app.open(document)
  dom.open(document)
  Notes.text.load(Notes.device.language(), Notes.device.read)
  dom.translate()
  Notes.store.open()
  draw()
end

function app.click(event)
  local action, with = dom.action(event.target_element)
  local act = action and actions[action]
  if not act then return end
  if action ~= "undo" then pages.list.offerUndo(nil) end
  act(with)
  draw()
end

-- The search, or a note, is being written.
app.search = pages.list.draw
app.write = pages.editor.changed
