-- A stopwatch. It is a plain table, and times come in from outside, so that it can be stored and goes on where it was.
--
--   before    the seconds that were measured before it was last started
--   started   when that was; nil while it stands still
--   laps      the seconds measured at each lap, rising

Clock = Clock or {}
local stopwatch = {}
Clock.stopwatch = stopwatch

stopwatch.mostLaps = 99

function stopwatch.new()
  return { before = 0, started = nil, laps = {} }
end

function stopwatch.elapsed(w, now)
  if not w.started then return w.before end
  return w.before + math.max(0, now - w.started) -- a device's clock can be set back
end

function stopwatch.start(w, now)
  if not w.started then w.started = now end
end

function stopwatch.stop(w, now)
  w.before = stopwatch.elapsed(w, now)
  w.started = nil
end

function stopwatch.lap(w, now)
  if w.started and #w.laps < stopwatch.mostLaps then
    w.laps[#w.laps + 1] = stopwatch.elapsed(w, now)
  end
end

-- How long each lap took. The last one is under way while the watch runs.
function stopwatch.lapTimes(w, now)
  local times, last = {}, 0
  for i, at in ipairs(w.laps) do
    times[i], last = at - last, at
  end
  if #w.laps > 0 then times[#times + 1] = math.max(0, stopwatch.elapsed(w, now) - last) end
  return times
end

-- Which of the laps that are over was the fastest, and which the slowest. Nothing with fewer than two, or if all were the same.
function stopwatch.extremes(w)
  local fastest, slowest, shortest, longest
  local last = 0
  for i, at in ipairs(w.laps) do
    local time = at - last
    last = at
    if not shortest or time < shortest then fastest, shortest = i, time end
    if not longest or time > longest then slowest, longest = i, time end
  end
  if fastest ~= slowest then return fastest, slowest end
end

-- The stopwatch that was stored; a new one if what was stored is none.
function stopwatch.restore(stored)
  local w = stopwatch.new()
  if type(stored) ~= "table" or type(stored.before) ~= "number" or stored.before < 0 then return w end
  w.before = stored.before
  if type(stored.started) == "number" then w.started = stored.started end
  local last = 0
  for _, at in ipairs(type(stored.laps) == "table" and stored.laps or {}) do
    if type(at) ~= "number" or at < last or #w.laps == stopwatch.mostLaps then break end
    w.laps[#w.laps + 1], last = at, at
  end
  return w
end
