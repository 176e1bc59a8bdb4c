-- Append to a log: many appends in one call, each checked against the effects of those before it.
--
-- KEYS: 1 position, 2 the service's own stream, 3 request records of this week, 4 of last week, 5… index lists.
-- ARGV[1], MessagePack: { seen, week, appends }; ARGV[2…]: the bytes of the events, in order.
--   seen    the highest position that the calling service has ever seen
--   append  { at, request, body, expected = { key number, version, … }, events = { key number, … } }
-- Answers { 'back', position } or { 'week', now } for the whole call, else { 'ok', position, one answer per append }:
--   { 'appended' | 'done', first, last }   { 'conflict', key number, version }   { 'reused' }   { 'late', now }
--
-- Lua does not roll back: everything is validated before anything is written, keys of other services included (the ACL would
-- refuse them only in the middle). The stream entries go first, because the first of them is the only write that can still
-- fail (a counter behind its stream).

local call = cmsgpack.unpack(ARGV[1])
local seen, week, appends = call[1], call[2], call[3]
local position = tonumber(redis.call('GET', KEYS[1]) or '0')
if position < seen then return { 'back', position } end
local size = #ARGV[1]
for i = 2, #ARGV do
  size = size + #ARGV[i]
  if #ARGV[i] > 65535 then return redis.error_reply('LIMIT an event has at most 65535 bytes') end
end
if #appends > 256 or size > 1572864 then return redis.error_reply('LIMIT a call takes at most 256 appends and 1 MiB') end

local index = string.gsub(KEYS[2], ':events:', ':index:', 1) .. ':'
local own = string.gsub(KEYS[2], ':events:', ':requests:', 1) .. ':'
if string.sub(KEYS[3], 1, #own) ~= own then return redis.error_reply('FOREIGN ' .. KEYS[3] .. ' is not of ' .. KEYS[2]) end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if math.floor(clock[1] / 604800) ~= week then return { 'week', now } end

local versions = {}
local function version(key)
  local known = versions[key]
  if not known then
    known = redis.call('LLEN', KEYS[key])
    versions[key] = known
  end
  return known
end

local requests, names, records = {}, {}, {}
for i, append in ipairs(appends) do names[i] = append[2] end
for week = 4, 3, -1 do -- no more than 256 names to unpack, and records below
  local found = #names > 0 and redis.call('HMGET', KEYS[week], unpack(names)) or {}
  for i, record in ipairs(found) do
    if record then requests[names[i]] = record end
  end
end

local function standing(request)
  local record = requests[request]
  if not record then return nil end
  return string.match(record, '^(%d+) (%d+) (.*)$')
end

local entries, answers = {}, {}
local next_position, argument = position, 1
for i, append in ipairs(appends) do
  local at, request, body, expected, events = append[1], append[2], append[3], append[4], append[5]
  local first, last, recorded_body = standing(request)
  local bytes = argument
  argument = argument + #events
  for _, key in ipairs(events) do
    if string.sub(KEYS[key], 1, #index) ~= index then
      return redis.error_reply('FOREIGN ' .. KEYS[key] .. ' is not of ' .. KEYS[2])
    end
  end
  if first then
    local same = recorded_body == body or recorded_body == '*' -- restored from the log, which holds no digest of bodies
    answers[i] = same and { 'done', tonumber(first), tonumber(last) } or { 'reused' }
  elseif math.abs(now - at) > 5000 then
    answers[i] = { 'late', now }
  else
    local conflict
    for e = 1, #expected, 2 do
      if version(expected[e]) ~= expected[e + 1] then
        conflict = { 'conflict', expected[e], version(expected[e]) }
        break
      end
    end
    if conflict then
      answers[i] = conflict
    else
      local from = next_position + 1
      for e, key in ipairs(events) do
        next_position = next_position + 1
        versions[key] = version(key) + 1
        entries[#entries + 1] = { next_position, key, ARGV[bytes + e] }
      end
      requests[request] = string.format('%d %d %s', from, next_position, body)
      records[#records + 1] = request
      records[#records + 1] = requests[request]
      answers[i] = { 'appended', from, next_position }
    end
  end
end

if argument ~= #ARGV then return redis.error_reply('COUNT there are not as many events as the appends name') end

for _, entry in ipairs(entries) do redis.call('XADD', KEYS[2], entry[1] .. '-0', '__data__', entry[3]) end
for _, entry in ipairs(entries) do
  redis.call('INCR', KEYS[1])
  redis.call('RPUSH', KEYS[entry[2]], entry[1])
end
if #records > 0 then
  redis.call('HSET', KEYS[3], unpack(records))
  redis.call('EXPIRE', KEYS[3], 1209600)
end
return { 'ok', next_position, answers }
