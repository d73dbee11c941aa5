-- Dimensions, conditions and sizes. `nil` means unknown, and ends the decoding.

local function reaches(profile, gate)
  local from = gate[profile.family]
  return from ~= nil and (profile.major > from[1] or (profile.major == from[1] and profile.minor >= from[2]))
end

-- The factory dimensions of the latest firmware that is not newer than the profile's.
local function defaults_of(profile)
  if profile.defaults == nil then
    local best
    for _, each in ipairs(profiles) do
      if each.family == profile.family and (best == nil or reaches(profile, { [each.family] = { each.major, each.minor } })) then
        best = each
      end
    end
    profile.defaults = setmetatable(best and best.dims or {}, { __index = profiles[1].dims })
  end
  return profile.defaults
end

-- What another table says: its value, and whether it is known at all.
local function published(r, id, key)
  local env = r.env
  local path = id .. "." .. key
  local value = env.values[path]
  if value ~= nil or env.whole[id] then return value, true end
  if r.strict then
    r.why = r.why or (id .. " was not seen in this conversation")
    return nil, false
  end
  r.assumed[id] = true
  value = defaults_of(env.profile)[path]
  if value == "absent" then value = nil end
  return value, true
end

local test

local function eval(r, e, scope)
  if type(e) == "number" then return e end
  local op = e[1]
  if op == "dim" then
    local value, known = published(r, e[2], e[3])
    if not known then return nil end
    if value == nil then value = e[4] end
    if type(value) ~= "number" then r.why = r.why or (e[2] .. "." .. e[3] .. " is unknown") return nil end
    return value
  elseif op == "entry" then
    local value = published(r, e[2], e[3] .. "." .. (e[4] == "same" and scope.index or e[4]) .. "." .. e[5])
    if type(value) ~= "number" then r.why = r.why or (e[2] .. "." .. e[3] .. " is unknown") return nil end
    return value
  elseif op == "own" then
    local value = scope.self and scope.self[e[2]]
    if type(value) == "boolean" then return value and 1 or 0 end
    if value == nil then r.why = r.why or (e[2] .. " is not among these bytes") end
    return value
  elseif op == "either" then
    local yes = test(r, e[2], scope)
    if yes == nil then return nil end
    return eval(r, yes and e[3] or e[4], scope)
  end
  local x = eval(r, e[2], scope)
  if x == nil then return nil end
  if op == "bytes" then return math.ceil(x / 8) end
  local y = eval(r, e[3], scope)
  if y == nil then return nil end
  if op == "+" then return x + y end
  if op == "-" then return math.max(0, x - y) end
  return x * y
end

test = function(r, c, scope)
  local op = c[1]
  if op == "flag" then
    local value, known = published(r, c[2], c[3])
    if not known then return nil end
    return value == true
  elseif op == "is" then
    local value = scope.self and scope.self[c[2]]
    if value == nil then r.why = r.why or (c[2] .. " is not among these bytes") return nil end
    return value == c[3]
  elseif op == "since" then
    if not r.env.profile_seen then
      if r.strict then r.why = r.why or "the firmware was not seen in this conversation" return nil end
      r.assumed.firmware = true
    end
    return reaches(r.env.profile, c[2])
  elseif op == "not" then
    local x = test(r, c[2], scope)
    if x == nil then return nil end
    return not x
  elseif op == "and" or op == "or" then
    local x = test(r, c[2], scope)
    if x == nil or x == (op == "or") then return x end
    return test(r, c[3], scope)
  elseif op == "below" then return scope.index < c[2] end
  local x = eval(r, c[2], scope)
  if x == nil then return nil end
  return x > c[3]
end

local function spend(r)
  r.budget = r.budget - 1
  if r.budget < 0 then r.why = r.why or "the dimensions give too many fields" return false end
  return true
end

-- Bytes of a node, unless they depend on contents that are not in the capture.
local function size(r, node, scope)
  if not spend(r) then return nil end
  local kind = node[1]
  if kind == "i" then return node[2] end
  if kind == "d" then return node[3] end
  if kind == "b" then
    if not node[3] then return nil end
    return eval(r, node[3], scope)
  end
  if kind == "o" then
    local there = test(r, node[2], scope)
    if there == nil then return nil end
    return there and size(r, node[3], scope) or 0
  elseif kind == "a" then
    if node[2] == "byte" then return nil end
    local n = eval(r, node[3], scope)
    if n == nil or node[2] == "length" or n == 0 then return n end
    if node[5] then
      local step = eval(r, node[5], { index = 0 })
      return step and n * step
    end
    if not is_indexed(node[4]) then
      local one = size(r, node[4], { index = 0 })
      return one and n * one
    end
    local sum = 0
    for i = 0, n - 1 do
      local one = size(r, node[4], { index = i })
      if one == nil then return nil end
      sum = sum + one
    end
    return sum
  end
  local sum = 0
  local inner = { index = scope.index }
  for _, field in ipairs(node[2]) do
    local there = true
    if field.c then
      there = test(r, field.c, kind == "c" and scope or inner)
      if there == nil then return nil end
    end
    if there then
      local one = field.w or size(r, field.l, kind == "c" and scope or inner)
      if one == nil then return nil end
      if kind == "c" then return one end
      sum = sum + one
    end
  end
  return sum
end
-- `size` for looking ahead: missing contents are not a reason to stop.
local function size_if_known(r, node, scope)
  local why = r.why
  local found = size(r, node, scope)
  r.why = why
  return found
end
