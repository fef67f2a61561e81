-- Of which partition of readings a device is whose excursion is told as open; null where none is. It changes with such an excursion alone,
-- so that the index costs nothing where devices measure.
alter table devices add column open_in integer;

create index devices_open on devices (open_in) where open_in is not null;

-- Those that are open today: their sensors were heard when they measured last, as far as anybody knows.
update devices d
set open_in = (select source from panes where subject = d.device order by start_us desc limit 1),
  watch = jsonb_set(watch, '{excursion,heard_us}', watch #> '{last,time_us}')
where (watch #>> '{excursion,version}')::bigint > 0;
