-- Delivery slots and the shipments booked in them.
--
-- A step of an order is one function, so that it costs one statement and one commit. Every function answers with an
-- outcome: 'OK', or the reason of an error of the contract. What a write answered first is kept in `requests`, whose
-- functions (claim, refuse, tombstone) come from the store library.
--
-- The steps of the way forward take many orders at once, and every order has the outcome that it would have had alone.
-- Rows are locked in one order by all (slots, or shipments, by id), so that two batches never wait for each other.

create table slots (
  id text primary key,
  start_time timestamptz not null,
  end_time timestamptz not null,
  capacity int not null,
  booked int not null default 0 check (booked between 0 and capacity)
) with (fillfactor = 50);
create index slots_by_start on slots (start_time, id);

create table shipments (
  order_id text primary key,
  customer_id text not null,
  slot_id text not null references slots (id),
  state text not null check (state in ('BOOKED', 'CONFIRMED', 'PICKING', 'CANCELLED'))
) with (fillfactor = 70);

-- Opens the two-hour slots from 8 to 20 o'clock UTC of today and the next seven days, where they are not open yet.
create function open_slots(p_capacity int) returns void language sql as $$
  insert into slots (id, start_time, end_time, capacity)
    select to_char(start at time zone 'UTC', 'YYYY-MM-DD-HH24'), start, start + interval '2 hours', p_capacity
    from generate_series(0, 7) as day, generate_series(8, 18, 2) as hour,
      lateral (select (date_trunc('day', now(), 'UTC') + make_interval(days => day, hours => hour)) as start) as s
    on conflict do nothing;
$$;

-- Books shipments, each if its slot has room for all of these. `p_places` are those of the orders in the arrays. Answers
-- the places of those that are booked now. The slots must be locked by the caller.
create function book_together(p_places int[], p_orders text[], p_slots text[], p_customers text[])
returns int[] language sql as $$
  with wanted as (
    select * from unnest(p_orders, p_slots, p_customers) with ordinality as w (order_id, slot_id, customer_id, place)
    where place = any (p_places)
  ), filled as (
    update slots s set booked = booked + due.shipments
    from (select slot_id, count(*)::int as shipments from wanted group by slot_id) due
    where s.id = due.slot_id and s.booked + due.shipments <= s.capacity and s.start_time > now()
    returning s.id as slot_id
  ), granted as (
    select * from wanted join filled using (slot_id)
  ), kept as (
    insert into shipments (order_id, customer_id, slot_id, state) select order_id, customer_id, slot_id, 'BOOKED' from granted
  )
  select coalesce(array_agg(place::int), '{}') from granted;
$$;

create function book_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[], p_slots text[],
  p_customers text[]) returns text[] language plpgsql as $$
declare
  outcomes text[] := array_fill(null::text, array[cardinality(p_orders)]);
  claimed int[] := claim_all(p_callers, 'Book', p_requests, p_hashes);
  granted int[];
  i int;
  s slots;
begin
  perform from slots where id = any (p_slots) order by id for no key update;
  granted := book_together(claimed, p_orders, p_slots, p_customers);
  foreach i in array claimed loop
    if i <> all (granted) then
      -- There is not enough room for all: who came first is served first.
      granted := granted || book_together(array[i], p_orders, p_slots, p_customers);
    end if;
    if i = any (granted) then
      outcomes[i] := 'OK';
    else
      select * into s from slots where id = p_slots[i];
      outcomes[i] := case when s.id is null then 'SLOT_NOT_FOUND' when s.start_time <= now() then 'SLOT_PAST' else 'SLOT_FULL' end;
    end if;
  end loop;
  return conclude_all(p_callers, 'Book', p_requests, p_hashes, outcomes);
end $$;

create function confirm_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[])
returns table (place int, outcome text, slot text) language plpgsql as $$
declare
  claimed int[];
  outcomes text[];
begin
  perform from shipments s where s.order_id = any (p_orders) order by s.order_id for update;
  claimed := claim_all(p_callers, 'Confirm', p_requests, p_hashes);
  update shipments s set state = 'CONFIRMED'
    from unnest(p_orders) with ordinality as w (order_id, place)
    where w.place = any (claimed) and s.order_id = w.order_id and s.state = 'BOOKED';
  outcomes := array(
    select case
      when w.place <> all (claimed) then null
      when s.order_id is null then 'SHIPMENT_NOT_FOUND'
      when s.state = 'CANCELLED' then 'UNDONE'
      else 'OK'
    end
    from unnest(p_orders) with ordinality as w (order_id, place) left join shipments s on s.order_id = w.order_id
    order by w.place
  );
  outcomes := conclude_all(p_callers, 'Confirm', p_requests, p_hashes, outcomes);
  return query
    select w.place::int, w.outcome, s.slot_id
    from unnest(p_orders, outcomes) with ordinality as w (order_id, outcome, place)
    left join shipments s on s.order_id = w.order_id;
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
