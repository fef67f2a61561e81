-- Stock per warehouse. A pack that was received is available, reserved or sold, and nothing else.
--
-- A step of an order is one function, so that it costs one statement and one commit. Every function answers with an
-- outcome: 'OK', or the reason of an error of the contract. What a write answered first is kept in `requests`, with the
-- functions claim, refuse and tombstone, which come from the store library.

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
);

create table reservations (
  order_id text primary key,
  state text not null check (state in ('HELD', 'COMMITTED', 'RELEASED', 'LAPSED', 'RESTOCKED')),
  expire_time timestamptz not null
);
create index reservations_to_lapse on reservations (expire_time) where state = 'HELD';

create table reservation_lines (
  order_id text not null references reservations (order_id),
  product_id text not null,
  warehouse_id text not null,
  quantity int not null check (quantity > 0),
  primary key (order_id, product_id, warehouse_id)
);

-- Every function that changes stock locks its rows here first and in this order, so that two never wait for each other.
create function lock_stock(p_products text[]) returns void language sql as $$
  select from stock where product_id = any (p_products) order by product_id, warehouse_id for update;
$$;

-- Finds a product that cannot be had, among lines whose stock is locked.
create function shortage(p_products text[], p_quantities int[], out outcome text, out product text, out remaining int)
language sql as $$
  select case when count(s.product_id) = 0 then 'PRODUCT_NOT_FOUND' else 'STOCK_SHORT' end,
    w.product, coalesce(sum(s.available), 0)::int
  from unnest(p_products, p_quantities) as w (product, quantity)
  left join stock s on s.product_id = w.product
  group by w.product, w.quantity
  having coalesce(sum(s.available), 0) < w.quantity
  order by w.product limit 1;
$$;

-- Takes locked stock for an order, from the warehouse with the most first, and writes down from where. `p_sell` sells
-- it at once instead of holding it.
create function take(p_order text, p_products text[], p_quantities int[], p_sell boolean) returns void language sql as $$
  with want as (
    select * from unnest(p_products, p_quantities) as w (product, quantity)
  ), shelf as (
    select s.product_id, s.warehouse_id, s.available, w.quantity,
      sum(s.available) over (partition by s.product_id order by s.available desc, s.warehouse_id) - s.available as before
    from stock s join want w on w.product = s.product_id
  ), part as (
    select product_id, warehouse_id, least(available, quantity - before)::int as quantity
    from shelf where before < quantity and available > 0
  ), moved as (
    update stock s set available = s.available - p.quantity,
      reserved = s.reserved + case when p_sell then 0 else p.quantity end,
      sold = s.sold + case when p_sell then p.quantity else 0 end
    from part p where s.product_id = p.product_id and s.warehouse_id = p.warehouse_id
  )
  insert into reservation_lines (order_id, product_id, warehouse_id, quantity)
    select p_order, product_id, warehouse_id, quantity from part;
$$;

-- Moves what the lines of an order hold out of `reserved` or `sold`: back on sale, or from reserved to sold.
create function move_lines(p_order text, p_from text, p_to text) returns void language plpgsql as $$
begin
  perform lock_stock(array(select product_id from reservation_lines where order_id = p_order));
  update stock s set
    available = s.available + case p_to when 'available' then l.quantity else 0 end,
    reserved = s.reserved - case p_from when 'reserved' then l.quantity else 0 end,
    sold = s.sold + case p_to when 'sold' then l.quantity else 0 end - case p_from when 'sold' then l.quantity else 0 end
  from reservation_lines l
  where l.order_id = p_order and s.product_id = l.product_id and s.warehouse_id = l.warehouse_id;
end $$;

-- The lines of an order as JSON, for the answer.
create function lines_of(p_order text) returns jsonb language sql as $$
  select coalesce(jsonb_agg(jsonb_build_object('product', product_id, 'warehouse', warehouse_id, 'quantity', quantity)
    order by product_id, warehouse_id), '[]') from reservation_lines where order_id = p_order;
$$;

create function reserve(p_caller text, p_request text, p_hash text, p_order text, p_products text[], p_quantities int[],
  out outcome text, out product text, out remaining int, out lines jsonb, out expire_time timestamptz) language plpgsql as $$
declare
  short record;
begin
  outcome := claim(p_caller, 'Reserve', p_request, p_hash);
  if outcome is null then
    perform lock_stock(p_products);
    select * into short from shortage(p_products, p_quantities);
    if short.outcome is not null then
      outcome := refuse(p_caller, 'Reserve', p_request, short.outcome || ' ' || short.product || ' ' || short.remaining);
    else
      insert into reservations (order_id, state, expire_time) values (p_order, 'HELD', now() + interval '15 minutes');
      perform take(p_order, p_products, p_quantities, false);
      outcome := 'OK';
    end if;
  end if;
  if outcome = 'OK' then
    lines := lines_of(p_order);
    select r.expire_time into expire_time from reservations r where order_id = p_order;
  else
    product := split_part(outcome, ' ', 2);
    remaining := nullif(split_part(outcome, ' ', 3), '')::int;
    outcome := split_part(outcome, ' ', 1);
  end if;
end $$;

create function commit_reservation(p_caller text, p_request text, p_hash text, p_order text,
  out outcome text, out product text, out remaining int, out lines jsonb, out expire_time timestamptz) language plpgsql as $$
declare
  r reservations;
  products text[];
  quantities int[];
  short record;
begin
  select * into r from reservations where order_id = p_order for update;
  expire_time := r.expire_time;
  outcome := claim(p_caller, 'Commit', p_request, p_hash);
  if outcome is null then
    outcome := 'OK';
    if r.order_id is null then
      outcome := refuse(p_caller, 'Commit', p_request, 'RESERVATION_NOT_FOUND');
    elsif r.state = 'HELD' then
      perform move_lines(p_order, 'reserved', 'sold');
      update reservations set state = 'COMMITTED' where order_id = p_order;
    elsif r.state = 'LAPSED' then
      select array_agg(l.product_id), array_agg(l.quantity) into products, quantities from (
        select product_id, sum(quantity)::int as quantity from reservation_lines where order_id = p_order group by product_id
      ) l;
      perform lock_stock(products);
      select * into short from shortage(products, quantities);
      if short.outcome is not null then
        outcome := refuse(p_caller, 'Commit', p_request, 'STOCK_SHORT ' || short.product || ' ' || short.remaining);
      else
        delete from reservation_lines where order_id = p_order;
        perform take(p_order, products, quantities, true);
        update reservations set state = 'COMMITTED' where order_id = p_order;
      end if;
    elsif r.state <> 'COMMITTED' then
      outcome := refuse(p_caller, 'Commit', p_request, 'UNDONE');
    end if;
  end if;
  if outcome = 'OK' then
    lines := lines_of(p_order);
  else
    product := split_part(outcome, ' ', 2);
    remaining := nullif(split_part(outcome, ' ', 3), '')::int;
    outcome := split_part(outcome, ' ', 1);
  end if;
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
    perform move_lines(p_order, 'sold', 'available');
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
    perform move_lines(p_reservation.order_id, 'reserved', 'available');
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
  perform move_lines(r.order_id, 'reserved', 'available');
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
