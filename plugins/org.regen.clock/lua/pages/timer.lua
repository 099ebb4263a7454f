-- The page with the timer, and the banner that is shown on every page when it has run out.

Clock = Clock or {}
Clock.pages = Clock.pages or {}
local page = { actions = {} }
Clock.pages.timer = page

local dom, device, format, text, timer = Clock.dom, Clock.device, Clock.format, Clock.text, Clock.timer
local late = 60 -- seconds after which "Time is up." isn't news any more
local current

-- Time is up, or was: the app may have been closed, or the device lain aside.
local function drawBanner(now)
  dom.class("banner", "hidden", not current.rung)
  if not current.rung then return end
  local message = text.of("Time is up.")
  if current.ended and now - current.ended >= late then
    local ended = os.date("*t", math.floor(current.ended))
    local time = format.twelve and format.clock(ended) .. " " .. format.half(ended) or format.clock(ended)
    message = text.of("It ran out at {time}.", { time = time })
  end
  dom.text("banner-text", message)
end

local function drawButtons()
  local idle, running = timer.isIdle(current), current.ends ~= nil
  dom.text("timer-main", text.of(running and "Pause" or idle and "Start" or "Continue"))
  dom.class("timer-main", "stop", running)
  dom.class("timer-reset", "off", idle)
  dom.class("presets", "off", not idle)
end

local function changed(now)
  drawButtons()
  drawBanner(now)
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

page.actions["timer-again"] = function(_, now)
  timer.start(current, now)
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
  if current.rung then drawBanner(now) end
  if not timer.check(current, now) then return false end
  if now - current.ended < late then device.notify(text.of("Timer"), text.of("Time is up.")) end
  changed(now)
  return true
end
