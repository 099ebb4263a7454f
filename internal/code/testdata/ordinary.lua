-- A list of things to do, kept in one file.
local storage = require("mosis.storage")
local ui = require("mosis.ui")

local list = { items = {}, filter = "all" }
list.__index = list

--[[
  Items are numbered in the order in which they were added.
  The number stays the same when others are removed.
]]
function list.new(path)
  local self = setmetatable({ path = path, items = {}, next_id = 1 }, list)
  local saved = storage.read(path)
  if saved ~= nil then
    for line in saved:gmatch("[^\n]+") do
      local done, text = line:match("^(%d) (.*)$")
      if text then
        self:add(text, done == "1")
      end
    end
  end
  return self
end

function list:add(text, done)
  local item = { id = self.next_id, text = text, done = done or false }
  self.next_id = self.next_id + 1
  self.items[#self.items + 1] = item
  return item
end

function list:toggle(id)
  for _, item in ipairs(self.items) do
    if item.id == id then
      item.done = not item.done
      return true
    end
  end
  return false
end

function list:save()
  local lines = {}
  for i, item in ipairs(self.items) do
    lines[i] = string.format("%d %s", item.done and 1 or 0, item.text)
  end
  storage.write(self.path, table.concat(lines, "\n"))
end

function list:render(document)
  local rows = {}
  for _, item in ipairs(self.items) do
    if self.filter == "all" or (self.filter == "done") == item.done then
      rows[#rows + 1] = '<li data-id="' .. item.id .. '">' .. ui.escape(item.text) .. "</li>" -- shown in order
    end
  end
  document:GetElementById("rows").inner_rml = table.concat(rows)
end

return list
