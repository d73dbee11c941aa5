-- The fields that Wireshark knows: one for each leaf of a table or of a procedure's parameters.

local mep = Proto("mep", "NES/OSGP meter port (MEP)")
local fields = {} -- every ProtoField of tables and procedures

local function part_field(abbr, name) return ProtoField.none(abbr, name) end
local pf_part = part_field("mep.part", "Part of a table")
local pf_unknown = ProtoField.bytes("mep.unknown", "Bytes without a known meaning")
fields[1], fields[2] = pf_part, pf_unknown

-- Whether a dimension or a condition depends on its entry in an array.
local function tree_indexed(tree)
  if type(tree) ~= "table" then return false end
  if tree[1] == "below" or (tree[1] == "entry" and tree[4] == "same") then return true end
  for _, inner in ipairs(tree) do
    if tree_indexed(inner) then return true end
  end
  return false
end
local function is_indexed(node)
  if node.indexed ~= nil then return node.indexed end
  local found = false
  local kind = node[1]
  if kind == "s" or kind == "c" then
    for _, field in ipairs(node[2]) do
      if tree_indexed(field.c) or (field.l and is_indexed(field.l)) then found = true end
    end
  elseif kind == "o" then found = tree_indexed(node[2]) or is_indexed(node[3])
  elseif kind == "a" then found = tree_indexed(node[3])
  elseif kind == "b" then found = tree_indexed(node[3]) end
  node.indexed = found
  return found
end

local unsigned = { ProtoField.uint8, ProtoField.uint16, ProtoField.uint24, ProtoField.uint32, ProtoField.uint64, ProtoField.uint64 }
local signed = { ProtoField.int8, ProtoField.int16, ProtoField.int24, ProtoField.int32, ProtoField.int64, ProtoField.int64 }

local function leaf_of(node)
  while node[1] == "o" or node[1] == "a" do node = node[1] == "o" and node[3] or node[4] end
  return node
end
local function new_field(make, abbr, name, ...)
  local field = make(abbr, name, ...)
  fields[#fields + 1] = field
  return field
end
local function number_field(bytes, is_signed, abbr, field)
  local make = (is_signed and signed or unsigned)[bytes]
  return new_field(make, abbr, field.n, base.DEC, bytes <= 4 and field.v or nil, nil, field.d)
end

local hooks = {} -- by path without indices: what a field's bytes are beside what its declaration says

-- Gives each leaf its ProtoField, named after its path without indices.
local function register(node, prefix, field)
  local whole = node[1] == "o" and node[3] or node
  field.is_number = whole[1] == "i"
  node = leaf_of(node)
  local kind = node[1]
  if kind == "s" or kind == "c" then
    for _, inner in ipairs(node[2]) do
      if inner.w then
        for _, bits in ipairs(inner.m) do
          local abbr = prefix .. "." .. bits.n
          if bits.f == "bool" then
            bits.pf = new_field(ProtoField.bool, abbr, bits.n, base.NONE, nil, nil, bits.d)
          else
            bits.size = math.ceil((bits.z - bits.a + 1) / 8)
            bits.pf = number_field(bits.size, bits.f == "signed", abbr, bits)
          end
        end
      else
        local abbr = prefix .. "." .. inner.n
        inner.hook = hooks[abbr]
        register(inner.l, abbr, inner)
      end
    end
    return
  end
  if kind == "i" then field.pf = number_field(node[2], node[3], prefix, field)
  elseif kind == "d" or (kind == "b" and (node[2] == "nul" or node[2] == "space" or node[2] == "digits" or node[2] == "set")) then
    field.pf = new_field(ProtoField.string, prefix, field.n, base.ASCII, field.d)
  else field.pf = new_field(ProtoField.bytes, prefix, field.n, base.NONE, field.d) end
end
