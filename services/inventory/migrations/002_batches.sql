-- The same steps for many orders at once: one statement and one commit for all of them. Every item has the outcome that
-- it would have had alone. Rows are locked in one order by all (reservations by order, then stock by product), so that
-- two batches never wait for each other.

-- `p_products` and `p_quantities` hold the lines of all orders; `p_line_counts` says how many belong to each.
create function reserve_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[], p_line_counts int[],
  p_products text[], p_quantities int[])
returns table (number int, outcome text, product text, remaining int, lines jsonb, expire_time timestamptz)
language plpgsql as $$
declare
  first int := 1;
  last int;
begin
  perform lock_stock(p_products);
  for number in 1 .. cardinality(p_orders) loop
    last := first + p_line_counts[number] - 1;
    select r.outcome, r.product, r.remaining, r.lines, r.expire_time
      into outcome, product, remaining, lines, expire_time
      from reserve(p_callers[number], p_requests[number], p_hashes[number], p_orders[number],
        p_products[first:last], p_quantities[first:last]) r;
    first := last + 1;
    return next;
  end loop;
end $$;

create function commit_all(p_callers text[], p_requests text[], p_hashes text[], p_orders text[])
returns table (number int, outcome text, product text, remaining int, lines jsonb, expire_time timestamptz)
language plpgsql as $$
begin
  perform from reservations r where r.order_id = any (p_orders) order by r.order_id for update;
  perform lock_stock(array(select l.product_id from reservation_lines l where l.order_id = any (p_orders)));
  for number in 1 .. cardinality(p_orders) loop
    select c.outcome, c.product, c.remaining, c.lines, c.expire_time
      into outcome, product, remaining, lines, expire_time
      from commit_reservation(p_callers[number], p_requests[number], p_hashes[number], p_orders[number]) c;
    return next;
  end loop;
end $$;
