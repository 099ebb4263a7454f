-- When something was, as one would say it now.

Notes = Notes or {}
local dates = {}
Notes.dates = dates

local text = Notes.text
local months = {
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
}

local function sameDay(a, b)
  return a.year == b.year and a.yday == b.yday
end

-- Today, 14:05. Yesterday, 14:05. 9 November. 9 November 2025.
function dates.when(time, now)
  local t, today = os.date("*t", time), os.date("*t", now)
  -- Noon: a day with a change to daylight saving time has 23 hours.
  local noon = os.time({ year = today.year, month = today.month, day = today.day - 1, hour = 12 })
  local day
  if sameDay(t, today) then
    day = "Today"
  elseif sameDay(t, os.date("*t", noon)) then
    day = "Yesterday"
  end
  if day then
    return text.of("{day}, {time}", { day = text.of(day), time = string.format("%02d:%02d", t.hour, t.min) })
  end
  local date = text.of("{day} {month}", { day = t.day, month = text.of(months[t.month]) })
  if t.year == today.year then return date end
  return text.of("{date} {year}", { date = date, year = t.year })
end
