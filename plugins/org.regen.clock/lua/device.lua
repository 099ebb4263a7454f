-- What the app asks of the device stands here and nowhere else:
--
--   app.locale                      the language, such as "de" or "de-AT"
--   app.read(path)                  a file of this package, as text
--   storage.get(key)                what was stored under a key, or nil          permission "storage"
--   storage.set(key, text)          stores it                                    permission "storage"
--   notifications.show(title, text) notifies, even when the app isn't on show    permission "notifications"
--
-- A device that lacks one of them, or refuses it, costs a feature and never the app.

Clock = Clock or {}
local device = {}
Clock.device = device

-- What f returns, or nil where it fails: because the device has no such function, or because it says no.
local function try(f)
  local ok, answer = pcall(f)
  if ok then return answer end
end

-- The same, where it has to be a text.
local function tryText(f)
  local answer = try(f)
  if type(answer) == "string" then return answer end
end

-- The two-letter language, or nil.
function device.language()
  local locale = tryText(function() return app.locale end) or tryText(function() return os.getenv("LANG") end) or ""
  local language = locale:match("^(%a%a)%f[%A]")
  return language and language:lower()
end

-- The text of a file of this package, or nil.
function device.read(path)
  return tryText(function() return app.read(path) end) or tryText(function()
    local file = io.open(path, "r")
    local text = file:read("*a")
    file:close()
    return text
  end)
end

function device.load(key)
  return tryText(function() return storage.get(key) end)
end

function device.save(key, text)
  try(function() storage.set(key, text) end)
end

function device.notify(title, text)
  try(function() notifications.show(title, text) end)
end
