-- What customers want to hear, and what they were told.

create table preferences (
  customer_id text primary key,
  email boolean not null,
  sms boolean not null
);

create table messages (
  id uuid primary key,
  customer_id text not null,
  -- The event behind it: one event makes one message for each channel, however often it is delivered.
  event_id text not null,
  channel text not null check (channel in ('EMAIL', 'SMS')),
  recipient text not null,
  subject text not null,
  body_text text not null,
  body_html text not null,
  order_id text not null,
  state text not null default 'QUEUED' check (state in ('QUEUED', 'SENT', 'FAILED')),
  create_time timestamptz not null default now(),
  unique (event_id, channel)
);
create index messages_by_customer on messages (customer_id, id desc);
create index messages_to_send on messages (create_time) where state = 'QUEUED';
