-- Texts in the language of the device.
--
-- A message is its own key: the English text. So what isn't translated is English, and a place where something is shown
-- reads as what it shows.

Clock = Clock or {}
local text = {}
Clock.text = text

local messages = {}

-- Reads locales/<language>.json. Without such a file all texts are English.
function text.load(language, read)
  messages = {}
  local file = language and read("locales/" .. language .. ".json")
  local found = file and Clock.json.decode(file)
  if type(found) == "table" then messages = found end
end

-- The translation of a message. {name} stands for a value.
function text.of(message, values)
  local s = messages[message]
  if type(s) ~= "string" then s = message end
  if not values then return s end
  return (s:gsub("{(%a+)}", function(name)
    if values[name] ~= nil then return tostring(values[name]) end
  end))
end

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

-- A text as RML.
function text.rml(s)
  return (s:gsub('[&<>"]', entities))
end
