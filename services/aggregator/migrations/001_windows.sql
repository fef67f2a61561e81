-- How far each partition of readings is.
create table sources (
  source integer primary key,
  -- In microseconds since 1970: no reading from before this is awaited any more.
  watermark_us bigint not null,
  -- Up to here windows of single devices, and those of rooms and shipments, have been told.
  told_us bigint not null,
  told_together_us bigint not null,
  -- What the sums are continued from.
  state jsonb not null
) with (fillfactor = 50);

-- What is known of what measures.
create table devices (
  device text primary key,
  -- The highest sequence number, and which ones of those before it were seen.
  seen bytea not null,
  watch jsonb not null,
  -- The mean of each minute of the last hour, or of an excursion.
  history bytea not null
) with (fillfactor = 70);

-- What each sensor is attached to: the latest word on it.
create table attachments (
  device text primary key,
  -- Empty: to nothing.
  subject text not null,
  storage_class integer not null,
  since_us bigint not null
);

-- Ten seconds of temperatures, as one partition of readings has seen them. A partition of this table is a day.
create table panes (
  subject text not null,
  start_us bigint not null,
  source integer not null,
  count bigint not null,
  -- In millionths of a degree.
  min bigint not null,
  max bigint not null,
  sum bigint not null,
  -- Of how many a limit was known, and how many were above it.
  limited bigint not null,
  above bigint not null,
  sketch bytea not null,
  primary key (subject, start_us, source)
) partition by range (start_us);

create index panes_by_source on panes (source, start_us);

-- Windows that have been told, and with how many readings: one with more is told again.
create table told (
  subject text not null,
  kind smallint not null,
  start_us bigint not null,
  revision integer not null default 0,
  count bigint not null default 0,
  primary key (subject, kind, start_us)
) partition by range (start_us);
