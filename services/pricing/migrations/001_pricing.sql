-- Pricing rules, each a document whose form its kind decides (rules.ts), and the segments of customers.

create table rules (
  id text primary key,
  kind text not null check (kind in ('bulk', 'coupon', 'segment', 'schedule')),
  document jsonb not null,
  update_time timestamptz not null default now()
);

create table segments (
  customer_id text not null,
  segment text not null,
  primary key (customer_id, segment)
);

-- Services keep both in memory and read them again when they hear of a change.
create function tell_change() returns trigger language plpgsql as $$
begin
  notify pricing_rules;
  return null;
end $$;
create trigger rules_tell after insert or update or delete on rules for each statement execute function tell_change();
create trigger segments_tell after insert or update or delete on segments for each statement execute function tell_change();
