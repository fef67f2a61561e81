-- What is taken off the price of goods that became too warm. Outbox and inbox come from the event library.

-- The excursions that were heard of.
create table excursions (
  id text primary key,
  -- That of the event: what is not above it is old news.
  version bigint not null
);

create table markdowns (
  product_id text not null,
  excursion_id text not null references excursions (id),
  room_id text not null,
  -- What is taken off the price. Where that is nothing there is no row.
  percent int not null check (percent between 1 and 100),
  -- The probability that the goods spoil before their date, from 0 to 1, and the model that says so.
  risk double precision not null,
  model text not null,
  -- Past this it counts no more.
  expire_time timestamptz not null,
  primary key (product_id, excursion_id)
);
create index markdowns_by_excursion on markdowns (excursion_id);
create index markdowns_by_end on markdowns (expire_time);
create trigger markdowns_tell after insert or update or delete on markdowns for each statement execute function tell_change();
