-- A timer. It is a plain table, and times come in from outside, so that it can be stored and goes on where it was.
--
--   length   the seconds it is set to
--   left     the seconds that were left when it was paused; nil if it isn't paused
--   ends     when it runs out; nil while it stands still
--   rung     whether it has run out, and nobody has said "OK" yet
--   ended    when that was

Clock = Clock or {}
local timer = {}
Clock.timer = timer

timer.shortest = 10
timer.longest = 24 * 3600

local function within(seconds)
  return math.max(timer.shortest, math.min(timer.longest, seconds))
end

function timer.new()
  return { length = 300, left = nil, ends = nil, rung = false, ended = nil }
end

function timer.isIdle(t)
  return not t.ends and not t.left
end

function timer.left(t, now)
  if t.ends then return math.max(0, math.min(timer.longest, t.ends - now)) end
  return t.left or t.length
end

function timer.set(t, seconds)
  if timer.isIdle(t) then t.length = within(seconds) end
end

-- Makes it longer or shorter, whether it runs or not.
function timer.add(t, seconds, now)
  if timer.isIdle(t) then
    t.length = within(t.length + seconds)
  elseif t.ends then
    t.ends = now + within(t.ends - now + seconds)
  else
    t.left = within(t.left + seconds)
  end
end

function timer.start(t, now)
  if t.ends then return end
  t.ends, t.left, t.rung, t.ended = now + timer.left(t, now), nil, false, nil
end

function timer.pause(t, now)
  if t.ends then t.left, t.ends = timer.left(t, now), nil end
end

function timer.reset(t)
  t.left, t.ends, t.rung, t.ended = nil, nil, false, nil
end

-- Lets it ring if its time has come. Returns whether it has rung just now.
function timer.check(t, now)
  if not t.ends or now < t.ends then return false end
  t.ends, t.left, t.rung, t.ended = nil, nil, true, t.ends
  return true
end

-- How much of it is left, from 1 to 0.
function timer.share(t, now)
  local whole = math.max(t.length, timer.left(t, now)) -- it may have been made longer
  return timer.left(t, now) / whole
end

-- The timer that was stored; a new one if what was stored is none.
function timer.restore(stored)
  local t = timer.new()
  if type(stored) ~= "table" or type(stored.length) ~= "number" then return t end
  t.length = within(stored.length)
  if type(stored.ends) == "number" then
    t.ends = stored.ends
  elseif type(stored.left) == "number" then
    t.left = math.max(0, math.min(timer.longest, stored.left))
  end
  t.rung = stored.rung == true
  if t.rung and type(stored.ended) == "number" then t.ended = stored.ended end
  return t
end
