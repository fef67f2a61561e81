-- Delivery slots and the shipments booked in them.
--
-- A step of an order is one function, so that it costs one statement and one commit. Every function answers with an
-- outcome: 'OK', or the reason of an error of the contract. What a write answered first is kept in `requests`, with the
-- functions claim, refuse and tombstone, which come from the store library.

create table slots (
  id text primary key,
  start_time timestamptz not null,
  end_time timestamptz not null,
  capacity int not null,
  booked int not null default 0 check (booked between 0 and capacity)
);
create index slots_by_start on slots (start_time, id);

create table shipments (
  order_id text primary key,
  customer_id text not null,
  slot_id text not null references slots (id),
  state text not null check (state in ('BOOKED', 'CONFIRMED', 'PICKING', 'CANCELLED'))
);

-- Opens the two-hour slots from 8 to 20 o'clock UTC of today and the next seven days, where they are not open yet.
create function open_slots(p_capacity int) returns void language sql as $$
  insert into slots (id, start_time, end_time, capacity)
    select to_char(start at time zone 'UTC', 'YYYY-MM-DD-HH24'), start, start + interval '2 hours', p_capacity
    from generate_series(0, 7) as day, generate_series(8, 18, 2) as hour,
      lateral (select (date_trunc('day', now(), 'UTC') + make_interval(days => day, hours => hour)) as start) as s
    on conflict do nothing;
$$;

create function book(p_caller text, p_request text, p_hash text, p_order text, p_slot text, p_customer text)
returns text language plpgsql as $$
declare
  seen text := claim(p_caller, 'Book', p_request, p_hash);
  s slots;
begin
  if seen is not null then
    return seen;
  end if;
  update slots set booked = booked + 1 where id = p_slot and booked < capacity and start_time > now();
  if not found then
    select * into s from slots where id = p_slot;
    return refuse(p_caller, 'Book', p_request, case
      when s.id is null then 'SLOT_NOT_FOUND'
      when s.start_time <= now() then 'SLOT_PAST'
      else 'SLOT_FULL'
    end);
  end if;
  insert into shipments (order_id, customer_id, slot_id, state) values (p_order, p_customer, p_slot, 'BOOKED');
  return 'OK';
end $$;

create function confirm(p_caller text, p_request text, p_hash text, p_order text, out outcome text, out slot text)
language plpgsql as $$
declare
  s shipments;
begin
  select * into s from shipments where order_id = p_order for update;
  slot := s.slot_id;
  outcome := claim(p_caller, 'Confirm', p_request, p_hash);
  if outcome is not null then
    return;
  elsif s.order_id is null then
    outcome := refuse(p_caller, 'Confirm', p_request, 'SHIPMENT_NOT_FOUND');
  elsif s.state = 'CANCELLED' then
    outcome := refuse(p_caller, 'Confirm', p_request, 'UNDONE');
  else
    update shipments set state = 'CONFIRMED' where order_id = p_order and state = 'BOOKED';
    outcome := 'OK';
  end if;
end $$;

create function cancel(p_caller text, p_undone text, p_order text) returns text language plpgsql as $$
declare
  s shipments;
begin
  perform tombstone(p_caller, 'Book', p_undone);
  select * into s from shipments where order_id = p_order for update;
  if s.state = 'PICKING' then
    -- Nothing was undone: the mark goes with it.
    update requests set undone = false where caller = p_caller and method = 'Book' and request_id = p_undone;
    return 'ALREADY_PICKED';
  elsif s.state in ('BOOKED', 'CONFIRMED') then
    update slots set booked = booked - 1 where id = s.slot_id;
    update shipments set state = 'CANCELLED' where order_id = p_order;
  end if;
  return 'OK';
end $$;

create function start_picking(p_order text, out outcome text, out slot text) language plpgsql as $$
declare
  s shipments;
begin
  select * into s from shipments where order_id = p_order for update;
  slot := s.slot_id;
  if s.order_id is null then
    outcome := 'SHIPMENT_NOT_FOUND';
  elsif s.state in ('CONFIRMED', 'PICKING') then
    update shipments set state = 'PICKING' where order_id = p_order and state = 'CONFIRMED';
    outcome := 'OK';
  else
    outcome := 'NOT_CONFIRMED';
  end if;
end $$;
