-- The notes in the app's storage. Each has a key of its own, so that typing writes one note and not all of them:
--
--   notes         {"version": 1, "ids": ["1795341600", …]}
--   note-<id>     {"text": "…", "pinned": false, "changed": 1795341600}
--
-- What is listed is always there: a note is written before its id is, and an id is taken out before its note is.

Notes = Notes or {}
local store = {}
Notes.store = store

local device, json = Notes.device, Notes.json
local index = "notes"
local notes = {} -- id → note

store.kept = true -- whether the device has kept all that it was given

local function key(id)
  return "note-" .. id
end

local function save(k, value)
  if not device.save(k, json.encode(value)) then store.kept = false end
end

local function saveIndex()
  local ids = {}
  for id in pairs(notes) do ids[#ids + 1] = id end
  table.sort(ids)
  save(index, { version = 1, ids = ids })
end

local function loadNote(id)
  local text = device.load(key(id))
  local stored = text and json.decode(text)
  if type(stored) ~= "table" or type(stored.text) ~= "string" then return nil end
  return {
    id = id,
    text = stored.text,
    pinned = stored.pinned == true,
    changed = type(stored.changed) == "number" and stored.changed or 0,
  }
end

function store.open()
  notes, store.kept = {}, true
  local text = device.load(index)
  local stored = text and json.decode(text)
  if type(stored) == "table" and stored.version == 1 and type(stored.ids) == "table" then
    for _, id in ipairs(stored.ids) do
      if type(id) == "string" then notes[id] = loadNote(id) end
    end
  elseif text and text ~= "" then
    device.save(index .. "-unreadable", text) -- the next change writes the list anew: it mustn't be the last that knows the ids
  end
end

-- A note that isn't stored yet. Its id is the time, in seconds, at which it was begun.
function store.draft(now)
  local id = now
  while notes[tostring(id)] do id = id + 1 end
  return { id = tostring(id), text = "", pinned = false, changed = now }
end

-- Stores a note, be it new or not.
function store.put(n)
  save(key(n.id), { text = n.text, pinned = n.pinned, changed = n.changed })
  if notes[n.id] ~= n then
    notes[n.id] = n
    saveIndex()
  end
end

function store.remove(n)
  if not notes[n.id] then return end
  notes[n.id] = nil
  saveIndex()
  device.remove(key(n.id))
end

function store.get(id)
  return notes[id]
end

-- The notes that have all the words, sorted, and how many there are in all.
function store.find(words)
  local found, count = {}, 0
  for _, n in pairs(notes) do
    count = count + 1
    if Notes.note.matches(n, words) then found[#found + 1] = n end
  end
  Notes.note.sort(found)
  return found, count
end
