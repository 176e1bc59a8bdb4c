-- Put PositionVoided where a position is missing. Given by the operator, who may do everything on the log.
--
-- KEYS: 1 position counter, 2 the audit stream, 3 a key for rebuilding it, 4 the index of `position/<n>`, 5… the other streams.
-- ARGV: 1 the position, 2 the event's bytes.
-- Answers 'done', or why not: 'ahead' (the log has not come that far), 'taken' (an event stands there).
--
-- A stream takes no entry before its last one. If the audit stream goes beyond the gap, it is written anew beside itself and
-- renamed; whoever reads sees the old or the new one, and the append-only file has all of it or nothing.

local position = tonumber(ARGV[1])
if position < 1 or position > tonumber(redis.call('GET', KEYS[1]) or '0') then return 'ahead' end
local id = ARGV[1] .. '-0'
for i = 2, #KEYS do
  if (i == 2 or i > 4) and #redis.call('XRANGE', KEYS[i], ARGV[1], ARGV[1]) > 0 then return 'taken' end
end
if redis.call('LLEN', KEYS[4]) > 0 then return 'taken' end

local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if not last or tonumber(string.match(last[1], '^%d+')) < position then
  redis.call('XADD', KEYS[2], id, '__data__', ARGV[2])
else
  redis.call('DEL', KEYS[3])
  local from, placed = '-', false
  while true do
    local page = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', 1000)
    for _, entry in ipairs(page) do
      if not placed and tonumber(string.match(entry[1], '^%d+')) > position then
        redis.call('XADD', KEYS[3], id, '__data__', ARGV[2])
        placed = true
      end
      redis.call('XADD', KEYS[3], entry[1], unpack(entry[2]))
    end
    if #page < 1000 then break end
    from = '(' .. page[#page][1]
  end
  redis.call('RENAME', KEYS[3], KEYS[2])
end
redis.call('RPUSH', KEYS[4], ARGV[1])
return 'done'
