-- Walks layouts over bytes from anywhere in their table: bytes after something unknown have no name.

local function range(r, from, to) return r.tvb(from - r.from, to - from) end

-- Bytes between the last shown field and `pos`.
local function show_gap(r, pos)
  if pos > r.mark then r.root:add(pf_unknown, range(r, r.mark, pos)) end
end
local function marked(r, pos, to)
  show_gap(r, pos)
  if to > r.mark then r.mark = to end
end

local function wide(value)
  local low = value % 4294967296
  return low, (value - low) / 4294967296 % 4294967296
end
local function wide_unsigned(value) return UInt64(wide(value)) end
local function wide_signed(value) return Int64(wide(value)) end

-- Bytes are present from `low`; those before `from` came in the read before and are not shown again. Each range of Wireshark's
-- is an object of its own, so numbers are read from a string.
local function little(r, pos, bytes)
  local at = pos - r.low + 1
  if bytes <= 4 then
    local a, b, c, d = r.raw:byte(at, at + bytes - 1)
    return a + 256 * (b or 0) + 65536 * (c or 0) + 16777216 * (d or 0)
  end
  local value = 0
  for i = at + bytes - 1, at, -1 do value = value * 256 + r.raw:byte(i) end
  return value
end

-- "503 (50.3 %)" for a unit of "0.1 %", else "503 mV".
local function add_unit(item, unit, value)
  if not unit then return end
  local step, rest = unit:match("^([%d.]+) (.+)$")
  if step and type(value) == "number" then
    item:append_text(string.format(" (%g %s)", value * tonumber(step), rest))
  else
    item:append_text(" " .. unit)
  end
end

local function add_number(tree, pf, where, value, bytes, is_signed)
  if bytes > 4 then return tree:add(pf, where, (is_signed and wide_signed or wide_unsigned)(value)) end
  return tree:add(pf, where, value)
end

local date_forms = {
  LTIME_DATE = "20%02d-%02d-%02d %02d:%02d:%02d",
  STIME_DATE = "20%02d-%02d-%02d %02d:%02d",
  TIME = "%02d:%02d:%02d",
  DATE = "20%02d-%02d-%02d",
}
local function bits_of(word, low, high) return math.floor(word / 2 ^ low) % 2 ^ (high - low + 1) end
local function date_text(r, node, pos)
  local kind = node[2]
  if date_forms[kind] then
    local parts = {}
    for i = 1, node[3] do parts[i] = little(r, pos + i - 1, 1) end
    return string.format(date_forms[kind], table.unpack(parts))
  end
  local word = little(r, pos, 2)
  if kind == "ANSI_DATE" then
    return string.format("20%02d-%02d-%02d", bits_of(word, 0, 6), bits_of(word, 7, 10), bits_of(word, 11, 15))
  end
  local month = bits_of(word, 0, 3)
  if month == 15 then return string.format("month 15 period %d delta %d", bits_of(word, 4, 9), bits_of(word, 10, 15)) end
  if month == 14 then return string.format("month 14 weekday %d", bits_of(word, 8, 10)) end
  return string.format("month %d offset %d weekday %d day %d", month, bits_of(word, 4, 7), bits_of(word, 8, 10), bits_of(word, 11, 15))
end

-- ISO 8859-1 without its padding, as UTF-8; unprintable characters as \xNN.
local function text_of(where, form)
  local raw = where:bytes():raw()
  if form == "digits" then return where:bytes():tohex(true) end
  raw = raw:gsub(form == "nul" and "%z+$" or " +$", "")
  return (raw:gsub("[%z\1-\31\127-\255]", function(c)
    local code = c:byte()
    if code < 160 then return string.format("\\x%02x", code) end
    return string.char(0xc0 + math.floor(code / 64), 0x80 + code % 64)
  end))
end

-- Bit n of a bitmap means n: "0-3, 10".
local function set_text(r, pos, bytes)
  local parts, first, last = {}, nil, nil
  local function close()
    if first == nil then return end
    if last - first >= 2 then parts[#parts + 1] = first .. "-" .. last
    else
      for n = first, last do parts[#parts + 1] = tostring(n) end
    end
    first = nil
  end
  for i = 0, bytes - 1 do
    local byte = little(r, pos + i, 1)
    for bit = 0, 7 do
      if bits_of(byte, bit, bit) == 1 then
        first = first or 8 * i + bit
        last = 8 * i + bit
      else close() end
    end
  end
  close()
  return #parts == 0 and "none" or table.concat(parts, ", ")
end

-- A part of the tree is created when its first field is shown.
local function open_part(tree, name)
  if not name then return tree end
  return { parent = tree, name = name }
end
local function item_of(r, part, pos)
  if type(part) ~= "table" then return part end
  if not part.item then
    part.start = pos
    part.item = item_of(r, part.parent, pos):add(pf_part, range(r, pos, r.to))
    part.item:set_text(part.name)
  end
  return part.item
end
local function close_part(part, to)
  if type(part) == "table" and part.item then part.item:set_len(to - part.start) end
end

local walk
local function labelled(item, index)
  if index then item:append_text("  [" .. index .. "]") end
end

local function walk_leaf(r, node, field, pos, tree, scope, index)
  local kind = node[1]
  local bytes = kind == "i" and node[2] or node[3]
  if kind == "b" then
    if bytes then
      bytes = eval(r, bytes, scope)
      if bytes == nil or bytes < 0 then return nil end
      -- A set takes as many bytes as there are.
      if node[2] == "set" then bytes = math.min(bytes, r.to - pos) end
    else
      -- All the rest.
      bytes = r.to - math.max(pos, r.from)
      pos = math.max(pos, r.from)
    end
  end
  local to = pos + bytes
  local value
  if kind == "i" and pos >= r.low and to <= r.to then
    value = little(r, pos, bytes)
    if node[3] and value >= 2 ^ (8 * bytes - 1) then value = value - 2 ^ (8 * bytes) end
  end
  if bytes == 0 or pos < r.from or to > r.to then return to, value end
  marked(r, pos, to)
  local where = range(r, pos, to)
  tree = item_of(r, tree, pos)
  local item
  if kind == "i" then
    item = add_number(tree, field.pf, where, value, bytes, node[3])
    add_unit(item, field.u, value)
  elseif kind == "d" then item = tree:add(field.pf, where, date_text(r, node, pos))
  elseif node[2] == "set" then item = tree:add(field.pf, where, set_text(r, pos, bytes))
  elseif node[2] == "raw" or node[2] == "nibbles" then item = tree:add(field.pf, where)
  else item = tree:add(field.pf, where, text_of(where, node[2])) end
  labelled(item, index)
  return to, value
end

local function show_bits(r, bits, from, to, tree, value)
  marked(r, from, to)
  local where = range(r, from, to)
  tree = item_of(r, tree, from)
  local item
  if bits.f == "bool" then item = tree:add(bits.pf, where, value)
  else
    item = add_number(tree, bits.pf, where, value, bits.size, bits.f == "signed")
    add_unit(item, bits.u, value)
  end
  item:append_text(bits.a == bits.z and ("  (bit " .. bits.a .. ")") or ("  (bits " .. bits.a .. ".." .. bits.z .. ")"))
end

local function walk_word(r, word, pos, tree, self)
  for _, bits in ipairs(word.m) do
    local from = pos + math.floor(bits.a / 8)
    local to = pos + math.floor(bits.z / 8) + 1
    if from >= r.low and to <= r.to then
      local shift = 8 * (from - pos)
      local value = bits_of(little(r, from, to - from), bits.a - shift, bits.z - shift)
      if bits.f == "bool" then value = value == 1
      elseif bits.f == "signed" and value >= 2 ^ (bits.z - bits.a) then value = value - 2 ^ (bits.z - bits.a + 1) end
      if from >= r.from then show_bits(r, bits, from, to, tree, value) end
      self[bits.n] = value
      if r.publish then r.publish[bits.path] = value end
    end
  end
  local to = pos + word.w
  if pos >= r.from and to <= r.to then marked(r, pos, to) end
  return to
end

local function walk_fields(r, node, pos, tree, scope, name, path)
  local self = {}
  local inner = { index = scope.index, self = self }
  local sub = open_part(tree, name)
  for _, field in ipairs(node[2]) do
    if field.w then
      local there = true
      if field.c then
        there = test(r, field.c, inner)
        if there == nil then return nil end
      end
      if there then
        if r.publish then
          for _, bits in ipairs(field.m) do bits.path = path .. "." .. bits.n end
        end
        pos = walk_word(r, field, pos, sub, self)
      end
    else
      -- A record needs only its own numbers; its other parts can be skipped.
      local known = pos < r.from and (not field.is_number or pos < r.low) and size_if_known(r, field.l, inner)
      if known and pos + known <= r.from then pos = pos + known
      else
        local at = pos
        local inside = path and path .. "." .. field.n
        local value
        pos, value = walk(r, field.l, field, pos, sub, inner, field.n, inside)
        if pos == nil then return nil end
        self[field.n] = value
        if r.publish and value ~= nil then r.publish[inside] = value end
        if field.hook and pos > at and at >= r.from and pos <= r.to then field.hook(r, item_of(r, sub, at), at, pos, self) end
      end
    end
  end
  close_part(sub, math.min(pos, r.to))
  return pos
end

local function walk_list(r, node, field, pos, tree, scope, name, path)
  local element = node[4]
  local limit = eval(r, node[3], scope)
  if limit == nil then return nil end
  local counted = node[2] == "count"
  local count = counted and limit or math.huge
  local stop = counted and math.huge or (node[2] == "byte" and limit or pos + limit)
  if count == 0 or pos >= stop then return pos end
  local step
  if node[5] then
    step = eval(r, node[5], { index = 0 })
    if step == nil then return nil end
  end
  local i = 0
  if counted then
    local one = step or (not is_indexed(element) and size_if_known(r, element, { index = 0 })) or nil
    if one == 0 then return pos end
    if one and pos < r.from then
      i = math.min(count, math.floor((r.from - pos) / one))
      pos = pos + i * one
    end
    if i == count then return pos end
  end
  local sub = open_part(tree, name)
  while i < count and pos < stop do
    if pos >= r.to then return nil end
    if not spend(r) then return nil end
    local from = pos
    local record = element[1] ~= "i" and element[1] ~= "b" and element[1] ~= "d"
    local value
    pos, value = walk(r, element, field, pos, sub, { index = i }, record and ("[" .. i .. "]") or nil, path and path .. "." .. i, i)
    if pos == nil then return nil end
    if r.publish and value ~= nil then r.publish[path .. "." .. i] = value end
    if step then
      if pos > from + step then r.why = r.why or "entries are shorter than declared" return nil end
      pos = from + step
    end
    if not counted and pos == from then r.why = r.why or "an entry without bytes" return nil end
    i = i + 1
  end
  close_part(sub, math.min(pos, r.to))
  return pos
end

walk = function(r, node, field, pos, tree, scope, name, path, index)
  if not spend(r) then return nil end
  if pos >= r.to then return nil end
  local kind = node[1]
  if kind == "s" then return walk_fields(r, node, pos, tree, scope, name, path) end
  if kind == "a" then return walk_list(r, node, field, pos, tree, scope, name, path) end
  if kind == "o" then
    local there = test(r, node[2], scope)
    if there == nil then return nil end
    if not there then return pos, nil end
    return walk(r, node[3], field, pos, tree, scope, name, path, index)
  elseif kind == "c" then
    for _, form in ipairs(node[2]) do
      local held = test(r, form.c, scope)
      if held == nil then return nil end
      if held then
        return walk(r, form.l, form, pos, open_part(tree, name), scope, form.n, path and path .. "." .. form.n)
      end
    end
    r.why = r.why or "none of its variants fits"
    return nil
  end
  return walk_leaf(r, node, field, pos, tree, scope, index)
end

-- Names the bytes of `what.table` in a range, which begin at its byte `what.offset`. Returns what it publishes, and notes
-- what was assumed.
local function show_table(entry, what, where, tree, publishes)
  local from, length = what.offset, where:len()
  local before = what.before or ""
  local raw = before .. where:bytes():raw()
  local function reader(strict, publish)
    return { tvb = where, raw = raw, from = from, to = from + length, mark = from, low = from - #before,
      root = tree, env = what.env, assumed = {}, budget = 100000, strict = strict, publish = publish }
  end
  local strict = false
  if what.whole then
    -- A whole table of another size than the assumed dimensions give has other dimensions.
    local probe = reader(false)
    local total = size(probe, entry.l, { index = 0 })
    if next(probe.assumed) and total ~= length then strict = true end
  end
  local r = reader(strict, publishes and {} or nil)
  walk(r, entry.l, nil, 0, tree, { index = 0 }, nil, publishes and entry.id)
  show_gap(r, r.to)
  return r
end
