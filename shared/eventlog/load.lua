-- Load aggregates and look up requests: many loads in one call. Read-only.
--
-- KEYS: 1 position, 2 request records of this week, 3 of last week, 4… index lists and streams.
-- ARGV[1], MessagePack: { most, room, loads }
--   most  events that one call returns at the most, room bytes; what is missing is asked for again
--   load  { request or '', { index key number, stream key number, versions already known, … } }
-- Answers { now, position, one answer per load }: { request record or '', { version, { position, bytes, … } } per aggregate }

local call = cmsgpack.unpack(ARGV[1])
local left, room, answers = call[1], call[2], {}
local clock = redis.call('TIME')
for i, load in ipairs(call[3]) do
  local record = ''
  if load[1] ~= '' then
    record = redis.call('HGET', KEYS[2], load[1]) or redis.call('HGET', KEYS[3], load[1]) or ''
  end
  local answer = { record }
  local wanted = load[2]
  for w = 1, #wanted, 3 do
    local events = {}
    local version = redis.call('LLEN', KEYS[wanted[w]])
    if left > 0 and room > 0 and version > wanted[w + 2] then
      for _, position in ipairs(redis.call('LRANGE', KEYS[wanted[w]], wanted[w + 2], wanted[w + 2] + left - 1)) do
        local entry = redis.call('XRANGE', KEYS[wanted[w + 1]], position, position)[1]
        if not entry then return redis.error_reply('LOST position ' .. position .. ' is not in its stream') end
        events[#events + 1] = position
        events[#events + 1] = entry[2][2]
        left, room = left - 1, room - #entry[2][2]
        if room <= 0 then break end
      end
    end
    answer[#answer + 1] = { version, events }
  end
  answers[i] = answer
end
return { clock[1] * 1000 + math.floor(clock[2] / 1000), tonumber(redis.call('GET', KEYS[1]) or '0'), answers }
