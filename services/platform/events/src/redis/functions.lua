-- The part of the event log that runs inside the server, where several reads and writes are one step.
--
-- Keys of partition p of a topic, all in one hash slot:
--   topic:{p}                  stream; an entry is a batch of n records, its id is <offset of the first>-1
--   topic:{p}:state            hash: start (earliest offset), next (offset of the next record), time (of the last entry),
--                              producer:<id> (the highest number seen from it)
--   topic:{p}:lease:<group>    hash: member, epoch, until (ms by the server's clock)
--   topic:{p}:noted:<group>    the offset up to which the group has consumed
-- and of a topic as a whole:
--   topic:partitions           the number of partitions
--   topic:members:<group>      sorted set of the group's members by the time at which they are taken for dead
--
-- Every number is below 2^53, so that it is exact in Lua; %.0f keeps it from turning into 1e+15.

local function text(number)
  return string.format('%.0f', number)
end

local function now()
  local time = server.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function range(state)
  local got = server.call('HMGET', state, 'start', 'next')
  return tonumber(got[1] or 0), tonumber(got[2] or 0)
end

-- The entry that holds an offset: its first offset, number of records, time; nil if the stream has none so early.
local function entry_at(stream, offset)
  local found = server.call('XREVRANGE', stream, text(offset) .. '-1', '-', 'COUNT', 1)[1]
  if not found then
    return nil
  end
  local fields = found[2]
  return tonumber(string.match(found[1], '^%d+')), tonumber(fields[2]), tonumber(fields[4])
end

local function offset_at(stream, state, time)
  local low, high = range(state)
  while low < high do
    local base, count, at = entry_at(stream, math.floor((low + high) / 2))
    if not base then
      return low
    end
    if at >= time then
      high = math.max(base, low)
    else
      low = base + count
    end
  end
  return low
end

-- producer, first and last number, number of records, records -> next offset, records skipped, highest number seen.
-- Skipped is -1 if only a part was seen: nothing is appended, and the caller sends the rest alone.
server.register_function('append', function(keys, args)
  local stream, state = keys[1], keys[2]
  local producer = 'producer:' .. args[1]
  local first, last, count = tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
  local got = server.call('HMGET', state, producer, 'next', 'time')
  local seen, next = tonumber(got[1] or -1), tonumber(got[2] or 0)
  if last <= seen then
    return {text(next), count, text(seen)}
  end
  if first <= seen then
    return {text(next), -1, text(seen)}
  end
  -- The clock may be set back; the times in a partition are not.
  local time = text(math.max(now(), tonumber(got[3] or 0)))
  server.call('XADD', stream, text(next) .. '-1', 'n', args[4], 't', time, 'd', args[5])
  server.call('HSET', state, 'next', text(next + count), 'time', time, producer, text(last))
  return {text(next + count), 0, text(last)}
end)

-- offset, number of entries -> earliest offset, next offset, entries from the one that holds the offset.
server.register_function{function_name = 'read', flags = {'no-writes'}, callback = function(keys, args)
  local stream, state = keys[1], keys[2]
  local from, limit = tonumber(args[1]), tonumber(args[2])
  local start, next = range(state)
  local reply = {text(start), text(next)}
  if limit == 0 or from < start or from >= next then
    return reply
  end
  local base = entry_at(stream, from)
  local first = base and text(base) .. '-1' or '-'
  reply[3] = server.call('XRANGE', stream, first, '+', 'COUNT', limit)
  return reply
end}

-- time in ms -> offset of the first record at or after it.
server.register_function{function_name = 'offset_at', flags = {'no-writes'}, callback = function(keys, args)
  return text(offset_at(keys[1], keys[2], tonumber(args[1])))
end}

-- stream, state, what each group noted; retention in ms -> earliest offset left. Whole entries go, or stay.
server.register_function{function_name = 'trim', flags = {'allow-oom'}, callback = function(keys, args)
  local stream, state = keys[1], keys[2]
  local start, next = range(state)
  local limit = offset_at(stream, state, now() - tonumber(args[1]))
  for i = 3, #keys do
    limit = math.min(limit, tonumber(server.call('GET', keys[i]) or 0))
  end
  if limit <= start then
    return text(start)
  end
  local base, count = entry_at(stream, limit - 1)
  if base then
    limit = base + count <= limit and base + count or base
  end
  if limit > start then
    server.call('XTRIM', stream, 'MINID', text(limit) .. '-0')
    server.call('HSET', state, 'start', text(limit))
  end
  return text(math.max(limit, start))
end}

-- number -> the number that holds.
server.register_function('create_topic', function(keys, args)
  server.call('SET', keys[1], args[1], 'NX')
  return server.call('GET', keys[1])
end)

-- member, time to live in ms -> in how many ms the first of the others is taken for dead, 0 if there is none; the members that are alive, sorted.
server.register_function{function_name = 'beat', flags = {'allow-oom'}, callback = function(keys, args)
  local time = now()
  server.call('ZREMRANGEBYSCORE', keys[1], '-inf', text(time))
  server.call('ZADD', keys[1], text(time + tonumber(args[2])), args[1])
  local found = server.call('ZRANGE', keys[1], 0, -1, 'WITHSCORES')
  local members, first = {}, nil
  for i = 1, #found, 2 do
    table.insert(members, found[i])
    if found[i] ~= args[1] then
      first = first or tonumber(found[i + 1])
    end
  end
  table.sort(members)
  return {text(first and first - time or 0), members}
end}

-- member, time to live in ms, epoch that is too low -> the new epoch; if another member has the lease, minus the ms for which it does.
server.register_function{function_name = 'acquire', flags = {'allow-oom'}, callback = function(keys, args)
  local got = server.call('HMGET', keys[1], 'member', 'epoch', 'until')
  local time = now()
  if got[1] and got[1] ~= args[1] and tonumber(got[3]) > time then
    return text(time - tonumber(got[3]))
  end
  local epoch = text(math.max(tonumber(got[2] or 0), tonumber(args[3])) + 1)
  server.call('HSET', keys[1], 'member', args[1], 'epoch', epoch, 'until', text(time + tonumber(args[2])))
  return epoch
end}

-- member, time to live in ms (0 gives the lease back), epoch -> 1 if the lease was the member's, else 0.
server.register_function{function_name = 'extend', flags = {'allow-oom'}, callback = function(keys, args)
  local got = server.call('HMGET', keys[1], 'member', 'epoch')
  if got[1] ~= args[1] or got[2] ~= args[3] then
    return 0
  end
  server.call('HSET', keys[1], 'until', text(now() + tonumber(args[2])))
  return 1
end}
