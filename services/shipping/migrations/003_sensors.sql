-- What measures the temperature of the goods of a shipment, and what became of them where it was too high.

alter table shipments
  -- The id of the device, from the beginning of picking until the delivery is over.
  add column sensor text,
  -- When it was attached or taken off.
  add column sensor_time timestamptz,
  -- The worst excursion: its id, the spoilage risk, the model that says so, the peak in degrees Celsius and when that became known.
  -- Written and read as a whole.
  add column flag jsonb;
create unique index shipments_by_sensor on shipments (sensor) where sensor is not null;

-- The excursions of shipments that were heard of.
create table excursions (
  id text primary key,
  order_id text not null references shipments (order_id),
  -- That of the event: what is not above it is old news.
  version bigint not null,
  -- Whether its customer was told that it puts the goods at risk.
  told boolean not null
);

-- A flag is a change of the shipment too, but no step of its delivery.
create or replace function shipment_changed() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  if new.state <> old.state then
    new.update_time := now();
  end if;
  return new;
end $$;
drop trigger shipment_changed on shipments;
create trigger shipment_changed before update of state, flag on shipments for each row execute function shipment_changed();
