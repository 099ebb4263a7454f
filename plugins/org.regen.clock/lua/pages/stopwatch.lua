-- The page with the stopwatch.

Clock = Clock or {}
Clock.pages = Clock.pages or {}
local page = { actions = {} }
Clock.pages.stopwatch = page

local dom, format, text, stopwatch = Clock.dom, Clock.format, Clock.text, Clock.stopwatch
local watch

local row = [[
<div class="row">
  <div class="row-main"><div class="row-name">%s<span class="row-mark">%s</span></div></div>
  <div class="row-note">%s</div>
  <div class="row-lap">%s</div>
</div>]]

-- The laps that are over, newest first. The one under way is written anew at each beat, so it has a place of its own.
local function drawLaps(now)
  local times, rows = stopwatch.lapTimes(watch, now), {}
  local fastest, slowest = stopwatch.extremes(watch)
  for i = #watch.laps, 1, -1 do
    local mark = i == fastest and text.of("fastest") or i == slowest and text.of("slowest") or ""
    rows[#rows + 1] = row:format(
      text.rml(text.of("Lap {number}", { number = i })),
      text.rml(mark),
      format.elapsed(watch.laps[i]),
      format.elapsed(times[i]))
  end
  dom.rml("laps", table.concat(rows))
  dom.text("lap-name", text.of("Lap {number}", { number = #watch.laps + 1 }))
  dom.class("lap", "hidden", #watch.laps == 0)
end

local function drawButtons()
  local running = watch.started ~= nil
  dom.text("watch-main", text.of(running and "Stop" or "Start"))
  dom.class("watch-main", "stop", running)
  dom.text("watch-other", text.of(running and "Lap" or "Reset"))
  dom.class("watch-other", "off", not running and watch.before == 0)
end

local function changed(now)
  drawButtons()
  drawLaps(now)
  page.draw(now)
end

function page.open(stored)
  watch = stopwatch.restore(stored)
end

function page.state()
  return watch
end

page.actions["watch-main"] = function(_, now)
  if watch.started then stopwatch.stop(watch, now) else stopwatch.start(watch, now) end
  changed(now)
end

page.actions["watch-other"] = function(_, now)
  if watch.started then stopwatch.lap(watch, now) else watch = stopwatch.new() end
  changed(now)
end

function page.show(now)
  changed(now)
end

function page.draw(now)
  dom.text("watch", format.elapsed(stopwatch.elapsed(watch, now)))
  local times = stopwatch.lapTimes(watch, now)
  if #times > 0 then dom.text("lap-time", format.elapsed(times[#times])) end
end
