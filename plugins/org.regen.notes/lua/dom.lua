-- The document. Elements are looked up each time: a reference to one that is gone would be a wild pointer.

Notes = Notes or {}
local dom = {}
Notes.dom = dom

local document

function dom.open(doc)
  document = doc
end

function dom.rml(id, rml)
  document:GetElementById(id).inner_rml = rml
end

function dom.text(id, s)
  dom.rml(id, Notes.text.rml(s))
end

function dom.class(id, name, on)
  document:GetElementById(id):SetClass(name, on)
end

-- What is in a field.
function dom.value(id)
  return document:GetElementById(id):GetAttribute("value") or ""
end

function dom.setValue(id, s)
  document:GetElementById(id):SetAttribute("value", s)
end

function dom.focus(id)
  document:GetElementById(id):Focus()
end

-- Translates the elements of class t. What they say in English is their message.
function dom.translate()
  for _, element in pairs(document:QuerySelectorAll(".t")) do
    element.inner_rml = Notes.text.rml(Notes.text.of(element.inner_rml))
  end
end

-- What a click on an element means: the attributes "action" and "with" of the nearest element that has an action.
function dom.action(element)
  while element do
    local action = element:GetAttribute("action")
    if action then return action, element:GetAttribute("with") end
    element = element.parent_node
  end
end
