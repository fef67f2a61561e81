-- Orders and their way. Amounts are whole cents of EUR; ids stand without their collection.
--
-- The table is the queue of the saga too: an order that is not settled belongs to whoever raised its lease epoch last,
-- until the lease is over. Then anybody may take it, by raising the epoch. Events go to the outbox, which comes from the
-- event library.

create table orders (
  id uuid primary key,
  customer text not null,
  -- What makes a repeat harmless; forgotten after seven days.
  request_id text,
  body_hash text,
  state text not null default 'PENDING'
    check (state in ('PENDING', 'CONFIRMED', 'UNDOING', 'REFUSED', 'CANCELLING', 'CANCELLED')),
  -- Nothing is left to do for the state.
  settled boolean not null default false,
  slot text not null,
  total_cents bigint not null check (total_cents >= 0),
  quote jsonb not null,
  -- The steps that have ended, oldest first, as far as they were known at the last change of the row.
  steps jsonb not null default '[]',
  -- Code, reason, message and metadata of the refusal.
  failure jsonb,
  version integer not null default 1,
  create_time timestamptz not null default now(),
  update_time timestamptz not null default now(),
  -- After this a pending order can only be undone.
  forward_until timestamptz not null,
  lease_epoch integer not null default 1,
  lease_until timestamptz not null,
  unique (customer, request_id),
  check (settled or state not in ('REFUSED', 'CANCELLED')),
  check (not settled or state in ('CONFIRMED', 'REFUSED', 'CANCELLED'))
) with (fillfactor = 70);

-- Ids rise with time: the newest order has the highest.
create index orders_by_customer on orders (customer, id desc);
create index orders_open on orders (lease_until) where not settled;
create index orders_with_request on orders (create_time) where request_id is not null;
