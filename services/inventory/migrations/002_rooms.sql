-- Where goods lie, how long they keep, and what measures the temperature there.
--
-- A step of an order touches none of this: which packs lie in a room, and until when they are good, is worked out from the
-- stock when somebody asks.

create table rooms (
  id text primary key,
  warehouse_id text not null references warehouses (id),
  storage_class text not null check (storage_class in ('AMBIENT', 'CHILLED', 'FROZEN')),
  -- What a warehouse has of a product lies in its only room of that class.
  unique (warehouse_id, storage_class)
);

-- How products must be kept. One that is not here lies in no room that anybody knows of.
create table goods (
  product_id text primary key,
  storage_class text not null check (storage_class in ('AMBIENT', 'CHILLED', 'FROZEN')),
  -- From the day they arrive.
  shelf_life_days int not null check (shelf_life_days > 0)
);

-- Packs that arrived together, and until when they are good.
create table arrivals (
  id bigint generated always as identity primary key,
  product_id text not null,
  warehouse_id text not null references warehouses (id),
  quantity int not null check (quantity > 0),
  best_before timestamptz not null
);
create index arrivals_by_date on arrivals (product_id, warehouse_id, best_before);

create table sensors (
  -- The id of the device.
  device text primary key,
  room_id text not null references rooms (id),
  attach_time timestamptz not null
);
create index sensors_by_room on sensors (room_id);

-- Until when those packs are good that must be sold first, of `p_left` that are left: those that keep the shortest are sold
-- first, so the ones that are left are those with the latest dates. Null where nobody knows.
create function first_date(p_product text, p_warehouse text, p_left int) returns timestamptz language sql stable as $$
  select best_before from (
    select id, best_before, sum(quantity) over (order by best_before desc, id desc) - quantity as later
    from arrivals where product_id = p_product and warehouse_id = p_warehouse
  ) packs where later < p_left order by best_before, id limit 1;
$$;

create or replace function receive(p_caller text, p_request text, p_hash text, p_product text, p_warehouse text, p_quantity int)
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
  insert into arrivals (product_id, warehouse_id, quantity, best_before)
    select p_product, p_warehouse, p_quantity, now() + make_interval(days => shelf_life_days)
    from goods where product_id = p_product;
  return 'OK';
end $$;
