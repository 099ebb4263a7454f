-- What can be said of a note. A note is a plain table:
--
--   id        never changes
--   text      whatever was written; the first line is the title
--   pinned    whether it stays on top
--   changed   when its text was last changed, as os.time has it

Notes = Notes or {}
local note = {}
Notes.note = note

-- Cuts a text to a number of characters. Pieces of a character are never left over.
local function cut(s, most)
  local at, count = 1, 0
  while at <= #s do
    if count == most then return s:sub(1, at - 1) .. "…" end
    at, count = s:match("^[%z\1-\127\194-\244][\128-\191]*()", at) or at + 1, count + 1
  end
  return s
end

-- The lines that have something in them, without the spaces around it.
local function lines(s)
  local all = {}
  for line in s:gmatch("[^\r\n]+") do
    line = line:match("^%s*(.-)%s*$")
    if line ~= "" then all[#all + 1] = line end
  end
  return all
end

function note.isEmpty(n)
  return not n.text:find("%S")
end

function note.title(n)
  return cut(lines(n.text)[1] or "", 60)
end

-- The words of a query, as they are compared.
function note.words(query)
  local words = {}
  for word in Notes.fold(query):gmatch("%S+") do words[#words + 1] = word end
  return words
end

-- Whether all words are in the note. No words are in every note.
function note.matches(n, words)
  local folded = Notes.fold(n.text)
  for _, word in ipairs(words) do
    if not folded:find(word, 1, true) then return false end
  end
  return true
end

-- What a list shows below the title: the first line after it that has one of the words, else the first line.
function note.preview(n, words)
  local all = lines(n.text)
  for i = 2, #all do
    local folded = Notes.fold(all[i])
    for _, word in ipairs(words) do
      if folded:find(word, 1, true) then return cut(all[i], 90) end
    end
  end
  return cut(all[2] or "", 90)
end

function note.countWords(n)
  local _, count = n.text:gsub("%S+", "")
  return count
end

-- Sorts notes as they are listed: pinned ones first, then what was changed last.
function note.sort(list)
  table.sort(list, function(a, b)
    if a.pinned ~= b.pinned then return a.pinned end
    if a.changed ~= b.changed then return a.changed > b.changed end
    return a.id > b.id
  end)
end
