-- The page with the timer, and the banner that is shown on every page when it has run out.

Clock = Clock or {}
Clock.pages = Clock.pages or {}
local page = { actions = {} }
Clock.pages.timer = page

local dom, format, text, timer = Clock.dom, Clock.format, Clock.text, Clock.timer
local current

local function drawButtons()
  local idle, running = timer.isIdle(current), current.ends ~= nil
  dom.text("timer-main", text.of(running and "Pause" or idle and "Start" or "Continue"))
  dom.class("timer-main", "stop", running)
  dom.class("timer-reset", "off", idle)
  dom.class("presets", "off", not idle)
  dom.class("banner", "hidden", not current.rung)
end

local function changed(now)
  drawButtons()
  page.draw(now)
end

function page.open(stored)
  current = timer.restore(stored)
end

function page.state()
  return current
end

page.actions["timer-main"] = function(_, now)
  if current.ends then timer.pause(current, now) else timer.start(current, now) end
  changed(now)
end

page.actions["timer-reset"] = function(_, now)
  timer.reset(current)
  changed(now)
end

page.actions["timer-set"] = function(minutes, now)
  timer.set(current, tonumber(minutes) * 60)
  changed(now)
end

page.actions["timer-add"] = function(seconds, now)
  timer.add(current, tonumber(seconds), now)
  changed(now)
end

page.actions["timer-ok"] = function(_, now)
  current.rung = false
  changed(now)
end

function page.show(now)
  changed(now)
end

function page.draw(now)
  dom.text("timer-left", format.countdown(timer.left(current, now)))
  dom.width("timer-bar", timer.share(current, now) * 100)
end

-- Called at each beat, whatever page is on show. Returns whether the timer has rung just now.
function page.check(now)
  if not timer.check(current, now) then return false end
  changed(now)
  return true
end
