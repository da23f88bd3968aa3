
-- How many parts a command is given at once: Lua's stack ends at some thousands.
local PARTS = 1000

local function in_parts(command, key, parts)
  for from = 1, #parts, PARTS do
    redis.call(command, key, unpack(parts, from, smaller(from + PARTS - 1, #parts)))
  end
end

-- What is stored of each of `names`; `otherwise` where there is nothing.
local function looked_up(hash, names, decode, otherwise)
  local known = {}
  for from = 1, #names, PARTS do
    local to = smaller(from + PARTS - 1, #names)
    for n, text in ipairs(redis.call('HMGET', hash, unpack(names, from, to))) do
      known[names[from + n - 1]] = text and decode(text) or otherwise
    end
  end
  return known
end

local function usage_of(text)
  local states, bytes = string.match(text, '^(%d+) (%d+)$')
  return { states = tonumber(states), bytes = tonumber(bytes) }
end

local PER_WRITE = 7
local PER_GUARD = 2

local function write_at(args, at)
  local ids, history, guard, version, live, bytes, due, max_states, max_bytes =
    string.match(args[at], '^(%d+) (%d+) (%d+) (%d+) ([01]) (%d+) (%-?%d*) (%d+) (%d+)$')
  return {
    ids = tonumber(ids), history = tonumber(history), guard = guard, version = version, live = live == '1',
    bytes = tonumber(bytes), due = due, max_states = tonumber(max_states), max_bytes = tonumber(max_bytes),
    scope = args[at + 1], address = args[at + 2], id = args[at + 3], kind = args[at + 4],
    deed = args[at + 5], state = args[at + 6],
  }
end

-- What the scope holds once `write` has taken the place of `head`.
local function usage_with(used, head, write)
  local states, bytes = used.states, used.bytes
  if head and head.live then
    states = math.max(states - 1, 0)
    bytes = math.max(bytes - head.bytes, 0)
  end
  if write.live then
    states = states + 1
    bytes = bytes + write.bytes
  end
  return { states = states, bytes = bytes }
end

-- Why a request cannot be written, as its part of the answer; or nothing, and what would be so then.
-- `heads` and `usage` say what is so now, with what earlier requests of this group have written.
local function refusal(log, request, heads, usage)
  local function stale(address)
    local stored = heads[address]
    return { 1, stored and record(log, stored.revision).state }
  end
  for _, guard in ipairs(request.guards) do
    local head = heads[guard.address]
    if (head and head.version or '0') ~= guard.version then return stale(guard.address) end
  end
  local new_heads = setmetatable({}, { __index = heads })
  local new_usage = setmetatable({}, { __index = usage })
  for n, write in ipairs(request.writes) do
    local head = new_heads[write.address]
    if (head and head.version or '0') ~= write.guard then
      return stale(write.address)
    end
    local used = new_usage[write.scope]
    local new = usage_with(used, head, write)
    if new.states > write.max_states and new.states > used.states then
      return { 2, n, 0, digits(new.states) }
    end
    if new.bytes > write.max_bytes and new.bytes > used.bytes then
      return { 2, n, 1, digits(new.bytes) }
    end
    new_heads[write.address] = { version = write.version, live = write.live, bytes = write.bytes }
    new_usage[write.scope] = new
  end
  return nil, new_usage
end

-- Appends one write to the log and to what belongs to its state alone, and answers its new head.
local function append(keys, write, old, revision)
  redis.call('XADD', keys[1], revision .. '-0',
    'p', old and old.revision or '', 'd', write.deed, 's', write.state)
  redis.call('ZADD', keys[write.history], write.version, revision)
  local was_live = old and old.live
  if write.live and not was_live then
    redis.call('ZADD', keys[write.ids], 0, write.id)
  elseif was_live and not write.live then
    redis.call('ZREM', keys[write.ids], write.id)
  end
  return {
    revision = revision, version = write.version, live = write.live, bytes = write.bytes, due = write.due,
    kind = write.kind,
  }
end

-- Brings what is kept of all states together up to where the group left it, each with one command.
local function settle(keys, touched, old, heads)
  local states, due, not_due = {}, {}, {}
  for address in pairs(touched) do
    local was, head = old[address], heads[address]
    states[#states + 1] = address
    states[#states + 1] = table.concat(
      { head.revision, head.version, head.live and '1' or '0', digits(head.bytes), head.due, head.kind }, ' ')
    if head.due ~= '' then
      if not was or was.due ~= head.due then
        due[#due + 1] = head.due
        due[#due + 1] = address
      end
    elseif was and was.due ~= '' then
      not_due[#not_due + 1] = address
    end
  end
  in_parts('HSET', keys[5], states)
  in_parts('ZADD', keys[2], due)
  in_parts('ZREM', keys[2], not_due)
end

-- The requests as lists of guards and writes, and the names of the states and scopes that they touch.
local function unpacked(args)
  local requests, addresses, scopes, seen = {}, {}, {}, {}
  local at = 2
  for request = 1, tonumber(args[1]) do
    local guards, writes = {}, {}
    local total, guarded = string.match(args[at], '^(%d+) (%d+)$')
    at = at + 1
    local function touch(address)
      if not seen[address] then
        seen[address] = true
        addresses[#addresses + 1] = address
      end
    end
    for n = 1, tonumber(guarded) do
      guards[n] = { address = args[at], version = args[at + 1] }
      touch(args[at])
      at = at + PER_GUARD
    end
    for n = 1, tonumber(total) do
      writes[n] = write_at(args, at)
      touch(writes[n].address)
      scopes[#scopes + 1] = writes[n].scope
      at = at + PER_WRITE
    end
    requests[request] = { guards = guards, writes = writes }
  end
  return requests, addresses, scopes
end

-- Writes a group of requests, each whole or not at all.
-- keys: log, due, revision, scopes, states, then the others by their places.
-- args: how many requests; of each, how many writes and guards, the guards' parts, the writes' parts.
-- Answers for each request: 0, its first revision | 1, the state that is there instead | 2, which write
-- is too much, states (0) or bytes (1), how much it would be.
local function apply(keys, args)
  local requests, addresses, scopes = unpacked(args)
  local newest = tonumber(redis.call('GET', keys[3]) or '0')
  local before = newest
  local old = looked_up(keys[5], addresses, head_of, false)
  local heads = setmetatable({}, { __index = old })
  local usage = looked_up(keys[4], scopes, usage_of, { states = 0, bytes = 0 })
  local touched, changed, answer = {}, {}, {}
  for _, request in ipairs(requests) do
    local refused, new_usage = refusal(keys[1], request, heads, usage)
    if refused then
      for _, part in ipairs(refused) do answer[#answer + 1] = part end
    else
      answer[#answer + 1] = 0
      answer[#answer + 1] = newest + 1
      for _, write in ipairs(request.writes) do
        newest = newest + 1
        heads[write.address] = append(keys, write, heads[write.address], digits(newest))
        touched[write.address] = true
        usage[write.scope] = new_usage[write.scope]
        changed[write.scope] = true
      end
    end
  end
  if newest > before then
    settle(keys, touched, old, heads)
    local used, emptied = {}, {}
    for scope in pairs(changed) do
      -- Scopes come and go with sessions: what holds nothing is not listed, and not added up by `held`.
      if usage[scope].states == 0 then
        emptied[#emptied + 1] = scope
      else
        used[#used + 1] = scope
        used[#used + 1] = digits(usage[scope].states) .. ' ' .. digits(usage[scope].bytes)
      end
    end
    in_parts('HSET', keys[4], used)
    in_parts('HDEL', keys[4], emptied)
    redis.call('SET', keys[3], digits(newest))
  end
  return answer
end

redis.register_function('holdfast_2_apply', apply)

-- keys: notes; args: name, the version its writer saw (0: nothing), and the new value or nothing, which
-- removes it. Answers whether it was done.
local function write_note(keys, args)
  local text = redis.call('HGET', keys[1], args[1])
  if (text and string.match(text, '^%d+') or '0') ~= args[2] then return 0 end
  if not args[3] then return redis.call('HDEL', keys[1], args[1]) end
  redis.call('HSET', keys[1], args[1], digits(tonumber(args[2]) + 1) .. ' ' .. args[3])
  return 1
end

redis.register_function('holdfast_2_write_note', write_note)

-- Puts what is left of old records in their place.
-- keys: log, states, thinned, then the histories by their places; args: of each record its history's place,
-- revision, version, address and state. What a state stands at stays as it is. Answers how many were replaced.
local function thin(keys, args)
  local count = 0
  for at = 1, #args, 5 do
    local history, revision, version = keys[tonumber(args[at])], args[at + 1], args[at + 2]
    local head = redis.call('HGET', keys[2], args[at + 3])
    local found = any_record(keys[1], keys[3], revision)
    local is_it = found and head and redis.call('ZSCORE', history, revision) == version
    if is_it and head_of(head).revision ~= revision then
      local lengths = #found.previous .. ' ' .. #found.deed .. ' '
      redis.call('HSET', keys[3], revision, lengths .. found.previous .. found.deed .. args[at + 4])
      redis.call('XDEL', keys[1], revision .. '-0')
      count = count + 1
    end
  end
  return count
end

redis.register_function('holdfast_2_thin', thin)
