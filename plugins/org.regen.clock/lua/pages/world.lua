-- The page with the time in other cities.

Clock = Clock or {}
Clock.pages = Clock.pages or {}
local page = { actions = {} }
Clock.pages.world = page

local dom, format, text, zones = Clock.dom, Clock.format, Clock.text, Clock.zones
local chosen = {} -- ids, in the order in which they were added
local drawn       -- the minute that is on show

local row = [[
<div class="row">
  <div class="row-main"><div class="row-name">%s</div><div class="row-note">%s</div></div>
  <div class="row-time">%s<span class="half">%s</span></div>
  <button class="row-button" action="remove-city" with="%s"><img src="img/cross.png"/></button>
</div>]]

local choice = [[
<button class="row" action="add-city" with="%s">
  <div class="row-main"><div class="row-name">%s</div></div>
  <div class="row-note">%s</div>
</button>]]

local function isChosen(id)
  for _, other in ipairs(chosen) do
    if other == id then return true end
  end
  return false
end

local function drawList(now)
  local rows, here = {}, zones.here(now)
  for i, id in ipairs(chosen) do
    local city = zones.city(id)
    local there, time = zones.offset(city, now), zones.time(city, now)
    rows[i] = row:format(
      text.rml(text.of(city.name)),
      text.rml(format.distance(zones.daysAhead(there, here, now), there - here)),
      format.clock(time),
      format.half(time),
      id)
  end
  dom.rml("cities", table.concat(rows))
  dom.class("no-cities", "hidden", #rows > 0)
end

local function drawChoices(now)
  local rows = {}
  for _, city in ipairs(zones.cities) do
    if not isChosen(city.id) then
      rows[#rows + 1] = choice:format(city.id, text.rml(text.of(city.name)), format.offset(zones.offset(city, now)))
    end
  end
  dom.rml("choices", table.concat(rows))
end

function page.open(stored)
  chosen = {}
  for _, id in ipairs(type(stored) == "table" and stored or { "new-york", "london", "tokyo" }) do
    if zones.city(id) and not isChosen(id) then chosen[#chosen + 1] = id end
  end
end

function page.state()
  return chosen
end

page.actions["choose-city"] = function()
  drawChoices(os.time())
  dom.class("world", "choosing", true)
end

page.actions["leave-choices"] = function()
  dom.class("world", "choosing", false)
end

page.actions["add-city"] = function(id)
  chosen[#chosen + 1] = id
  page.show()
end

page.actions["remove-city"] = function(id)
  for i, other in ipairs(chosen) do
    if other == id then
      table.remove(chosen, i)
      break
    end
  end
  page.show()
end

function page.show()
  dom.class("world", "choosing", false)
  drawn = nil
end

function page.draw(now)
  local minute = math.floor(now / 60)
  if minute == drawn then return end
  drawn = minute
  drawList(math.floor(now))
end
