-- Messages in a TCP stream, and what Wireshark is told of the protocol.

-- Which side this is: by the port, else by who spoke first; a meter begins with nothing but alerts.
local function is_request(pinfo, conversation, source)
  local to, from = bridge_ports[pinfo.dst_port], bridge_ports[pinfo.src_port]
  if to ~= from then return to == true end
  if conversation.client == nil then conversation.client = source end
  return conversation.client == source
end

local function dissect_message(range, pinfo, root, info)
  local conversation, source = conversation_of(pinfo)
  local length = range:len() - 2
  local tree = root:add(mep, range)
  tree:add(pf.length, range(0, 2))
  if length == 0 then
    tree:append_text(", alert")
    tree:add(pf.alert, range)
    info[#info + 1] = "alert"
    return
  end
  local message, first = message_of(pinfo)
  local body = range(2, length)
  local text
  if is_request(pinfo, conversation, source) then
    text = dissect_request(body, length, pinfo, tree, root, message, conversation, first)
    if message.answer then tree:add(pf.response_in, message.answer.frame):set_generated() end
  else
    text = dissect_response(body, length, pinfo, tree, root, message, conversation, first)
  end
  tree:append_text(", " .. text)
  info[#info + 1] = text
end

function mep.dissector(tvb, pinfo, root)
  local length = tvb:len()
  local cut = tvb:reported_len() > length
  local at = 0
  local info = {}
  pinfo.cols.protocol = "MEP"
  while at < length do
    local noise = at
    -- An impossible length is slid over byte by byte.
    while at + 1 < length and tvb(at, 2):uint() > believed_length do at = at + 1 end
    if at > noise then
      local item = root:add(mep, tvb(noise, at - noise))
      item:append_text(", noise")
      item:add(pf.noise, tvb(noise, at - noise))
      item:add_proto_expert_info(ef.noise)
      info[#info + 1] = "noise"
    end
    local left = length - at
    local wanted = left < 2 and 2 or 2 + tvb(at, 2):uint()
    if wanted > left then
      if cut or pinfo.can_desegment == 0 then
        local item = root:add(mep, tvb(at, left))
        item:append_text(", cut")
        item:add_proto_expert_info(ef.malformed, "the capture has only " .. left .. " bytes of a message of " .. wanted)
        info[#info + 1] = "cut message"
        break
      end
      pinfo.desegment_offset = at
      pinfo.desegment_len = left < 2 and DESEGMENT_ONE_MORE_SEGMENT or wanted - left
      break
    end
    dissect_message(tvb(at, wanted), pinfo, root, info)
    at = at + wanted
  end
  if #info > 0 then pinfo.cols.info = table.concat(info, "; ") end
  return length
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

mep.prefs.ports = Pref.range("TCP ports of bridges", default_ports, "Ports whose bytes are those of a meter port", 65535)
mep.prefs.profile = Pref.string("Device", default_profile, "What a meter is taken for until it says its firmware, as in meter:3.70")

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
  conversations, messages = {}, {}
end
apply_preferences()
mep:register_heuristic("tcp", heuristic)
