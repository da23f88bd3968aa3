#!lua name=holdfast_2

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

-- The same of a record whose content was removed: no entry of a stream can be changed, so what is left of it
-- is in a hash, under its revision, as the lengths of its parts and the parts.
local function thinned_of(text, revision)
  local previous, deed, at = string.match(text, '^(%d+) (%d+) ()')
  local deed_at = at + tonumber(previous)
  local state_at = deed_at + tonumber(deed)
  return {
    revision = revision, previous = string.sub(text, at, deed_at - 1),
    deed = string.sub(text, deed_at, state_at - 1), state = string.sub(text, state_at),
  }
end

-- A record that may be an old one.
local function any_record(log, thinned, revision)
  local found = record(log, revision)
  if found then return found end
  local text = redis.call('HGET', thinned, revision)
  return text and thinned_of(text, revision)
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
