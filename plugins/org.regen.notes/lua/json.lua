-- JSON, as far as this app needs it: reading the files in locales/, and what it has stored.
--
-- null reads as nil, so it leaves no trace in an object. An empty table is written as [].

Notes = Notes or {}
local json = {}
Notes.json = json

local deepest = 32

-- Reading ------------------------------------------------------------------------------------------------------------

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
local words = { { "true", true }, { "false", false }, { "null", nil } }

local function fail(at, what)
  error({ json = what .. " at byte " .. at }, 0)
end

-- The UTF-8 bytes of a code point. Lua 5.1 and LuaJIT have no utf8.char.
local function utf8(code)
  local char, floor = string.char, math.floor
  if code < 0x80 then
    return char(code)
  elseif code < 0x800 then
    return char(0xC0 + floor(code / 0x40), 0x80 + code % 0x40)
  elseif code < 0x10000 then
    return char(0xE0 + floor(code / 0x1000), 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return char(0xF0 + floor(code / 0x40000), 0x80 + floor(code / 0x1000) % 0x40, 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

-- A \u escape, and its second half where it is one of a pair.
local function readUnicode(s, at)
  local high = s:match("^%x%x%x%x", at)
  if not high then fail(at, "four hex digits expected") end
  high, at = tonumber(high, 16), at + 4
  if high < 0xD800 or high > 0xDFFF then return utf8(high), at end
  local low = tonumber(s:match("^\\u([dD][c-fC-F]%x%x)", at) or "", 16)
  if high > 0xDBFF or not low then return "\239\191\189", at end -- half a pair is no character: U+FFFD
  return utf8(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00)), at + 6
end

local function readString(s, at)
  local parts = {}
  while true do
    local plain, stop = s:match('^([^"\\%c]*)()', at)
    parts[#parts + 1] = plain
    local c = s:sub(stop, stop)
    if c == '"' then return table.concat(parts), stop + 1 end
    if c ~= "\\" then fail(stop, "end of a string expected") end
    local letter = s:sub(stop + 1, stop + 1)
    at = stop + 2
    if letter == "u" then
      parts[#parts + 1], at = readUnicode(s, at)
    elseif escapes[letter] then
      parts[#parts + 1] = escapes[letter]
    else
      fail(stop, "unknown escape")
    end
  end
end

local function skip(s, at)
  return s:match("^[ \t\r\n]*()", at)
end

local readValue

-- What stands between brackets: one item after the other, and commas in between.
local function readItems(s, at, close, readItem)
  at = skip(s, at)
  if s:sub(at, at) == close then return at + 1 end
  while true do
    at = skip(s, readItem(skip(s, at)))
    local c = s:sub(at, at)
    at = at + 1
    if c == close then return at end
    if c ~= "," then fail(at - 1, "',' or '" .. close .. "' expected") end
  end
end

local function readArray(s, at, depth)
  local array = {}
  at = readItems(s, at, "]", function(from)
    local value, after = readValue(s, from, depth)
    array[#array + 1] = value
    return after
  end)
  return array, at
end

local function readObject(s, at, depth)
  local object = {}
  at = readItems(s, at, "}", function(from)
    if s:sub(from, from) ~= '"' then fail(from, "a name expected") end
    local name, after = readString(s, from + 1)
    after = skip(s, after)
    if s:sub(after, after) ~= ":" then fail(after, "':' expected") end
    object[name], after = readValue(s, skip(s, after + 1), depth)
    return after
  end)
  return object, at
end

function readValue(s, at, depth)
  if depth > deepest then fail(at, "nested too deeply") end
  local c = s:sub(at, at)
  if c == "{" then return readObject(s, at + 1, depth + 1) end
  if c == "[" then return readArray(s, at + 1, depth + 1) end
  if c == '"' then return readString(s, at + 1) end
  for _, word in ipairs(words) do
    if s:sub(at, at + #word[1] - 1) == word[1] then return word[2], at + #word[1] end
  end
  local number = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if not number or not tonumber(number) then fail(at, "a value expected") end
  return tonumber(number), at + #number
end

-- Returns the value, or nil and what is wrong.
function json.decode(s)
  local ok, value, at = pcall(function()
    local value, at = readValue(s, skip(s, 1), 1)
    return value, skip(s, at)
  end)
  if not ok then return nil, type(value) == "table" and value.json or tostring(value) end
  if at <= #s then return nil, "nothing more expected at byte " .. at end
  return value
end

-- Writing ------------------------------------------------------------------------------------------------------------

local short = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function writeString(s)
  return '"' .. s:gsub('[%c"\\]', function(c)
    return short[c] or string.format("\\u%04x", c:byte())
  end) .. '"'
end

local function writeNumber(n)
  if n ~= n or n == math.huge or n == -math.huge then return "null" end
  if n == math.floor(n) and math.abs(n) < 2 ^ 53 then return string.format("%.0f", n) end
  return (string.format("%.3f", n):gsub(",", ".")) -- a host's locale may have a comma
end

function json.encode(value)
  local kind = type(value)
  if kind == "string" then return writeString(value) end
  if kind == "number" then return writeNumber(value) end
  if kind == "boolean" then return tostring(value) end
  if kind ~= "table" then return "null" end
  local parts = {}
  if value[1] ~= nil or next(value) == nil then
    for i, item in ipairs(value) do parts[i] = json.encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names) -- the same state is the same text
  for i, name in ipairs(names) do parts[i] = writeString(name) .. ":" .. json.encode(value[name]) end
  return "{" .. table.concat(parts, ",") .. "}"
end
