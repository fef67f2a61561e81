-- The same steps for many orders at once: one statement and one commit for all of them. Every item has the outcome that
-- it would have had alone. Rows are locked in one order by all (slots, or shipments, by id), so that two batches never
-- wait for each other.

create function book_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[], p_slots text[],
  p_customers text[]) returns text[] language plpgsql as $$
declare
  i int;
  outcomes text[];
begin
  for i in select w.number from unnest(p_slots) with ordinality as w (slot, number) order by w.slot, w.number loop
    outcomes[i] := book(p_callers[i], p_requests[i], p_hashes[i], p_orders[i], p_slots[i], p_customers[i]);
  end loop;
  return outcomes;
end $$;

create function confirm_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[])
returns table (number int, outcome text, slot text) language plpgsql as $$
begin
  perform from shipments s where s.order_id = any (p_orders) order by s.order_id for update;
  for number in 1 .. cardinality(p_orders) loop
    select c.outcome, c.slot into outcome, slot
      from confirm(p_callers[number], p_requests[number], p_hashes[number], p_orders[number]) c;
    return next;
  end loop;
end $$;
