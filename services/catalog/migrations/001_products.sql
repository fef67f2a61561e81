-- Products, their prices over time, and the requests that changed one.

-- Letters that people leave the accents off when they search.
create function plain(value text) returns text
  language sql immutable strict parallel safe
  return translate(lower(value), 'àâäçéèêëíîïñóôöúûüß', 'aaaceeeeiiinooouuus');

create table products (
  id              text collate "C" primary key,
  display_name    text        not null,
  brand           text        not null,
  category        text        not null,
  unit            text        not null check (unit in ('g', 'ml', 'piece')),
  pack_size       integer     not null check (pack_size > 0),
  allergens       text[]      not null,
  -- The number of larder.catalog.v1.StorageClass.
  storage_class   smallint    not null check (storage_class between 1 and 3),
  shelf_life_days integer     not null check (shelf_life_days > 0),
  -- In hundredths of a euro.
  price_cents     bigint      not null check (price_cents > 0),
  description     text        not null,
  update_time     timestamptz not null default now(),
  -- Both dictionaries: the English one knows that "berries" are a "berry", the simple one finds the beginning of any word.
  search          tsvector    not null generated always as (
    setweight(to_tsvector('english', plain(display_name)) || to_tsvector('simple', plain(display_name)), 'A')
    || setweight(to_tsvector('english', plain(brand || ' ' || category)) || to_tsvector('simple', plain(brand || ' ' || category)), 'B')
    || setweight(to_tsvector('english', plain(description)), 'D')
  ) stored
);

create index products_by_category on products (category, id);
create index products_by_words on products using gin (search);

create table price_changes (
  id          bigint generated always as identity primary key,
  product_id  text collate "C" not null references products on delete cascade,
  -- Absent for the first price.
  old_cents   bigint,
  new_cents   bigint      not null,
  effect_time timestamptz not null default now()
);

create index price_changes_by_product on price_changes (product_id, id desc);

-- What a request id was used for, for as long as a repeat must find its first result.
create table requests (
  caller      text        not null,
  request_id  text        not null,
  body_hash   bytea       not null,
  -- The product as the request left it: a larder.catalog.v1.Product.
  result      bytea,
  create_time timestamptz not null default now(),
  primary key (caller, request_id)
);

create index requests_by_age on requests (create_time);

-- Every instance keeps products in memory and drops those that it hears of here.
create function notify_product_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('product_changed', coalesce(new.id, old.id));
  return null;
end $$;

create trigger product_changed after insert or update or delete on products
  for each row execute function notify_product_changed();
