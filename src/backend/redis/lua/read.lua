
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

redis.register_function { function_name = 'holdfast_1_get', callback = get, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_1_scan', callback = scan, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_1_due', callback = due, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_1_history', callback = history, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_1_log', callback = read_log, flags = { 'no-writes' } }
