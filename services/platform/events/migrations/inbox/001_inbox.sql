-- How far each group has come in each partition: changed in the transaction of an event's effect, and only by the owner of the epoch.
create table consumer_offsets (
  group_name text not null,
  topic text not null,
  partition integer not null,
  -- That of the lease under which the owner works. Raised by a new owner, which shuts out every earlier one.
  epoch bigint not null,
  -- The offset of the next event to handle.
  next_offset bigint not null,
  -- Deliveries of the event at next_offset that were begun.
  attempts integer not null default 0,
  -- The offset after the last event of the delivery that was begun; more than next_offset + 1 if it was of several events.
  attempted_until bigint not null default 0,
  primary key (group_name, topic, partition)
) with (fillfactor = 50);

-- The events that each group has handled, so that one that is appended twice has one effect.
create table inbox (
  group_name text not null,
  source text not null,
  event_id text not null,
  handled_at timestamptz not null default now(),
  primary key (group_name, source, event_id)
);

create index inbox_handled_at on inbox (handled_at);
