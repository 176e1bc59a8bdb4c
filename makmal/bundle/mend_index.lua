-- Write the list of an aggregate's positions anew, and leave those that are not in question.
--
-- KEYS: 1 the list. ARGV: 1 the last position in question, 2… the positions up to it, in order.
-- Answers how many were not there; or -1, and changes nothing, if other positions stand there.

local wanted = {}
for i = 2, #ARGV do wanted[ARGV[i]] = true end
local known, later = 0, {}
for _, position in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if tonumber(position) > tonumber(ARGV[1]) then
    later[#later + 1] = position
  elseif wanted[position] then
    wanted[position] = nil
    known = known + 1
  else
    return -1
  end
end
if known == #ARGV - 1 then return 0 end
redis.call('DEL', KEYS[1])
for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
for _, position in ipairs(later) do redis.call('RPUSH', KEYS[1], position) end
return #ARGV - 1 - known
