-- What is known of the cold chain, as people look at it: all of it comes from events, and could be made from them again.
--
-- Events come in any order: the highest revision of a window and the highest version of anything else stays.

-- Temperatures summed up, in a partition for each day, so that forgetting one costs nothing. Windows of ten seconds lie side
-- by side; of those of five minutes, which overlap, only the ones are kept that do so too.
create table windows (
  -- devices/{device}, rooms/{room} or shipments/{order}.
  subject text collate "C" not null,
  -- The number of larder.coldchain.v1.WindowKind.
  kind smallint not null check (kind in (1, 2)),
  start_time timestamptz not null,
  end_time timestamptz not null,
  readings bigint not null,
  min_celsius float8 not null,
  mean_celsius float8 not null,
  max_celsius float8 not null,
  p95_celsius float8 not null,
  revision integer not null,
  primary key (subject, kind, start_time)
) partition by range (start_time);

-- Makes the partitions of days, by UTC, that are not there yet. Attaching one lets others read and write meanwhile.
create function open_days(p_first date, p_last date) returns void language plpgsql as $$
declare
  day date;
  partition text;
begin
  perform pg_advisory_xact_lock(hashtext('windows'));
  for day in select generate_series(p_first, p_last, interval '1 day')::date loop
    partition := 'windows_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass(partition) is not null;
    execute format('create table %I (like windows including all)', partition);
    execute format('alter table windows attach partition %I for values from (%L) to (%L)', partition,
      day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  end loop;
end $$;

-- Drops the partitions of the days before one. Gives up when others are in the way for a second: the next time will do.
create function close_days(p_before date) returns void language plpgsql as $$
declare
  partition text;
begin
  perform set_config('lock_timeout', '1s', true);
  perform pg_advisory_xact_lock(hashtext('windows'));
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'windows'::regclass and c.relname < 'windows_' || to_char(p_before, 'YYYYMMDD')
  loop
    execute format('drop table %I', partition);
  end loop;
end $$;

-- Whose temperatures are known, and since when no more.
create table subjects (
  subject text collate "C" primary key,
  -- That of the last window of ten seconds.
  last_start timestamptz not null,
  -- When the last news of it was written.
  heard_time timestamptz not null
) with (fillfactor = 50);

create table excursions (
  id text collate "C" primary key,
  device text not null,
  subject text not null,
  -- The numbers of larder.catalog.v1.StorageClass and larder.coldchain.v1.ExcursionState.
  storage_class smallint not null,
  state smallint not null,
  limit_celsius float8 not null,
  start_time timestamptz not null,
  end_time timestamptz,
  peak_celsius float8 not null,
  above_ms bigint not null,
  version bigint not null
) with (fillfactor = 70);

create index excursions_newest on excursions (start_time desc, id desc);
create index excursions_by_subject on excursions (subject, start_time desc, id desc);
create index excursions_open on excursions (subject) where state = 1;

-- What came of excursions, which may be known before they are.
create table markdowns (
  excursion_id text collate "C" not null,
  product text collate "C" not null,
  percent integer not null,
  spoilage_risk float8 not null,
  model text not null,
  version bigint not null,
  note_time timestamptz not null default now(),
  primary key (excursion_id, product)
);

create table risks (
  excursion_id text collate "C" primary key,
  shipment text not null,
  spoilage_risk float8 not null,
  model text not null,
  version bigint not null,
  note_time timestamptz not null default now()
);

-- What became known, for those who watch. A transaction appends last of all and under one lock, so that of two entries the
-- one with the higher position is never visible before the other: who has read up to a position has missed nothing before it.
create table feed (
  position bigint primary key generated always as identity,
  append_time timestamptz not null default clock_timestamp(),
  -- A larder.dashboard.v1.WatchReadingsResponse.
  content bytea not null
);

create table feed_state (
  -- Names this series of positions: those of another database mean nothing here.
  series uuid not null default gen_random_uuid(),
  -- What stood up to here has been forgotten.
  forgotten bigint not null default 0
);
create unique index feed_state_is_one on feed_state ((true));
insert into feed_state default values;
