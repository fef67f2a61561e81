-- The same steps for many orders at once: one statement and one commit for all of them. Every item has the outcome that
-- it would have had alone. Rows are locked in one order by all (holds by order, then wallets by customer), so that two
-- batches never wait for each other.

create function hold_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[], p_customers text[],
  p_amounts bigint[]) returns text[] language plpgsql as $$
declare
  i int;
  outcomes text[];
begin
  for i in select w.number from unnest(p_customers) with ordinality as w (customer, number) order by w.customer, w.number loop
    outcomes[i] := hold(p_callers[i], p_requests[i], p_hashes[i], p_orders[i], p_customers[i], p_amounts[i]);
  end loop;
  return outcomes;
end $$;

create function capture_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[])
returns table (number int, outcome text, customer_id text, amount bigint) language plpgsql as $$
begin
  perform from holds h where h.order_id = any (p_orders) order by h.order_id for update;
  perform from wallets w where w.customer_id in (select h.customer_id from holds h where h.order_id = any (p_orders))
    order by w.customer_id for no key update;
  for number in 1 .. cardinality(p_orders) loop
    select c.outcome, c.customer_id, c.amount into outcome, customer_id, amount
      from capture(p_callers[number], p_requests[number], p_hashes[number], p_orders[number]) c;
    return next;
  end loop;
end $$;
