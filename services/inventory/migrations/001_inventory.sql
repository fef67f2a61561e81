-- Stock per warehouse. A pack that was received is available, reserved or sold, and nothing else.
--
-- A step of an order is one function, so that it costs one statement and one commit. Every function answers with an
-- outcome: 'OK', or the reason of an error of the contract. What a write answered first is kept in `requests`, whose
-- functions (claim, refuse, tombstone) come from the store library.
--
-- The steps of the way forward take many orders at once, and every order has the outcome that it would have had alone.
-- Rows are locked in one order by all (reservations by order, then stock by product), so that two batches never wait for
-- each other.

create table warehouses (
  id text primary key,
  display_name text not null
);

create table stock (
  product_id text not null,
  warehouse_id text not null references warehouses (id),
  received int not null check (received >= 0),
  available int not null check (available >= 0),
  reserved int not null default 0 check (reserved >= 0),
  sold int not null default 0 check (sold >= 0),
  primary key (product_id, warehouse_id),
  constraint nothing_lost check (available + reserved + sold = received)
) with (fillfactor = 50);

-- Packs of a product in a warehouse.
create type packs as (product text, warehouse text, quantity int);

create table reservations (
  order_id text primary key,
  state text not null check (state in ('HELD', 'COMMITTED', 'RELEASED', 'LAPSED', 'RESTOCKED')),
  expire_time timestamptz not null,
  -- What is held or sold, or was before it lapsed or was given back. Written and read as a whole, hence in the row itself.
  lines packs[] not null
) with (fillfactor = 70);
create index reservations_to_lapse on reservations (expire_time) where state = 'HELD';

-- Every function that changes stock locks its rows here first and in this order, so that two never wait for each other.
create function lock_stock(p_products text[]) returns void language sql as $$
  select from stock where product_id = any (p_products) order by product_id, warehouse_id for no key update;
$$;

-- Moves packs from one column of stock to another. The rows must be locked by the caller.
create function move_packs(p_packs packs[], p_from text, p_to text) returns void language sql as $$
  update stock s set
    available = s.available + case 'available' when p_to then moved.quantity when p_from then -moved.quantity else 0 end,
    reserved = s.reserved + case 'reserved' when p_to then moved.quantity when p_from then -moved.quantity else 0 end,
    sold = s.sold + case 'sold' when p_to then moved.quantity when p_from then -moved.quantity else 0 end
  from (select product, warehouse, sum(quantity)::int as quantity from unnest(p_packs) group by product, warehouse) moved
  where s.product_id = moved.product and s.warehouse_id = moved.warehouse;
$$;

-- Finds a product that cannot be had, among lines whose stock is locked: 'STOCK_SHORT product remaining', or the same
-- with PRODUCT_NOT_FOUND. NULL if there is enough of each.
create function shortage(p_products text[], p_quantities int[]) returns text language sql as $$
  select case when count(s.product_id) = 0 then 'PRODUCT_NOT_FOUND' else 'STOCK_SHORT' end
    || ' ' || line.product || ' ' || coalesce(sum(s.available), 0)
  from unnest(p_products, p_quantities) as line (product, quantity)
  left join stock s on s.product_id = line.product
  group by line.product, line.quantity
  having coalesce(sum(s.available), 0) < line.quantity
  order by line.product limit 1;
$$;

-- Shares locked stock out among the lines of the orders at the places asked for, from the warehouse with the most first.
-- There must be enough for all.
create function share_out(p_places int[], p_line_places int[], p_products text[], p_quantities int[])
returns table (place int, product text, warehouse text, quantity int) language sql stable as $$
  with line as (
    select l.*, sum(l.quantity) over (partition by l.product order by l.place) as until
    from unnest(p_line_places, p_products, p_quantities) as l (place, product, quantity) where l.place = any (p_places)
  ), shelf as (
    select s.product_id, s.warehouse_id, s.available,
      sum(s.available) over (partition by s.product_id order by s.available desc, s.warehouse_id) as until
    from stock s where s.product_id = any (p_products) and s.available > 0
  )
  select l.place, l.product, s.warehouse_id,
    (least(l.until, s.until) - greatest(l.until - l.quantity, s.until - s.available))::int
  from line l join shelf s on s.product_id = l.product and s.until > l.until - l.quantity and s.until - s.available < l.until;
$$;

-- Reserves for orders, each if there is enough of all its products for all of these. `p_places` are those of the orders in
-- `p_orders`; the lines of all stand together, each with the place of its order. Answers the places of those that are
-- reserved now. The stock must be locked by the caller.
create function reserve_together(p_places int[], p_orders text[], p_line_places int[], p_products text[], p_quantities int[])
returns int[] language plpgsql as $$
declare
  granted int[];
  taken packs[];
begin
  with line as (
    select * from unnest(p_line_places, p_products, p_quantities) as l (place, product, quantity) where place = any (p_places)
  ), short as (
    select product from line group by product
    having sum(quantity) > coalesce((select sum(available) from stock where product_id = product), 0)
  )
  select array_agg(place) into granted from (
    select place from line group by place having bool_and(product not in (select product from short))
  ) orders;
  if granted is null then
    return '{}';
  end if;
  with kept as (
    insert into reservations (order_id, state, expire_time, lines)
      select p_orders[place], 'HELD', now() + interval '15 minutes',
        array_agg((product, warehouse, quantity)::packs order by product, warehouse)
      from share_out(granted, p_line_places, p_products, p_quantities) group by place
      returning lines
  )
  select array_agg(line) into taken from kept, unnest(lines) line;
  perform move_packs(taken, 'available', 'reserved');
  return granted;
end $$;

-- The answer of a step of the way forward. `outcome` may have a product and its remaining packs behind it.
create function tell(p_orders text[], p_outcomes text[])
returns table (place int, outcome text, product text, remaining int, lines json, expire_time timestamptz) language sql as $$
  select w.place::int, split_part(w.outcome, ' ', 1), split_part(w.outcome, ' ', 2),
    nullif(split_part(w.outcome, ' ', 3), '')::int, to_json(r.lines), r.expire_time
  from unnest(p_orders, p_outcomes) with ordinality as w (order_id, outcome, place)
  left join reservations r on r.order_id = w.order_id and w.outcome = 'OK';
$$;

create function reserve_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[],
  p_line_places int[], p_products text[], p_quantities int[])
returns table (place int, outcome text, product text, remaining int, lines json, expire_time timestamptz)
language plpgsql as $$
declare
  outcomes text[] := array_fill(null::text, array[cardinality(p_orders)]);
  claimed int[] := claim_all(p_callers, 'Reserve', p_requests, p_hashes);
  granted int[];
  i int;
begin
  perform lock_stock(p_products);
  granted := reserve_together(claimed, p_orders, p_line_places, p_products, p_quantities);
  foreach i in array claimed loop
    if i <> all (granted) then
      -- There is not enough for all: who came first is served first.
      granted := granted || reserve_together(array[i], p_orders, p_line_places, p_products, p_quantities);
    end if;
    if i = any (granted) then
      outcomes[i] := 'OK';
    else
      outcomes[i] := (
        select shortage(array_agg(l.product), array_agg(l.quantity))
        from unnest(p_line_places, p_products, p_quantities) as l (place, product, quantity) where l.place = i
      );
    end if;
  end loop;
  return query select * from tell(p_orders, conclude_all(p_callers, 'Reserve', p_requests, p_hashes, outcomes));
end $$;

-- Takes stock again for a reservation that has lapsed, if there is enough. It must be locked by the caller, with its stock.
create function reserve_again(p_order text) returns void language plpgsql as $$
declare
  products text[];
  quantities int[];
  taken packs[];
begin
  select array_agg(product), array_agg(quantity) into products, quantities from (
    select line.product, sum(line.quantity)::int as quantity from reservations r, unnest(r.lines) line
    where r.order_id = p_order group by line.product
  ) wanted;
  if shortage(products, quantities) is null then
    select array_agg((product, warehouse, quantity)::packs order by product, warehouse) into taken
      from share_out(array[1], array_fill(1, array[cardinality(products)]), products, quantities);
    perform move_packs(taken, 'available', 'reserved');
    update reservations set state = 'HELD', lines = taken where order_id = p_order;
  end if;
end $$;

create function commit_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[])
returns table (place int, outcome text, product text, remaining int, lines json, expire_time timestamptz)
language plpgsql as $$
declare
  claimed int[];
  wanted text[];
  outcomes text[];
  sold packs[];
begin
  perform from reservations r where r.order_id = any (p_orders) order by r.order_id for update;
  claimed := claim_all(p_callers, 'Commit', p_requests, p_hashes);
  wanted := array(select w.order_id from unnest(p_orders) with ordinality as w (order_id, place) where w.place = any (claimed));
  perform lock_stock(array(
    select line.product from reservations r, unnest(r.lines) line
    where r.order_id = any (wanted) and r.state in ('HELD', 'LAPSED')
  ));
  perform reserve_again(lapsed.order_id) from (
    select r.order_id from reservations r where r.order_id = any (wanted) and r.state = 'LAPSED'
    order by array_position(wanted, r.order_id)
  ) lapsed;
  with committed as (
    update reservations r set state = 'COMMITTED' where r.order_id = any (wanted) and r.state = 'HELD' returning r.lines
  )
  select array_agg(line) into sold from committed c, unnest(c.lines) line;
  perform move_packs(sold, 'reserved', 'sold');
  outcomes := array(
    select case
      when w.place <> all (claimed) then null
      when r.order_id is null then 'RESERVATION_NOT_FOUND'
      when r.state = 'COMMITTED' then 'OK'
      when r.state = 'LAPSED' then (
        select shortage(array_agg(line.product), array_agg(line.quantity)) from (
          select l.product, sum(l.quantity)::int as quantity from unnest(r.lines) l group by l.product
        ) line
      )
      else 'UNDONE'
    end
    from unnest(p_orders) with ordinality as w (order_id, place) left join reservations r on r.order_id = w.order_id
    order by w.place
  );
  return query select * from tell(p_orders, conclude_all(p_callers, 'Commit', p_requests, p_hashes, outcomes));
end $$;

create function release(p_caller text, p_undone text, p_order text) returns text language plpgsql as $$
declare
  r reservations;
begin
  perform tombstone(p_caller, 'Reserve', p_undone);
  select * into r from reservations where order_id = p_order for update;
  if r.state = 'COMMITTED' then
    -- Nothing was undone: the mark goes with it.
    update requests set undone = false where caller = p_caller and method = 'Reserve' and request_id = p_undone;
    return 'ALREADY_COMMITTED';
  elsif r.state in ('HELD', 'LAPSED') then
    perform give_back(r);
  end if;
  return 'OK';
end $$;

create function restock(p_caller text, p_undone text, p_order text) returns text language plpgsql as $$
declare
  r reservations;
begin
  -- The reservation is locked first, as commit_reservation does, so that the two cannot wait for each other.
  select * into r from reservations where order_id = p_order for update;
  perform tombstone(p_caller, 'Commit', p_undone);
  if r.state = 'COMMITTED' then
    perform lock_stock(array(select product from unnest(r.lines)));
    perform move_packs(r.lines, 'sold', 'available');
    update reservations set state = 'RESTOCKED' where order_id = p_order;
  elsif r.state in ('HELD', 'LAPSED') then
    perform give_back(r);
  end if;
  return 'OK';
end $$;

-- Ends a reservation that is held or has lapsed. It must be locked by the caller.
create function give_back(p_reservation reservations) returns void language plpgsql as $$
begin
  if p_reservation.state = 'HELD' then
    perform lock_stock(array(select product from unnest(p_reservation.lines)));
    perform move_packs(p_reservation.lines, 'reserved', 'available');
  end if;
  update reservations set state = 'RELEASED' where order_id = p_reservation.order_id;
end $$;

-- Puts one reservation whose time is over back on sale, by the clock of the database. Answers whether there was one.
create function lapse_one() returns boolean language plpgsql as $$
declare
  r reservations;
begin
  select * into r from reservations where state = 'HELD' and expire_time <= now()
    order by expire_time limit 1 for update skip locked;
  if r.order_id is null then
    return false;
  end if;
  perform lock_stock(array(select product from unnest(r.lines)));
  perform move_packs(r.lines, 'reserved', 'available');
  update reservations set state = 'LAPSED' where order_id = r.order_id;
  return true;
end $$;

create function receive(p_caller text, p_request text, p_hash text, p_product text, p_warehouse text, p_quantity int)
returns text language plpgsql as $$
declare
  seen text := claim(p_caller, 'ReceiveStock', p_request, p_hash);
begin
  if seen is not null then
    return seen;
  end if;
  perform from warehouses where id = p_warehouse;
  if not found then
    return refuse(p_caller, 'ReceiveStock', p_request, 'WAREHOUSE_NOT_FOUND');
  end if;
  insert into stock as s (product_id, warehouse_id, received, available)
    values (p_product, p_warehouse, p_quantity, p_quantity)
    on conflict (product_id, warehouse_id)
    do update set received = s.received + p_quantity, available = s.available + p_quantity;
  return 'OK';
end $$;
