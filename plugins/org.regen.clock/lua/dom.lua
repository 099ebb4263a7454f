-- The document. Elements are looked up each time: a reference to one that is gone would be a wild pointer.

Clock = Clock or {}
local dom = {}
Clock.dom = dom

local document
local shown = {} -- id → the RML in that element, since setting it means laying it out again

function dom.open(doc)
  document, shown = doc, {}
end

function dom.rml(id, rml)
  if shown[id] == rml then return end
  shown[id] = rml
  document:GetElementById(id).inner_rml = rml
end

function dom.text(id, s)
  dom.rml(id, Clock.text.rml(s))
end

function dom.class(id, name, on)
  document:GetElementById(id):SetClass(name, on)
end

-- Turns the hand of a clock. Whole degrees: a fraction would be written with a comma on some hosts.
function dom.turn(id, degrees)
  document:GetElementById(id).style.transform = string.format("rotate(%ddeg)", math.floor(degrees))
end

function dom.width(id, percent)
  document:GetElementById(id).style.width = string.format("%d%%", math.floor(percent))
end

-- Translates the elements of class t. What they say in English is their message.
function dom.translate()
  for _, element in pairs(document:QuerySelectorAll(".t")) do
    element.inner_rml = Clock.text.rml(Clock.text.of(element.inner_rml))
  end
end

-- Starts the next beat. Another name of an animation is another animation, and so it begins anew.
function dom.beat()
  local element = document:GetElementById("pulse")
  element.class_name = element.class_name == "tick" and "tock" or "tick"
end

-- What a click on an element means: the attributes "action" and "with" of the nearest element that has an action.
function dom.action(element)
  while element do
    local action = element:GetAttribute("action")
    if action then return action, element:GetAttribute("with") end
    element = element.parent_node
  end
end
