-- Requests and responses, and which response belongs to which request.

local function malformed(tree, range, why)
  if range then tree:add(pf.surplus, range) end
  tree:add_proto_expert_info(ef.malformed, why)
end

local function begins_record(range, at, length)
  if length < at + 2 then return false end
  local kind = range(at, 1):uint()
  return kind >= 20 and kind <= 23 and range(at + 1, 1):uint() == 3
end

local function hand_to_tls(range, pinfo, tree, root)
  tree:add(pf.tls, range)
  if not begins_record(range, 0, range:len()) then return end
  local can, wanted = pinfo.can_desegment, pinfo.desegment_len
  pinfo.can_desegment = 0
  pcall(function() Dissector.get("tls"):call(range:tvb(), pinfo, root) end)
  pinfo.can_desegment, pinfo.desegment_len = can, wanted
end

local function looks_clear(body, length)
  local room = length - sequence_length - digest_length
  local what = room > 0 and parse_request(body, room, room)
  return what and what.length == room and what
end

-- Adds the announced bytes of the message from `from` to `to`, as far as they are in the capture.
local function add_seen(tree, pf, body, from, to)
  local have = math.min(to, body:len())
  if have > from then return tree:add(pf, body(from, have - from)) end
end
local function add_digest(tree, body, length)
  if body:len() == length then tree:add(pf.digest, body(length - digest_length, digest_length)) end
end

-- `length` is the announced length of the message; if it is incomplete, `body` is shorter.
local function dissect_request(body, length, pinfo, tree, root, message, conversation, first)
  local have = body:len()
  local code = body(0, 1):uint()
  if first and tls_codes[code] then
    -- An encrypted request may begin with any byte.
    local begins = begins_record(body, 1, have)
    message.tls = conversation.tls or begins or not (conversation.encrypted or conversation.clear)
    conversation.tls = conversation.tls or begins
  end
  if message.tls then
    tree:add(pf.request, body(0, 1))
    if first then
      message.frame, message.time, message.text = pinfo.number, pinfo.rel_ts, requests[code]
      conversation.pending = { message }
    end
    if have > 1 and code ~= 0x57 then hand_to_tls(body(1, have - 1), pinfo, tree, root) end
    return requests[code]
  end
  local trailer = sequence_length + digest_length
  local what, why = nil, "a request of " .. length .. " bytes"
  if length > trailer then what, why = parse_request(body, length - trailer, have) end
  if first then
    message.frame, message.time = pinfo.number, pinfo.rel_ts
    if what and what.length == length - trailer then conversation.clear = true end
    -- What cannot be a request in the clear is taken for an encrypted one; a damaged one only if none came in the clear before.
    local fits = what and what.length == length - trailer
    local unknown = not what and requests[code] == nil
    if length > trailer and not fits and (unknown or (not conversation.clear and (what or conversation.encrypted))) then
      message.encrypted, conversation.encrypted = true, true
      what = nil
    end
    message.what = what
    if what then
      what.env = conversation.env
      message.key = body(0, math.min(have, what.length)):bytes():raw()
      message.text = request_text(what)
    end
    local kept = {}
    for _, other in ipairs(conversation.pending) do
      if not other.tls and message.time - other.time < patience and other.key ~= message.key then kept[#kept + 1] = other end
    end
    kept[#kept + 1] = message
    conversation.pending = kept
  end
  if message.encrypted then
    add_seen(tree, pf.encrypted, body, 0, length - digest_length)
    add_digest(tree, body, length)
    return "encrypted request"
  end
  if not message.what then
    if have < length then tree:add(pf.data, body) return "request" end
    malformed(tree, body(0, length), why)
    return "malformed request"
  end
  what = message.what
  show_request(what, body, tree, have)
  if have < length then return request_text(what) end
  if what.length < length - trailer then
    malformed(tree, body(what.length, length - trailer - what.length), "more bytes than the request has")
  end
  tree:add(pf.sequence, body(length - trailer, sequence_length))
  tree:add(pf.digest, body(length - digest_length, digest_length))
  return request_text(what)
end

-- Whether a response may belong to a request, by its length.
local function may_answer(message, code, length, body)
  local what = message.what
  if what == nil or message.encrypted then return true end
  if code ~= 0 then return true end
  if what.writes then return length == 1 + digest_length end
  if length < 3 + digest_length then return false end
  return what.whole or what.count == nil or body:len() < 3 or body(1, 2):uint() == what.count
end

-- For a reply that was cut short, `open` is what was open when it came; later requests wait for their own replies.
local function find_request(message, conversation, code, length, body, open)
  local fitting, index = {}, nil
  for i, pending in ipairs(open or conversation.pending) do
    if may_answer(pending, code, length, body) then fitting[#fitting + 1], index = pending, i end
  end
  if open then
    message.ambiguous = #fitting > 1 and code == 0
    message.request = not message.ambiguous and fitting[#fitting] or nil
    local left = {}
    for _, pending in ipairs(conversation.pending) do
      if pending ~= message.request then left[#left + 1] = pending end
    end
    conversation.pending = left
    return
  end
  if #fitting > 1 and code == 0 then
    message.ambiguous = true
    conversation.pending = {}
    return
  end
  local found = fitting[#fitting]
  if found == nil then return end
  local left = {}
  for i = index + 1, #conversation.pending do left[#left + 1] = conversation.pending[i] end
  conversation.pending = left
  message.request = found
  found.answer = message
end

local function show_link(message, pinfo, tree)
  local request = message.request
  if request == nil then return end
  tree:add(pf.response_to, request.frame):set_generated()
  local span = math.max(0, message.time - request.time)
  tree:add(pf.time, NSTime(math.floor(span), math.floor(span % 1 * 1e6 + 0.5) * 1000)):set_generated()
  if request.what and not request.encrypted then tree:add(pf.table, request.what.table):set_generated() end
end

local function dissect_response(body, length, pinfo, tree, root, message, conversation, first, open)
  local code = body(0, 1):uint()
  local have = body:len()
  if first then
    message.frame, message.time, message.env = pinfo.number, pinfo.rel_ts, conversation.env
    find_request(message, conversation, code, length, body, open)
  end
  local request = message.request
  local plain = length == 1 and (code == 0x0b or code == 0x0a)
  if request and request.encrypted and not plain then
    if length <= digest_length then malformed(tree, body, "too short for an encrypted response") return "malformed response" end
    add_seen(tree, pf.encrypted, body, 0, length - digest_length)
    add_digest(tree, body, length)
    show_link(message, pinfo, tree)
    return "encrypted response"
  end
  tree:add(pf.response, body(0, 1))
  show_link(message, pinfo, tree)
  local name = response_names[code] or string.format("code 0x%02x", code)
  local short = name:match("^[^:]+")
  if request and request.tls then
    if have > 1 then hand_to_tls(body(1, have - 1), pinfo, tree, root) end
    if code ~= 0 then tree:add_proto_expert_info(ef.refused, name) end
    return "TLS: " .. short
  end
  local with_digest = length > digest_length
  local room = with_digest and length - digest_length or length
  local text = short
  if code == 0x0c and have >= 5 then
    if room == 5 then
      local sequence = tree:add(pf.sequence, body(1, 4))
      sequence:add_proto_expert_info(ef.resync)
      text = string.format("seq: 0x%08x expected", body(1, 4):uint())
    else malformed(tree, nil, "a sequence response of " .. room .. " bytes instead of 5") end
  elseif code ~= 0 then
    tree:add_proto_expert_info(ef.refused, name .. (request and request.text and (" (" .. request.text .. ")") or ""))
    if room > 1 and have == length then malformed(tree, body(1, room - 1), "more bytes than a refusal has") end
  elseif have > 1 and have < 3 then tree:add(pf.data, body(1, have - 1))
  elseif room > 1 and have > 1 then
    local what = request and request.what
    if room < 3 then malformed(tree, body(1, room - 1), "a read response of " .. room .. " bytes, too short for its count")
    else
      local count = body(1, 2):uint()
      tree:add(pf.count, body(1, 2))
      if count ~= room - 3 then malformed(tree, nil, "a read response that counts " .. count .. " bytes and holds " .. (room - 3)) end
      local seen = math.min(room, have) - 3
      if seen > 0 then
        local all = have == length
        if what and not what.writes and count == room - 3 then
          local where = body(3, seen)
          if first and all then join_pieces(conversation, message, what, where) end
          local entry, published = show_data({ table = what.table, offset = what.offset, whole = what.whole and all,
            before = message.before, env = message.env, learns = first and all }, where, tree)
          if entry then learn(conversation, entry, published, what.whole) end
        else
          tree:add(pf.data, body(3, seen))
        end
      end
      text = text .. ", " .. bytes_text(count)
    end
  end
  if message.ambiguous then tree:add_proto_expert_info(ef.ambiguous)
  elseif request == nil and not open then tree:add_proto_expert_info(ef.unasked) end
  if request and request.text and text ~= "seq" then text = text .. " (" .. request.text .. ")" end
  if with_digest then add_digest(tree, body, length) end
  return text
end
