-- Put a stream that was rebuilt beside a live one in its place, with whatever was appended to the live one meanwhile.
--
-- KEYS: 1 the live stream, 2 the rebuilt one. ARGV: 1 the last position up to which the rebuilt one has everything.

local from = '(' .. ARGV[1] .. '-18446744073709551615'
while true do
  local page = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 1000)
  for _, entry in ipairs(page) do redis.call('XADD', KEYS[2], entry[1], unpack(entry[2])) end
  if #page < 1000 then break end
  from = '(' .. page[#page][1]
end
redis.call('RENAME', KEYS[2], KEYS[1])
