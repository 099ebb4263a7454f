-- The page with the time: a dial, or large digits.

Clock = Clock or {}
Clock.pages = Clock.pages or {}
local page = { actions = {} }
Clock.pages.clock = page

local dom, format = Clock.dom, Clock.format
local face = "analogue"
local drawn -- the second that is on show

local function showSettings()
  dom.class("clock", "digital", face == "digital")
  dom.class("face-analogue", "on", face == "analogue")
  dom.class("face-digital", "on", face == "digital")
  dom.class("twelve", "on", format.twelve)
end

function page.open(stored)
  if type(stored) ~= "table" then stored = { face = stored } end -- up to 1.0.0, the face was all there was
  face = stored.face == "digital" and "digital" or "analogue"
  format.twelve = stored.twelve == true
  showSettings()
end

function page.state()
  return { face = face, twelve = format.twelve }
end

function page.actions.face(name)
  face = name
  showSettings()
end

function page.actions.twelve()
  format.twelve = not format.twelve
  showSettings()
  page.show()
end

function page.show()
  drawn = nil
end

function page.draw(now)
  local second = math.floor(now)
  if second == drawn then return end
  drawn = second
  local t = os.date("*t", second)
  dom.turn("hour-hand", t.hour % 12 * 30 + t.min / 2)
  dom.turn("minute-hand", t.min * 6 + t.sec / 10)
  dom.turn("second-hand", t.sec * 6)
  dom.text("time", format.clock(t))
  dom.text("seconds", string.format("%02d", t.sec))
  dom.text("half", format.half(t))
  dom.text("date", format.date(t))
end
