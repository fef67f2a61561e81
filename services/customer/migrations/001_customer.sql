-- Accounts of customers and a double-entry wallet. Amounts are whole cents of EUR.
--
-- A step of an order is one function, so that it costs one statement and one commit. Every function answers with an
-- outcome: 'OK', or the reason of an error of the contract. What a write answered first is kept in `requests`, whose
-- functions (claim, refuse, tombstone) come from the store library.
--
-- The steps of the way forward take many orders at once, and every order has the outcome that it would have had alone.
-- Rows are locked in one order by all (holds by order, then wallets by customer), so that two batches never wait for each
-- other.

create table customers (
  id text primary key,
  display_name text not null,
  email text not null,
  phone text not null default '',
  create_time timestamptz not null default now()
);

-- The two accounts of a customer. No other account has a balance row.
create table wallets (
  customer_id text primary key references customers (id),
  available bigint not null default 0 check (available >= 0),
  held bigint not null default 0 check (held >= 0)
) with (fillfactor = 50);

-- The ledger. The postings of one operation sum to 0; nothing is ever changed or removed.
create table postings (
  id bigint generated always as identity,
  request_id text not null,
  operation text not null check (operation in ('deposit', 'hold', 'capture', 'void', 'refund')),
  -- available:<customer>, held:<customer>, sales, or bank
  account text not null,
  amount bigint not null,
  order_id text not null default '',
  post_time timestamptz not null default now(),
  primary key (request_id, operation, account)
);
create index postings_by_account on postings (account, id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is only ever added to';
end $$;
create trigger postings_stay before update or delete or truncate on postings
  for each statement execute function refuse_change();

create table holds (
  order_id text primary key,
  customer_id text not null references wallets (customer_id),
  amount bigint not null check (amount > 0),
  state text not null check (state in ('HELD', 'CAPTURED', 'VOIDED', 'REFUNDED'))
) with (fillfactor = 70);

-- Moves an amount from one account to another.
create function post(p_request text, p_operation text, p_from text, p_to text, p_amount bigint, p_order text)
returns void language sql as $$
  insert into postings (request_id, operation, account, amount, order_id)
    values (p_request, p_operation, p_from, -p_amount, p_order), (p_request, p_operation, p_to, p_amount, p_order);
$$;

create function deposit(p_caller text, p_request text, p_hash text, p_customer text, p_amount bigint)
returns text language plpgsql as $$
declare
  seen text := claim(p_caller, 'Deposit', p_request, p_hash);
begin
  if seen is not null then
    return seen;
  end if;
  update wallets set available = available + p_amount where customer_id = p_customer;
  if not found then
    return refuse(p_caller, 'Deposit', p_request, 'WALLET_NOT_FOUND');
  end if;
  -- Deposits of two callers may carry the same request id; the ledger tells them apart.
  perform post(p_caller || ':' || p_request, 'deposit', 'bank', 'available:' || p_customer, p_amount, '');
  return 'OK';
end $$;

-- Holds amounts for orders, each if its wallet has enough for all of these. `p_places` are those of the orders in the
-- arrays. Answers the places of those that are held now. The wallets must be locked by the caller.
create function hold_together(p_places int[], p_requests text[], p_orders text[], p_customers text[], p_amounts bigint[])
returns int[] language sql as $$
  with wanted as (
    select * from unnest(p_requests, p_orders, p_customers, p_amounts) with ordinality
      as w (request_id, order_id, customer_id, amount, place)
    where place = any (p_places)
  ), moved as (
    update wallets w set available = available - due.amount, held = held + due.amount
    from (select customer_id, sum(amount)::bigint as amount from wanted group by customer_id) due
    where w.customer_id = due.customer_id and w.available >= due.amount
    returning w.customer_id
  ), granted as (
    select * from wanted join moved using (customer_id)
  ), kept as (
    insert into holds (order_id, customer_id, amount, state) select order_id, customer_id, amount, 'HELD' from granted
  ), posted as (
    insert into postings (request_id, operation, account, amount, order_id)
      select request_id, 'hold', side || customer_id, sign * amount, order_id
      from granted, (values ('available:', -1), ('held:', 1)) as leg (side, sign)
  )
  select coalesce(array_agg(place::int), '{}') from granted;
$$;

create function hold_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[], p_customers text[],
  p_amounts bigint[]) returns text[] language plpgsql as $$
declare
  outcomes text[] := array_fill(null::text, array[cardinality(p_orders)]);
  claimed int[] := claim_all(p_callers, 'Hold', p_requests, p_hashes);
  granted int[];
  i int;
begin
  perform from wallets where customer_id = any (p_customers) order by customer_id for no key update;
  granted := hold_together(claimed, p_requests, p_orders, p_customers, p_amounts);
  foreach i in array claimed loop
    if i <> all (granted) then
      -- There is not enough for all: who came first is served first.
      granted := granted || hold_together(array[i], p_requests, p_orders, p_customers, p_amounts);
    end if;
    if i = any (granted) then
      outcomes[i] := 'OK';
    else
      perform from wallets where customer_id = p_customers[i];
      outcomes[i] := case when found then 'FUNDS_SHORT' else 'WALLET_NOT_FOUND' end;
    end if;
  end loop;
  return conclude_all(p_callers, 'Hold', p_requests, p_hashes, outcomes);
end $$;

-- Gives back what is held for an order. The hold must be locked by the caller.
create function give_back(p_hold holds, p_request text) returns void language plpgsql as $$
begin
  update holds set state = 'VOIDED' where order_id = p_hold.order_id;
  update wallets set available = available + p_hold.amount, held = held - p_hold.amount
    where customer_id = p_hold.customer_id;
  perform post(p_request, 'void', 'held:' || p_hold.customer_id, 'available:' || p_hold.customer_id,
    p_hold.amount, p_hold.order_id);
end $$;

create function void_hold(p_caller text, p_undone text, p_order text) returns text language plpgsql as $$
declare
  h holds;
begin
  perform tombstone(p_caller, 'Hold', p_undone);
  select * into h from holds where order_id = p_order for update;
  if h.state = 'HELD' then
    perform give_back(h, p_undone);
  elsif h.state = 'CAPTURED' then
    -- Nothing was undone: the mark goes with it.
    update requests set undone = false where caller = p_caller and method = 'Hold' and request_id = p_undone;
    return 'ALREADY_CAPTURED';
  end if;
  return 'OK';
end $$;

create function capture_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[])
returns table (place int, outcome text, customer_id text, amount bigint) language plpgsql as $$
declare
  claimed int[];
  outcomes text[];
begin
  perform from holds h where h.order_id = any (p_orders) order by h.order_id for update;
  perform from wallets w where w.customer_id in (select h.customer_id from holds h where h.order_id = any (p_orders))
    order by w.customer_id for no key update;
  claimed := claim_all(p_callers, 'Capture', p_requests, p_hashes);
  with wanted as (
    select distinct on (w.order_id) w.order_id, w.request_id
    from unnest(p_requests, p_orders) with ordinality as w (request_id, order_id, place)
    where w.place = any (claimed) order by w.order_id, w.place
  ), taken as (
    update holds h set state = 'CAPTURED' from wanted w where h.order_id = w.order_id and h.state = 'HELD'
    returning w.request_id, h.order_id, h.customer_id, h.amount
  ), moved as (
    update wallets w set held = w.held - due.amount
    from (select t.customer_id, sum(t.amount)::bigint as amount from taken t group by t.customer_id) due
    where w.customer_id = due.customer_id
  )
  insert into postings (request_id, operation, account, amount, order_id)
    select t.request_id, 'capture', leg.account, leg.sign * t.amount, t.order_id
    from taken t, lateral (values ('held:' || t.customer_id, -1), ('sales', 1)) as leg (account, sign);
  outcomes := array(
    select case
      when w.place <> all (claimed) then null
      when h.order_id is null then 'HOLD_NOT_FOUND'
      when h.state = 'CAPTURED' then 'OK'
      else 'UNDONE'
    end
    from unnest(p_orders) with ordinality as w (order_id, place) left join holds h on h.order_id = w.order_id
    order by w.place
  );
  outcomes := conclude_all(p_callers, 'Capture', p_requests, p_hashes, outcomes);
  return query
    select w.place::int, w.outcome, h.customer_id, h.amount
    from unnest(p_orders, outcomes) with ordinality as w (order_id, outcome, place)
    left join holds h on h.order_id = w.order_id;
end $$;

create function refund(p_caller text, p_undone text, p_order text) returns text language plpgsql as $$
declare
  h holds;
begin
  -- The hold is locked first, as capture does, so that the two cannot wait for each other.
  select * into h from holds where order_id = p_order for update;
  perform tombstone(p_caller, 'Capture', p_undone);
  if h.state = 'HELD' then
    perform give_back(h, p_undone);
  elsif h.state = 'CAPTURED' then
    update holds set state = 'REFUNDED' where order_id = p_order;
    update wallets set available = available + h.amount where customer_id = h.customer_id;
    perform post(p_undone, 'refund', 'sales', 'available:' || h.customer_id, h.amount, p_order);
  end if;
  return 'OK';
end $$;
