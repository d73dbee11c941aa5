-- Messages in a TCP stream, and the registration of the protocol.

-- Which side this is: by the port, else by which side spoke first; a meter begins only with alerts.
local function is_request(pinfo, conversation, source)
  local to, from = bridge_ports[pinfo.dst_port], bridge_ports[pinfo.src_port]
  if to ~= from then return to == true end
  if conversation.client == nil then conversation.client = source end
  return conversation.client == source
end

-- `length` is the value of the length field; for an incomplete message `range` is shorter, and `open` is what was asked before it.
local function dissect_message(range, length, pinfo, root, info, open)
  local conversation, source = conversation_of(pinfo)
  local tree = root:add(mep, range)
  tree:add(pf.length, range(0, 2))
  if length == 0 then
    tree:append_text(", alert")
    tree:add(pf.alert, range)
    info[#info + 1] = "alert"
    return
  end
  local message, first = message_of(pinfo)
  local body = range(2)
  local text
  if is_request(pinfo, conversation, source) then
    text = dissect_request(body, length, pinfo, tree, root, message, conversation, first)
    if message.answer then tree:add(pf.response_in, message.answer.frame):set_generated() end
  else
    text = dissect_response(body, length, pinfo, tree, root, message, conversation, first, open)
  end
  if body:len() < length then
    text = string.format("%s, cut after %d of %s", text, body:len(), bytes_text(length))
    tree:add_proto_expert_info(ef.cut, string.format("%d of %s are present", body:len(), bytes_text(length)))
  end
  tree:append_text(", " .. text)
  info[#info + 1] = text
end

local function show_noise(range, root, info)
  local item = root:add(mep, range)
  item:append_text(", noise")
  item:add(pf.noise, range)
  item:add_proto_expert_info(ef.noise)
  info[#info + 1] = "noise"
end

-- Whether a message may begin with this code.
local function begins(code, length, asks, conversation)
  if conversation.encrypted then return length > digest_length end
  if asks then return tls_codes[code] or (requests[code] and length > sequence_length + digest_length) end
  return response_names[code] and (conversation.tls or length > digest_length or length == 1)
end
-- Whether only whole messages follow from `at`: true, false, or "open" if the last one has only begun.
local function whole_from(tvb, at, asks, conversation)
  local length = tvb:len()
  local found = false
  while at < length do
    if at + 3 > length and not (at + 2 == length and tvb(at, 2):uint() == 0) then return found and "open" end
    local wanted = tvb(at, 2):uint()
    if wanted > believed_length then return false end
    if wanted > 0 then
      if not begins(tvb(at + 2, 1):uint(), wanted, asks, conversation) then return false end
      if at + 2 + wanted > length then return "open" end
      found = true
    end
    at = at + 2 + wanted
  end
  return found
end

-- The longest wait for the end of a message after one that seems to be cut short.
local most_open = 4 * believed_length
-- No message contains a gap this long, in seconds.
local longest_gap = 2

-- Where a message is cut short, because another begins after it: pauses do not show this, but a side that was sent something in between, or
-- heard nothing for long, has given up on it. Returns the place with what was open there, or "wait", or nil.
local function broken_off(tvb, pinfo, conversation, side, other, asks)
  local open = side.open
  side.open = nil
  if open == nil or tvb:len() <= #open.raw or tvb(0, #open.raw):bytes():raw() ~= open.raw then return nil, {} end
  local bounds = open.bounds
  if other.heard ~= open.heard or pinfo.rel_ts - open.time > longest_gap then
    bounds[#bounds + 1] = { at = #open.raw, pending = open.pending }
  end
  local wait = false
  for _, bound in ipairs(bounds) do
    local whole = whole_from(tvb, bound.at, asks, conversation)
    if whole == true then return bound, bounds end
    wait = wait or whole == "open"
  end
  local wanted = 2 + tvb(0, 2):uint()
  return wait and wanted < tvb:len() and tvb:len() < most_open and "wait" or nil, bounds
end

local function remember(tvb, at, pinfo, conversation, side, other, bounds)
  local kept = {}
  for _, bound in ipairs(bounds) do
    if bound.at > at then kept[#kept + 1] = { at = bound.at - at, pending = bound.pending } end
  end
  side.open = { raw = tvb(at):bytes():raw(), bounds = kept, heard = other.heard, time = pinfo.rel_ts, pending = conversation.pending }
  pinfo.desegment_offset = at
  pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
end

local function dissect_stream(tvb, pinfo, root, conversation, asks, key, first)
  local length = tvb:len()
  local cut = tvb:reported_len() > length
  local side, other = conversation.sides[asks], conversation.sides[not asks]
  local bounds = {}
  if first then
    local found
    found, bounds = broken_off(tvb, pinfo, conversation, side, other, asks)
    if found == "wait" then
      remember(tvb, 0, pinfo, conversation, side, other, bounds)
      return
    end
    broken[key] = found or false
    -- Alerts come at any time.
    if tvb(0, math.min(2, length)):uint() ~= 0 then side.heard = side.heard + 1 end
  end
  local bound = broken[key]
  local stop = bound and bound.at or length
  local at = 0
  local info = {}
  while at < length do
    local noise = at
    -- An impossible length is skipped byte by byte.
    while at + 1 < stop and tvb(at, 2):uint() > believed_length do at = at + 1 end
    local left = stop - at
    local wanted = left < 2 and 2 or 2 + tvb(at, 2):uint()
    local off = stop < length and wanted > left
    -- A message that was cut within its first bytes cannot be recognised.
    if off and (left < 3 or not begins(tvb(at + 2, 1):uint(), wanted - 2, asks, conversation)) then at = stop end
    if at > noise then show_noise(tvb(noise, at - noise), root, info) end
    if at == stop then stop = length
    elseif wanted <= left then
      dissect_message(tvb(at, wanted), wanted - 2, pinfo, root, info)
      at = at + wanted
      if at >= stop then stop = length end
    elseif off or ((cut or pinfo.can_desegment == 0) and left > 2) then
      dissect_message(tvb(at, left), wanted - 2, pinfo, root, info, off and bound.pending or nil)
      at, stop = stop, length
    elseif cut or pinfo.can_desegment == 0 then
      show_noise(tvb(at, left), root, info)
      break
    else
      remember(tvb, at, pinfo, conversation, side, other, bounds)
      break
    end
  end
  if #info == 0 then return end
  pinfo.cols.protocol = "MEP"
  local before = pinfo.private.mep_info
  pinfo.private.mep_info = "1"
  pinfo.cols.info = (before and "; " or "") .. table.concat(info, "; ")
end

-- Bytes that begin another kind of stream on a port of bridges.
local function is_tls(tvb)
  local length = tvb:len()
  return length > 5 and tvb(0, 1):uint() == 22 and tvb(1, 1):uint() == 3 and tvb(1, 2):uint() <= 0x304 and tvb(5, 1):uint() <= 2
end
-- DLMS/COSEM uses the same port: version 1, two addresses, and the length of the rest.
local function is_dlms(tvb)
  return tvb:len() > 8 and tvb(0, 2):uint() == 1 and tvb(6, 2):uint() == tvb:reported_len() - 8
end

function mep.dissector(tvb, pinfo, root)
  local conversation, source = conversation_of(pinfo)
  -- A frame may bring several pieces and is dissected any number of times; Wireshark may report the first time as a later one.
  local index = tonumber(pinfo.private.mep_pieces or "0") + 1
  pinfo.private.mep_pieces = tostring(index)
  local key = pinfo.number .. "." .. index .. "." .. tvb:len()
  local first = broken[key] == nil
  if conversation.kind == nil then
    conversation.kind = is_tls(tvb) and "tls" or is_dlms(tvb) and "dlms" or "mep"
  end
  if conversation.kind == "tls" then return Dissector.get("tls"):call(tvb, pinfo, root) end
  if conversation.kind == "dlms" then return 0 end
  dissect_stream(tvb, pinfo, root, conversation, is_request(pinfo, conversation, source), key, first)
  return tvb:len()
end

-- A stream on any port that begins with a request in the clear, or with a handshake.
local function heuristic(tvb, pinfo, root)
  local length = tvb:len()
  if length < 3 or length ~= tvb:reported_len() or tvb(0, 2):uint() ~= length - 2 then return false end
  local body = tvb(2, length - 2)
  local what = looks_clear(body, length - 2)
  local known = what and tables[what.table] ~= nil and what.count ~= nil
  local handshake = length > 8 and body(0, 1):uint() == 0x58 and body(1, 1):uint() == 22 and body(2, 1):uint() == 3
  if not known and not handshake then return false end
  pinfo.conversation = mep
  mep.dissector(tvb, pinfo, root)
  return true
end

for _, entry in pairs(tables) do
  if entry.l then register(entry.l, "mep." .. entry.id, {}) end
end
for _, procedure in pairs(procedures) do
  register(procedure.q, "mep." .. procedure.id .. ".request", {})
  register(procedure.a, "mep." .. procedure.id .. ".response", {})
end
mep.fields = fields
local experts = {}
for _, each in pairs(ef) do experts[#experts + 1] = each end
mep.experts = experts

mep.prefs.ports = Pref.range("TCP ports of bridges", default_ports, "Ports that carry the bytes of a meter port", 65535)
mep.prefs.profile = Pref.string("Device", default_profile, "Profile assumed until a meter reports its firmware, as in meter:3.70")

local registered
local function apply_preferences()
  local table_of_ports = DissectorTable.get("tcp.port")
  if registered then table_of_ports:remove(registered, mep) end
  registered = mep.prefs.ports
  bridge_ports = {}
  for first, last in tostring(registered):gmatch("(%d+)%-?(%d*)") do
    for port = tonumber(first), tonumber(last ~= "" and last or first) do bridge_ports[port] = true end
  end
  table_of_ports:add(registered, mep)
  assumed_profile = parse_profile(mep.prefs.profile) or parse_profile(default_profile)
end
function mep.prefs_changed() apply_preferences() end
function mep.init()
  conversations, messages, broken = {}, {}, {}
end
apply_preferences()
mep:register_heuristic("tcp", heuristic)
