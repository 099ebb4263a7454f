-- The time to about a tenth of a second.
--
-- Lua's os.time knows whole seconds, and RmlUi calls no script at a given time. But an animation tells when it has ended, and
-- then the next one can be started: that is a beat, some twenty times a second (#pulse in clock.rcss). The seconds come from
-- os.time, so nothing drifts. The beats only say how far into a second we are, and how many make one is counted all the time.

Clock = Clock or {}
local pulse = {}
Clock.pulse = pulse

function pulse.new()
  return { second = nil, beats = 0, perSecond = 18, whole = false }
end

-- Tells of a beat. second is what os.time says.
function pulse.beat(p, second)
  if second == p.second then
    p.beats = p.beats + 1
    return
  end
  -- Only a second that was seen from its beginning to its end says how many beats make one.
  if p.whole and second == p.second + 1 then p.perSecond = (3 * p.perSecond + p.beats + 1) / 4 end
  p.whole = p.second ~= nil
  p.second, p.beats = second, 0
end

-- The time in seconds. It never runs backwards while os.time doesn't.
function pulse.now(p, second)
  if second ~= p.second then return second end
  return second + math.min(p.beats / p.perSecond, 0.99)
end
