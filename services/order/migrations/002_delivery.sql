-- How the shipment of an order stands, as shipping told it last. Not the saga's: whoever works on the order leaves it alone.
alter table orders
  add column delivery_state text check (delivery_state in ('PICKING', 'DISPATCHED', 'DELIVERED', 'FAILED')),
  -- Why it could not be handed over.
  add column delivery_failure text,
  add column delivery_time timestamptz,
  -- The version of the shipment: what is not above it is old news.
  add column delivery_version bigint not null default 0;
