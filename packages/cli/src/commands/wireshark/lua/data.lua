-- What a conversation has revealed, and the data of requests and responses.

local requests = { [0x30] = "read", [0x3f] = "partial read", [0x40] = "write", [0x4f] = "partial write",
  [0x57] = "TLS: end of the session", [0x58] = "TLS: first message of a handshake", [0x59] = "TLS: handshake",
  [0x80] = "TLS: request" }
local tls_codes = { [0x57] = true, [0x58] = true, [0x59] = true, [0x80] = true }
local sequence_length, digest_length = 4, 8
local believed_length = 1024
-- A request this old is no longer answered.
local patience = 10

local names_of_tables = {}
for number, entry in pairs(tables) do names_of_tables[number] = entry.id .. " " .. entry.title end

local pf = {
  length = ProtoField.uint16("mep.length", "Length", base.DEC, nil, nil, "Bytes that follow"),
  alert = ProtoField.none("mep.alert", "Alert"),
  request = ProtoField.uint8("mep.request", "Request", base.HEX, requests),
  response = ProtoField.uint8("mep.response", "Response", base.HEX, response_names),
  table = ProtoField.uint16("mep.table", "Table", base.DEC, names_of_tables),
  offset = ProtoField.uint24("mep.offset", "Offset", base.DEC),
  count = ProtoField.uint16("mep.count", "Count", base.DEC),
  data = ProtoField.bytes("mep.data", "Data"),
  sequence = ProtoField.uint32("mep.sequence", "Sequence number", base.HEX),
  digest = ProtoField.bytes("mep.digest", "Digest"),
  encrypted = ProtoField.bytes("mep.encrypted", "Encrypted"),
  tls = ProtoField.bytes("mep.tls", "TLS records"),
  surplus = ProtoField.bytes("mep.surplus", "Bytes beyond the message"),
  noise = ProtoField.bytes("mep.noise", "Bytes that do not begin a message"),
  response_in = ProtoField.framenum("mep.response_in", "Response in", base.NONE, frametype.RESPONSE),
  response_to = ProtoField.framenum("mep.response_to", "Request in", base.NONE, frametype.REQUEST),
  time = ProtoField.relative_time("mep.time", "Time since the request"),
  assumed = ProtoField.string("mep.assumed", "Assumed"),
  stopped = ProtoField.string("mep.stopped", "Naming stopped"),
}
for _, field in pairs(pf) do fields[#fields + 1] = field end

local ef = {
  refused = ProtoExpert.new("mep.refused", "The meter refused the request", expert.group.RESPONSE_CODE, expert.severity.WARN),
  malformed = ProtoExpert.new("mep.malformed", "Malformed message", expert.group.MALFORMED, expert.severity.ERROR),
  cut = ProtoExpert.new("mep.cut", "Incomplete message", expert.group.PROTOCOL, expert.severity.WARN),
  noise = ProtoExpert.new("mep.noise.found", "Bytes that do not begin a message", expert.group.PROTOCOL, expert.severity.WARN),
  resync = ProtoExpert.new("mep.resync", "The meter expects another sequence number", expert.group.SEQUENCE, expert.severity.NOTE),
  unasked = ProtoExpert.new("mep.unasked", "No known request for this response", expert.group.SEQUENCE, expert.severity.NOTE),
  ambiguous = ProtoExpert.new("mep.ambiguous", "This response may belong to several requests", expert.group.SEQUENCE, expert.severity.WARN),
  unnamed = ProtoExpert.new("mep.unnamed", "Some bytes have no name", expert.group.UNDECODED, expert.severity.NOTE),
}
local stream_field = Field.new("tcp.stream")

-- `broken`: where a message was cut short, by its frame.
local conversations, messages, broken = {}, {}, {}
local bridge_ports = {}
local assumed_profile

local function parse_profile(text)
  local family, major, minor = text:match("^%s*(%a+):(%d+)%.(%d%d?)")
  if family ~= "meter" and family ~= "module" then return nil end
  return { family = family, major = tonumber(major), minor = #minor == 1 and 10 * tonumber(minor) or tonumber(minor) }
end

local function conversation_of(pinfo)
  local stream = stream_field()
  local a = tostring(pinfo.src) .. ":" .. pinfo.src_port
  local b = tostring(pinfo.dst) .. ":" .. pinfo.dst_port
  local key = (stream and tostring(stream.value) or "") .. "|" .. (a < b and a .. "|" .. b or b .. "|" .. a)
  local found = conversations[key]
  if found == nil then
    found = { pending = {}, pieces = {}, sides = { [true] = { heard = 0 }, [false] = { heard = 0 } }, env = { values = {}, whole = {}, profile = assumed_profile, profile_seen = false } }
    conversations[key] = found
  end
  return found, a
end

-- What a message was recognised as when first seen, in order: Wireshark may look at it again at any time.
local function message_of(pinfo)
  local index = tonumber(pinfo.private.mep_messages or "0") + 1
  pinfo.private.mep_messages = tostring(index)
  local key = pinfo.number .. "." .. index
  local found = messages[key]
  if found == nil then
    found = {}
    messages[key] = found
    return found, true
  end
  return found, not pinfo.visited and found.frame == nil
end

local function copy(from)
  local to = {}
  for key, value in pairs(from) do to[key] = value end
  return to
end

-- Remembers what a table says about the layout of others.
local function learn(conversation, entry, published, full)
  local old = conversation.env
  local changed = full and not old.whole[entry.id]
  for path, value in pairs(published) do
    if old.values[path] ~= value then changed = true end
  end
  if not changed then return end
  local env = { values = copy(old.values), whole = copy(old.whole), profile = old.profile, profile_seen = old.profile_seen }
  for path, value in pairs(published) do env.values[path] = value end
  if full then env.whole[entry.id] = true end
  local high, low = env.values["BT01.firmwareVersion"], env.values["BT01.firmwareRevision"]
  if entry.id == "BT01" and high and low then
    local word = high * 256 + low
    local major = math.floor(word / 4096)
    -- Firmware 1.x is a module.
    env.profile = { family = major == 1 and "module" or "meter", major = major, minor = math.floor(word / 32) % 128 }
    env.profile_seen = true
  end
  -- Older firmware gives what is possible instead of what is in use.
  local other = stand_ins[entry.id]
  if other and not env.whole[other.id] and not reaches(env.profile, other.since) then
    for path, value in pairs(published) do env.values[other.id .. path:sub(#entry.id + 1)] = value end
    if full then env.whole[other.id] = true end
  end
  conversation.env = env
end

-- A long table is read in pieces: each piece is decoded with the ones before it.
local function join_pieces(conversation, message, what, where)
  if what.whole then return end
  local last = conversation.pieces[what.table]
  if last and last.to == what.offset and message.time - last.time < patience and #last.bytes < 65536 then
    message.before = last.bytes
  end
  conversation.pieces[what.table] =
    { to = what.offset + where:len(), bytes = (message.before or "") .. where:bytes():raw(), time = message.time }
end

local function bytes_text(count) return count == 1 and "1 byte" or count .. " bytes" end

local function show_data(what, range, tree)
  local entry = tables[what.table]
  local item = tree:add(pf.data, range)
  if entry == nil or entry.l == nil then return nil end
  item:set_text(string.format("%s %s, %s at %d", entry.id, entry.title, bytes_text(range:len()), what.offset))
  local r = show_table(entry, what, range, item, what.learns and publishers[entry.id])
  if next(r.assumed) then
    local list = {}
    for id in pairs(r.assumed) do list[#list + 1] = id end
    table.sort(list)
    item:add(pf.assumed, table.concat(list, ", ") .. " as of " .. what.env.profile.family .. string.format(":%d.%02d", what.env.profile.major, what.env.profile.minor)):set_generated()
  end
  if r.why then
    item:add(pf.stopped, r.why):set_generated()
    item:add_proto_expert_info(ef.unnamed, "naming stopped: " .. r.why)
  end
  return r.publish and entry, r.publish
end

-- A request without sequence number and digest; `room` is how many bytes it has, and `have` how many of them are in the capture. Returns
-- what it asks for, or nil and the reason.
local function parse_request(range, room, have)
  if room < 3 then return nil, "a request of " .. room .. " bytes" end
  local code = range(0, 1):uint()
  local partial = code == 0x3f or code == 0x4f
  local writes = code == 0x40 or code == 0x4f
  if code ~= 0x30 and not partial and not writes then return nil, string.format("request code 0x%02x", code) end
  local fixed = partial and 6 or 3
  if room < fixed then return nil, "a request of " .. room .. " bytes; its table and offset alone need " .. fixed end
  if have < fixed then return nil, "a request whose table number is not in the capture" end
  local what = { code = code, writes = writes, table = range(1, 2):uint(), offset = partial and range(3, 3):uint() or 0, fixed = fixed, whole = not partial }
  if room >= fixed + 2 and have < fixed + 2 then
    what.length = room
    return what
  end
  if room >= fixed + 2 then what.count = range(fixed, 2):uint() end
  if writes then
    if what.count == nil then return nil, "a write without a count" end
    if room - fixed - 2 < what.count then return nil, "a write of " .. what.count .. " bytes with only " .. (room - fixed - 2) .. " after its header" end
  end
  what.length = fixed + (what.count and 2 or room - fixed) + (writes and what.count or 0)
  return what
end

local function request_text(what)
  local entry = tables[what.table]
  local name = entry and entry.id or ("table " .. what.table)
  local verb = what.writes and "write " or "read "
  if what.whole then return verb .. name .. (what.writes and ", " .. bytes_text(what.count or "?") or "") end
  return string.format("%s%s, %s at %d", verb, name, bytes_text(what.count or "?"), what.offset)
end

local function show_request(what, range, tree, have)
  tree:add(pf.request, range(0, 1))
  tree:add(pf.table, range(1, 2))
  if not what.whole then tree:add(pf.offset, range(3, 3)) end
  if what.count then tree:add(pf.count, range(what.fixed, 2)) end
  local count = what.writes and math.min(what.count or 0, have - what.fixed - 2) or 0
  if count <= 0 then return end
  -- A part does not show whether the whole had the assumed size.
  local seen = count == what.count and what or { table = what.table, offset = what.offset, env = what.env }
  show_data(seen, range(what.fixed + 2, count), tree)
end

-- A transaction contains requests without sequence number and digest.
hooks["mep.ET52.records.message"] = function(r, tree, from, to)
  local where = range(r, from, to)
  local what = parse_request(where, to - from, to - from)
  if what == nil then return end
  what.env = r.env
  local sub = tree:add(pf_part, where)
  sub:set_text(request_text(what))
  show_request(what, where, sub, to - from)
end
local function procedure_hook(part, at)
  return function(r, tree, from, to, self)
    local procedure = procedures[self.procedure]
    if procedure == nil or from ~= at then return end
    local sub = tree:add(pf_part, range(r, from, to))
    sub:set_text(procedure.id .. " " .. procedure.title)
    walk(r, procedure[part], nil, at, sub, { index = 0 })
  end
end
hooks["mep.BT07.parameters"] = procedure_hook("q", 3)
for _, id in ipairs({ "BT08", "ET59", "ET85" }) do hooks["mep." .. id .. ".data"] = procedure_hook("a", 4) end
