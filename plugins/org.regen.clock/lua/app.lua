-- The app: which page is on show, what a click does, what is stored.

Clock = Clock or {}
local app = {}
Clock.app = app

local dom, device, json, pages, pulse = Clock.dom, Clock.device, Clock.json, Clock.pages, Clock.pulse
local names = { "clock", "world", "stopwatch", "timer" }
local key = "state" -- of what is stored
local beats
local tab
local actions = {}

local function now()
  return pulse.now(beats, os.time())
end

local function show(name)
  tab = pages[name] and name or "clock"
  for _, other in ipairs(names) do
    dom.class(other, "hidden", other ~= tab)
    dom.class("tab-" .. other, "on", other == tab)
  end
  pages[tab].show(now())
  pages[tab].draw(now())
end

actions.tab = show
for _, name in ipairs(names) do
  for action, act in pairs(pages[name].actions) do actions[action] = act end
end

local function save()
  local state = { version = 1, tab = tab }
  for _, name in ipairs(names) do state[name] = pages[name].state() end
  device.save(key, json.encode(state))
end

local function stored()
  local text = device.load(key)
  local state = text and json.decode(text)
  if type(state) == "table" and state.version == 1 then return state end
  return {}
end

-- The document has been loaded.
function app.open(document)
  dom.open(document)
  Clock.text.load(device.language(), device.read)
  dom.translate()
  beats = pulse.new()
  local state = stored()
  for _, name in ipairs(names) do pages[name].open(state[name]) end
  pages.timer.show(now()) -- for the banner, which isn't only on its page
  show(state.tab)
  dom.beat()
end

function app.click(event)
  local action, with = dom.action(event.target_element)
  local act = action and actions[action]
  if not act then return end
  act(with, now())
  pages[tab].draw(now())
  save()
end

-- Some twenty times a second.
function app.beat()
  pulse.beat(beats, os.time())
  if pages.timer.check(now()) then save() end
  pages[tab].draw(now())
  dom.beat()
end
