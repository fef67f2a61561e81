-- Events that were caused and are not yet known to stand in the log. A row is written in the transaction that causes the event, and
-- deleted after the relay has appended it.
create table outbox (
  -- Drawn while the transaction holds the lock on the aggregate's row: of two events of one aggregate the later has the higher id.
  -- Rows of different aggregates may become visible in any order.
  id bigint generated always as identity primary key,
  topic text not null,
  -- The hash of the event's key, which the topic's partition follows from.
  key_hash integer not null check (key_hash >= 0),
  -- The part of the outbox that one relay works on at a time; the same for all events of a key.
  lane smallint not null generated always as (key_hash % 4) stored,
  event bytea not null
) with (
  -- Rows live for milliseconds: clean up by number, not by share.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_threshold = -1
);

-- What a relay must remember to append each event exactly once.
create table outbox_state (
  lane smallint primary key,
  -- Names this series of numbers to the log. A new database has new ones, so that the log does not take its events for old.
  producer uuid not null default gen_random_uuid(),
  -- The number that the next event will get.
  next_sequence bigint not null default 1,
  -- The ids of the events that have numbers and may or may not have been appended: the last of them has next_sequence - 1.
  pending bigint[] not null default '{}'
);

insert into outbox_state (lane) select generate_series(0, 3);
