-- Times as texts.

Clock = Clock or {}
local format = {}
Clock.format = format

local floor = math.floor

local weekdays = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" }
local months = {
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
}

format.twelve = false -- whether a day has two halves of 12 hours

-- 14:05, or 2:05, of a table like those of os.date.
function format.clock(t)
  if format.twelve then return string.format("%d:%02d", (t.hour + 11) % 12 + 1, t.min) end
  return string.format("%02d:%02d", t.hour, t.min)
end

-- AM or PM where that is needed, or nothing.
function format.half(t)
  if not format.twelve then return "" end
  return t.hour < 12 and "AM" or "PM"
end

-- Saturday, 21 November
function format.date(t)
  return Clock.text.of("{weekday}, {day} {month}", {
    weekday = Clock.text.of(weekdays[t.wday]),
    day = t.day,
    month = Clock.text.of(months[t.month]),
  })
end

-- 0:07.3, or 1:00:07.3. Cut, not rounded: a stopwatch doesn't show what it hasn't measured yet.
function format.elapsed(seconds)
  local tenths = floor(seconds * 10 + 1e-6) -- 0.3 * 10 may be a hair below 3
  local s, m, h = floor(tenths / 10) % 60, floor(tenths / 600) % 60, floor(tenths / 36000)
  if h > 0 then return string.format("%d:%02d:%02d.%d", h, m, s, tenths % 10) end
  return string.format("%d:%02d.%d", m, s, tenths % 10)
end

-- 5:00, or 1:00:00. Rounded up: 0:00 means that it is over.
function format.countdown(seconds)
  local whole = math.ceil(seconds)
  local s, m, h = whole % 60, floor(whole / 60) % 60, floor(whole / 3600)
  if h > 0 then return string.format("%d:%02d:%02d", h, m, s) end
  return string.format("%d:%02d", m, s)
end

-- +1, −9:30
local function signed(minutes)
  local sign = minutes < 0 and "−" or "+"
  local h, m = floor(math.abs(minutes) / 60), math.abs(minutes) % 60
  if m == 0 then return string.format("%s%d", sign, h) end
  return string.format("%s%d:%02d", sign, h, m)
end

-- UTC, UTC+1, UTC−9:30
function format.offset(minutes)
  if minutes == 0 then return "UTC" end
  return "UTC" .. signed(minutes)
end

local when = { [-1] = "Yesterday", [0] = "Today", [1] = "Tomorrow" }

-- Tomorrow, +8 h
function format.distance(daysAhead, minutes)
  return Clock.text.of("{when}, {difference}", {
    when = Clock.text.of(when[daysAhead]),
    difference = minutes == 0 and Clock.text.of("same time") or signed(minutes) .. " h",
  })
end
