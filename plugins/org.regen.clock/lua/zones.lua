-- Cities, and how far their time is from UTC.
--
-- A device need not know time zones, so the offsets and the rules for daylight saving time are here, as they stand in 2026.

Clock = Clock or {}
local zones = {}
Clock.zones = zones

-- Offsets are minutes of standard time. The id is what is stored: it never changes, whatever the name becomes.
zones.cities = {
  { id = "honolulu", name = "Honolulu", offset = -600 },
  { id = "anchorage", name = "Anchorage", offset = -540, rule = "us" },
  { id = "los-angeles", name = "Los Angeles", offset = -480, rule = "us" },
  { id = "phoenix", name = "Phoenix", offset = -420 },
  { id = "denver", name = "Denver", offset = -420, rule = "us" },
  { id = "mexico-city", name = "Mexico City", offset = -360 },
  { id = "chicago", name = "Chicago", offset = -360, rule = "us" },
  { id = "bogota", name = "Bogotá", offset = -300 },
  { id = "lima", name = "Lima", offset = -300 },
  { id = "new-york", name = "New York", offset = -300, rule = "us" },
  { id = "caracas", name = "Caracas", offset = -240 },
  { id = "halifax", name = "Halifax", offset = -240, rule = "us" },
  { id = "buenos-aires", name = "Buenos Aires", offset = -180 },
  { id = "sao-paulo", name = "São Paulo", offset = -180 },
  { id = "reykjavik", name = "Reykjavík", offset = 0 },
  { id = "lisbon", name = "Lisbon", offset = 0, rule = "eu" },
  { id = "london", name = "London", offset = 0, rule = "eu" },
  { id = "lagos", name = "Lagos", offset = 60 },
  { id = "berlin", name = "Berlin", offset = 60, rule = "eu" },
  { id = "madrid", name = "Madrid", offset = 60, rule = "eu" },
  { id = "paris", name = "Paris", offset = 60, rule = "eu" },
  { id = "rome", name = "Rome", offset = 60, rule = "eu" },
  { id = "vienna", name = "Vienna", offset = 60, rule = "eu" },
  { id = "zurich", name = "Zurich", offset = 60, rule = "eu" },
  { id = "johannesburg", name = "Johannesburg", offset = 120 },
  { id = "athens", name = "Athens", offset = 120, rule = "eu" },
  { id = "helsinki", name = "Helsinki", offset = 120, rule = "eu" },
  { id = "kyiv", name = "Kyiv", offset = 120, rule = "eu" },
  { id = "istanbul", name = "Istanbul", offset = 180 },
  { id = "nairobi", name = "Nairobi", offset = 180 },
  { id = "tehran", name = "Tehran", offset = 210 },
  { id = "dubai", name = "Dubai", offset = 240 },
  { id = "karachi", name = "Karachi", offset = 300 },
  { id = "mumbai", name = "Mumbai", offset = 330 },
  { id = "kathmandu", name = "Kathmandu", offset = 345 },
  { id = "dhaka", name = "Dhaka", offset = 360 },
  { id = "bangkok", name = "Bangkok", offset = 420 },
  { id = "jakarta", name = "Jakarta", offset = 420 },
  { id = "hong-kong", name = "Hong Kong", offset = 480 },
  { id = "perth", name = "Perth", offset = 480 },
  { id = "shanghai", name = "Shanghai", offset = 480 },
  { id = "singapore", name = "Singapore", offset = 480 },
  { id = "seoul", name = "Seoul", offset = 540 },
  { id = "tokyo", name = "Tokyo", offset = 540 },
  { id = "adelaide", name = "Adelaide", offset = 570, rule = "au" },
  { id = "brisbane", name = "Brisbane", offset = 600 },
  { id = "sydney", name = "Sydney", offset = 600, rule = "au" },
  { id = "auckland", name = "Auckland", offset = 720, rule = "nz" },
}

-- When clocks go forward and back: month, which Sunday (-1 is the last one), and the hour in standard time. Europe changes
-- everywhere at the same moment, so its hour is UTC.
local rules = {
  eu = { forward = { 3, -1, 1 }, back = { 10, -1, 1 }, utc = true },
  us = { forward = { 3, 2, 2 }, back = { 11, 1, 1 } },
  au = { forward = { 10, 1, 2 }, back = { 4, 1, 2 } },
  nz = { forward = { 9, -1, 2 }, back = { 4, 1, 2 } },
}

local byID = {}
for _, city in ipairs(zones.cities) do byID[city.id] = city end

-- The city of an id, or nil.
function zones.city(id)
  return byID[id]
end

-- The days from 1970-01-01 to a date. A year begins in March here, so that the leap day comes last.
local function days(year, month, day)
  local floor = math.floor
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + floor(year / 4) - floor(year / 100) + floor(year / 400) + floor((153 * (month - 3) + 2) / 5) + day - 719469
end

-- The day of the nth Sunday of a month. 1970-01-01 was a Thursday.
local function sunday(year, month, nth)
  if nth > 0 then
    local first = days(year, month, 1)
    return first + (3 - first) % 7 + (nth - 1) * 7
  end
  local last = days(year, month + 1, 1) - 1 -- no rule ends in December
  return last - (last - 3) % 7
end

-- The moment of a change, in seconds of UTC.
local function moment(year, change, offset, utc)
  local at = sunday(year, change[1], change[2]) * 86400 + change[3] * 3600
  return utc and at or at - offset * 60
end

-- How many minutes a city is ahead of UTC, at a time in seconds of UTC.
function zones.offset(city, time)
  local rule = rules[city.rule]
  if not rule then return city.offset end
  local year = os.date("!*t", time).year
  local forward = moment(year, rule.forward, city.offset, rule.utc)
  local back = moment(year, rule.back, city.offset, rule.utc)
  local summer
  if forward < back then
    summer = time >= forward and time < back
  else -- in the south, summer has New Year in it
    summer = time >= forward or time < back
  end
  return city.offset + (summer and 60 or 0)
end

-- How many minutes the device is ahead of UTC.
function zones.here(time)
  local here, utc = os.date("*t", time), os.date("!*t", time)
  local function minutes(t) return days(t.year, t.month, t.day) * 1440 + t.hour * 60 + t.min end
  return minutes(here) - minutes(utc)
end

-- How many days it is later there than here: -1, 0 or 1. Both are minutes ahead of UTC.
function zones.daysAhead(there, here, time)
  local floor, minutes = math.floor, math.floor(time / 60)
  return floor((minutes + there) / 1440) - floor((minutes + here) / 1440)
end

-- Date and time in a city, as os.date("*t") gives them.
function zones.time(city, time)
  return os.date("!*t", time + zones.offset(city, time) * 60)
end
