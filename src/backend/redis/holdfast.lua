#!lua name=holdfast_1

-- What the engine does inside Redis. Several servers write to one Redis at the same time, so guards,
-- quotas and the order of the log are decided here and nowhere else.
--
-- Whoever changes what a function takes, answers or stores gives the library a new number: an older
-- program beside a newer one then still finds its own functions.
--
-- A state's JSON is text that is passed on and never read: Lua would turn its numbers into doubles.
-- Versions and revisions are compared and kept as text; only the newest revision is counted up.

-- What one answer may weigh before it ends early and the reader asks again, and how many entries a
-- function looks at in one go: Redis does one thing at a time, so nothing may take long.
local BYTES = 4 * 1024 * 1024
local ENTRIES = 32
local LOOKS = 1000

local function digits(number)
  return string.format('%.0f', number)
end

local function smaller(a, b)
  if a < b then return a end
  return b
end

-- A record of the log: previous revision, who did what, state. Its field names are the same in each,
-- so the stream keeps them once.
local function record(log, revision)
  local found = redis.call('XRANGE', log, revision .. '-0', revision .. '-0')
  local fields = found[1] and found[1][2]
  return fields and { revision = revision, previous = fields[2], deed = fields[4], state = fields[6] }
end

-- What is kept of each state beside its records: where the newest is, and what guards, quotas and
-- indexes need.
local function head_of(text)
  local revision, version, live, bytes, due, kind =
    string.match(text, '^(%d+) (%d+) ([01]) (%d+) (%-?%d*) (.*)$')
  return {
    revision = revision, version = version, live = live == '1', bytes = tonumber(bytes), due = due, kind = kind,
  }
end

-- A table that asks Redis on the first look at a key; what is not there is `otherwise`.
local function looked_up(hash, decode, otherwise)
  return setmetatable({}, {
    __index = function(known, key)
      local text = redis.call('HGET', hash, key)
      local value = otherwise
      if text then value = decode(text) end
      known[key] = value
      return value
    end,
  })
end

local function usage_of(text)
  local states, bytes = string.match(text, '^(%d+) (%d+)$')
  return { states = tonumber(states), bytes = tonumber(bytes) }
end

local PER_WRITE = 7

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
local function refusal(log, writes, heads, usage)
  local new_heads = setmetatable({}, { __index = heads })
  local new_usage = setmetatable({}, { __index = usage })
  for n, write in ipairs(writes) do
    local head = new_heads[write.address]
    if (head and head.version or '0') ~= write.guard then
      local stored = heads[write.address]
      return { 1, stored and record(log, stored.revision).state }
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

local function keep(keys, write, old, revision)
  local log, due, states = keys[1], keys[2], keys[5]
  local head = {
    revision = revision, version = write.version, live = write.live, bytes = write.bytes, due = write.due,
    kind = write.kind,
  }
  redis.call('XADD', log, revision .. '-0', 'p', old and old.revision or '', 'd', write.deed, 's', write.state)
  redis.call('HSET', states, write.address, table.concat(
    { revision, write.version, write.live and '1' or '0', digits(write.bytes), write.due, write.kind }, ' '))
  redis.call('ZADD', keys[write.history], write.version, revision)
  if write.due ~= '' then
    if not old or old.due ~= write.due then redis.call('ZADD', due, write.due, write.address) end
  elseif old and old.due ~= '' then
    redis.call('ZREM', due, write.address)
  end
  local was_live = old and old.live
  if write.live and not was_live then
    redis.call('ZADD', keys[write.ids], 0, write.id)
  elseif was_live and not write.live then
    redis.call('ZREM', keys[write.ids], write.id)
  end
  return head
end

-- Writes a group of requests, each whole or not at all.
-- keys: log, due, revision, scopes, states, then the others by their places.
-- args: how many requests; of each, how many writes, and their parts.
-- Answers for each request: 0, its first revision | 1, the state that is there instead | 2, which write
-- is too much, states (0) or bytes (1), how much it would be.
local function apply(keys, args)
  local log, scopes = keys[1], keys[4]
  local newest = tonumber(redis.call('GET', keys[3]) or '0')
  local before = newest
  local heads = looked_up(keys[5], head_of, false)
  local usage = looked_up(scopes, usage_of, { states = 0, bytes = 0 })
  local changed, answer = {}, {}
  local at = 2
  for _ = 1, tonumber(args[1]) do
    local writes = {}
    for n = 1, tonumber(args[at]) do
      writes[n] = write_at(args, at + 1 + (n - 1) * PER_WRITE)
    end
    at = at + 1 + #writes * PER_WRITE
    local refused, new_usage = refusal(log, writes, heads, usage)
    if refused then
      for _, part in ipairs(refused) do answer[#answer + 1] = part end
    else
      answer[#answer + 1] = 0
      answer[#answer + 1] = newest + 1
      for _, write in ipairs(writes) do
        newest = newest + 1
        heads[write.address] = keep(keys, write, heads[write.address], digits(newest))
        usage[write.scope] = new_usage[write.scope]
        changed[write.scope] = true
      end
    end
  end
  if newest > before then
    redis.call('SET', keys[3], digits(newest))
    for scope in pairs(changed) do
      local used = usage[scope]
      redis.call('HSET', scopes, scope, digits(used.states) .. ' ' .. digits(used.bytes))
    end
  end
  return answer
end

-- keys: log, states; args: address. Answers the state, or nothing.
local function get(keys, args)
  local text = redis.call('HGET', keys[2], args[1])
  return text and record(keys[1], head_of(text).revision).state
end

-- keys: log, states, ids; args: behind which id, how many, what goes before an id in an address, and
-- perhaps of which kind. Answers whether this is the end, the last id looked at, states.
local function scan(keys, args)
  local limit, kind = tonumber(args[2]), args[4]
  local ids = redis.call('ZRANGE', keys[3], '(' .. args[1], '+', 'BYLEX', 'LIMIT', 0, LOOKS)
  local answer, size, is_last = { 0, args[1] }, 0, #ids < LOOKS
  for n, id in ipairs(ids) do
    local head = head_of(redis.call('HGET', keys[2], args[3] .. id))
    if not kind or head.kind == kind then
      local state = record(keys[1], head.revision).state
      size = size + #state
      answer[#answer + 1] = state
    end
    answer[2] = id
    if #answer - 2 >= limit or size > BYTES then
      is_last = is_last and n == #ids
      break
    end
  end
  answer[1] = is_last and 1 or 0
  return answer
end

-- keys: log, states, due; args: until when, how many to pass over, how many. Answers whether this is the
-- end, states.
local function due(keys, args)
  local limit = smaller(tonumber(args[3]), LOOKS)
  local found = redis.call('ZRANGE', keys[3], '-inf', args[1], 'BYSCORE', 'LIMIT', args[2], limit)
  local answer, size, is_last = { 0 }, 0, #found < limit
  for n, address in ipairs(found) do
    local state = record(keys[1], head_of(redis.call('HGET', keys[2], address)).revision).state
    size = size + #state
    answer[#answer + 1] = state
    if size > BYTES then
      is_last = is_last and n == #found
      break
    end
  end
  answer[1] = is_last and 1 or 0
  return answer
end

-- A page of records: whether it is the last, how many there are, each as revision, previous, deed and
-- state; then revision and state of each previous record that is not among them.
local function page(log, records, is_last)
  local answer, here = { is_last and 1 or 0, #records }, {}
  for _, found in ipairs(records) do
    here[found.revision] = true
    for _, part in ipairs({ found.revision, found.previous, found.deed, found.state }) do
      answer[#answer + 1] = part
    end
  end
  for _, found in ipairs(records) do
    if found.previous ~= '' and not here[found.previous] then
      answer[#answer + 1] = found.previous
      answer[#answer + 1] = record(log, found.previous).state
    end
  end
  return answer
end

-- keys: log, history; args: before which version, how many.
local function history(keys, args)
  local limit = smaller(tonumber(args[2]), LOOKS)
  local found = redis.call('ZRANGE', keys[2], '(' .. args[1], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, limit)
  local records, size, is_last = {}, 0, #found < limit
  for n, revision in ipairs(found) do
    records[n] = record(keys[1], revision)
    size = size + #records[n].state
    if size > BYTES then
      is_last = is_last and n == #found
      break
    end
  end
  return page(keys[1], records, is_last)
end

-- keys: log; args: behind which revision, how many.
local function read_log(keys, args)
  local limit, from = tonumber(args[2]), '(' .. args[1] .. '-0'
  local records, size = {}, 0
  while true do
    local wanted = smaller(smaller(ENTRIES, LOOKS - #records), limit - #records)
    if wanted == 0 or size > BYTES then return page(keys[1], records, false) end
    local found = redis.call('XRANGE', keys[1], from, '+', 'COUNT', wanted)
    for _, entry in ipairs(found) do
      local fields = entry[2]
      records[#records + 1] = {
        revision = string.match(entry[1], '^%d+'), previous = fields[2], deed = fields[4], state = fields[6],
      }
      size = size + #fields[6]
      from = '(' .. entry[1]
    end
    if #found < wanted then return page(keys[1], records, true) end
  end
end

redis.register_function('holdfast_1_apply', apply)
redis.register_function { function_name = 'holdfast_1_get', callback = get, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_1_scan', callback = scan, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_1_due', callback = due, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_1_history', callback = history, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_1_log', callback = read_log, flags = { 'no-writes' } }
