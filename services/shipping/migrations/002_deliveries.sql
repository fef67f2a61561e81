-- What becomes of a shipment after it is confirmed. The back office and the carrier move it one at a time, with an event for
-- each step; the outbox comes from the event library.

alter table shipments
  drop constraint shipments_state_check,
  add constraint shipments_state_check
    check (state in ('BOOKED', 'CONFIRMED', 'PICKING', 'DISPATCHED', 'DELIVERED', 'FAILED', 'CANCELLED')),
  -- Why it could not be handed over.
  add column failure text,
  add constraint shipments_failure_check check ((failure is not null) = (state = 'FAILED')),
  add column version integer not null default 1,
  add column update_time timestamptz not null default now();

-- Whoever changes the state, the version rises.
create function shipment_changed() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.update_time := now();
  return new;
end $$;
create trigger shipment_changed before update of state on shipments for each row execute function shipment_changed();

drop function start_picking;

create or replace function cancel(p_caller text, p_undone text, p_order text) returns text language plpgsql as $$
declare
  s shipments;
begin
  perform tombstone(p_caller, 'Book', p_undone);
  select * into s from shipments where order_id = p_order for update;
  if s.state in ('PICKING', 'DISPATCHED', 'DELIVERED') then
    -- Nothing was undone: the mark goes with it.
    update requests set undone = false where caller = p_caller and method = 'Book' and request_id = p_undone;
    return 'ALREADY_PICKED';
  elsif s.state in ('BOOKED', 'CONFIRMED') then
    update slots set booked = booked - 1 where id = s.slot_id;
    update shipments set state = 'CANCELLED' where order_id = p_order;
  end if;
  return 'OK';
end $$;
