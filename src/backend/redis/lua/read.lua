
-- keys: log, states; args: address. Answers the state, or nothing.
local function get(keys, args)
  local text = redis.call('HGET', keys[2], args[1])
  local found = text and record(keys[1], head_of(text).revision)
  return found and found.state
end

-- keys: log, states, ids; args: behind which id, how many, what goes before an id in an address, and
-- perhaps of which kind. Answers whether this is the end, the last id looked at, states.
local function scan(keys, args, with_revision)
  local limit, kind = tonumber(args[2]), args[4]
  local ids = redis.call('ZRANGE', keys[3], '(' .. args[1], '+', 'BYLEX', 'LIMIT', 0, LOOKS)
  local answer, size, is_last = { 0, args[1] }, 0, #ids < LOOKS
  for n, id in ipairs(ids) do
    local head = head_of(redis.call('HGET', keys[2], args[3] .. id))
    if not kind or head.kind == kind then
      local found = record(keys[1], head.revision)
      -- A record that is nowhere is for `verify` to miss.
      if found then
        size = size + #found.state
        if with_revision == true then answer[#answer + 1] = head.revision end
        answer[#answer + 1] = found.state
        limit = limit - 1
      end
    end
    answer[2] = id
    if limit == 0 or size > BYTES then
      is_last = is_last and n == #ids
      break
    end
  end
  answer[1] = is_last and 1 or 0
  return answer
end

-- What `scan` answers, with its revision before each state: for searching, which looks at them all.
local function survey(keys, args)
  return scan(keys, args, true)
end

-- keys: log, states, due; args: until when, how many to pass over, how many. Answers whether this is the
-- end, states.
local function due(keys, args)
  local limit = smaller(tonumber(args[3]), LOOKS)
  local found = redis.call('ZRANGE', keys[3], '-inf', args[1], 'BYSCORE', 'LIMIT', args[2], limit)
  local answer, size, is_last = { 0 }, 0, #found < limit
  for n, address in ipairs(found) do
    local there = record(keys[1], head_of(redis.call('HGET', keys[2], address)).revision)
    -- Something stands for what is missing too: whoever asks on counts what was answered.
    local state = there and there.state or ''
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
local function page(log, thinned, records, is_last)
  local answer, here = { is_last and 1 or 0, #records }, {}
  for _, found in ipairs(records) do
    here[found.revision] = true
    for _, part in ipairs({ found.revision, found.previous, found.deed, found.state }) do
      answer[#answer + 1] = part
    end
  end
  for _, found in ipairs(records) do
    if found.previous ~= '' and not here[found.previous] then
      local before = any_record(log, thinned, found.previous)
      if before then
        answer[#answer + 1] = found.previous
        answer[#answer + 1] = before.state
      end
    end
  end
  return answer
end

-- keys: log, history, thinned; args: before which version, how many.
local function history(keys, args)
  local limit = smaller(tonumber(args[2]), LOOKS)
  local found = redis.call('ZRANGE', keys[2], '(' .. args[1], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, limit)
  local records, size, is_last = {}, 0, #found < limit
  for n, revision in ipairs(found) do
    local there = any_record(keys[1], keys[3], revision)
    if there then
      records[#records + 1] = there
      size = size + #there.state
    end
    if size > BYTES then
      is_last = is_last and n == #found
      break
    end
  end
  return page(keys[1], keys[3], records, is_last)
end

-- keys: log, thinned; args: behind which revision, how many. What is missing between two entries of the
-- stream is what was thinned; the newest record never is, so behind the last entry there is nothing.
local function read_log(keys, args)
  local limit = smaller(tonumber(args[2]), LOOKS)
  -- A number of Lua counts to 2^53, and no log comes that far.
  local records, size, next_one = {}, 0, smaller(tonumber(args[1]), 2 ^ 53 - 2) + 1
  local function is_full() return #records >= limit or size > BYTES end
  local function take(found)
    records[#records + 1] = found
    size = size + #found.state
    next_one = next_one + 1
  end
  while not is_full() do
    local wanted = smaller(ENTRIES, limit - #records)
    local found = redis.call('XRANGE', keys[1], digits(next_one) .. '-0', '+', 'COUNT', wanted)
    for _, entry in ipairs(found) do
      local revision = string.match(entry[1], '^%d+')
      while next_one < tonumber(revision) and not is_full() do
        local text = redis.call('HGET', keys[2], digits(next_one))
        -- A record that is nowhere is for `verify` to miss.
        if not text then next_one = tonumber(revision) break end
        take(thinned_of(text, digits(next_one)))
      end
      if is_full() then return page(keys[1], keys[2], records, false) end
      local fields = entry[2]
      take({ revision = revision, previous = fields[2], deed = fields[4], state = fields[6] })
    end
    if #found < wanted then return page(keys[1], keys[2], records, true) end
  end
  return page(keys[1], keys[2], records, false)
end

redis.register_function { function_name = 'holdfast_2_get', callback = get, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_2_scan', callback = scan, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_2_survey', callback = survey, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_2_due', callback = due, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_2_history', callback = history, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_2_log', callback = read_log, flags = { 'no-writes' } }

-- keys: notes; args: name. Answers version and value, or nothing.
local function note(keys, args)
  local text = redis.call('HGET', keys[1], args[1])
  return text and { string.match(text, '^(%d+) (.*)$') } or {}
end

-- keys: notes; args: what their names begin with. Answers name, version and value of each.
local function notes(keys, args)
  local all, answer = redis.call('HGETALL', keys[1]), {}
  for n = 1, #all, 2 do
    if string.sub(all[n], 1, #args[1]) == args[1] then
      answer[#answer + 1] = all[n]
      for _, part in ipairs({ string.match(all[n + 1], '^(%d+) (.*)$') }) do answer[#answer + 1] = part end
    end
  end
  return answer
end

redis.register_function { function_name = 'holdfast_2_note', callback = note, flags = { 'no-writes' } }
redis.register_function { function_name = 'holdfast_2_notes', callback = notes, flags = { 'no-writes' } }

-- keys: scopes. Answers how many states all scopes hold together, and how many bytes.
local function held(keys)
  local states, bytes = 0, 0
  for _, text in ipairs(redis.call('HVALS', keys[1])) do
    local more_states, more_bytes = string.match(text, '^(%d+) (%d+)$')
    states, bytes = states + tonumber(more_states), bytes + tonumber(more_bytes)
  end
  return { digits(states), digits(bytes) }
end

redis.register_function { function_name = 'holdfast_2_held', callback = held, flags = { 'no-writes' } }
