-- Accounts of customers and a double-entry wallet. Amounts are whole cents of EUR.
--
-- A step of an order is one function, so that it costs one statement and one commit. Every function answers with an
-- outcome: 'OK', or the reason of an error of the contract. What a write answered first is kept in `requests`, with the
-- functions claim, refuse and tombstone, which come from the store library.

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
);

-- The ledger. The postings of one operation sum to 0; nothing is ever changed or removed.
create table postings (
  id bigint generated always as identity primary key,
  request_id text not null,
  operation text not null check (operation in ('deposit', 'hold', 'capture', 'void', 'refund')),
  -- available:<customer>, held:<customer>, sales, or bank
  account text not null,
  amount bigint not null,
  order_id text not null default '',
  post_time timestamptz not null default now(),
  unique (request_id, operation, account)
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
);

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

create function hold(p_caller text, p_request text, p_hash text, p_order text, p_customer text, p_amount bigint)
returns text language plpgsql as $$
declare
  seen text := claim(p_caller, 'Hold', p_request, p_hash);
begin
  if seen is not null then
    return seen;
  end if;
  update wallets set available = available - p_amount, held = held + p_amount
    where customer_id = p_customer and available >= p_amount;
  if not found then
    perform 1 from wallets where customer_id = p_customer;
    return refuse(p_caller, 'Hold', p_request, case when found then 'FUNDS_SHORT' else 'WALLET_NOT_FOUND' end);
  end if;
  insert into holds (order_id, customer_id, amount, state) values (p_order, p_customer, p_amount, 'HELD');
  perform post(p_request, 'hold', 'available:' || p_customer, 'held:' || p_customer, p_amount, p_order);
  return 'OK';
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

create function capture(p_caller text, p_request text, p_hash text, p_order text,
  out outcome text, out customer_id text, out amount bigint) language plpgsql as $$
declare
  h holds;
begin
  select * into h from holds where order_id = p_order for update;
  customer_id := h.customer_id;
  amount := h.amount;
  outcome := claim(p_caller, 'Capture', p_request, p_hash);
  if outcome is not null then
    return;
  elsif h.order_id is null then
    outcome := refuse(p_caller, 'Capture', p_request, 'HOLD_NOT_FOUND');
  elsif h.state = 'CAPTURED' then
    outcome := 'OK';
  elsif h.state <> 'HELD' then
    outcome := refuse(p_caller, 'Capture', p_request, 'UNDONE');
  else
    update holds set state = 'CAPTURED' where order_id = p_order;
    update wallets w set held = held - h.amount where w.customer_id = h.customer_id;
    perform post(p_request, 'capture', 'held:' || h.customer_id, 'sales', h.amount, p_order);
    outcome := 'OK';
  end if;
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
