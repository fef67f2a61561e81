-- Makes writes safe to repeat. Part of the database of every service whose writes carry a request id.

-- One row for each write, kept seven days: what it answered first, or that it was undone before it came.
create table requests (
  caller text not null,
  method text not null,
  request_id text not null,
  body_hash text,
  outcome text not null,
  undone boolean not null default false,
  create_time timestamptz not null default now(),
  primary key (caller, method, request_id)
) with (fillfactor = 90);
-- Rows come in the order of their time: a summary of each range of pages will do, and costs a write nothing.
create index requests_by_age on requests using brin (create_time);

-- What a repeat gets.
create function answer_again(p_first requests, p_hash text) returns text language sql immutable as $$
  select case
    when p_first.undone then 'UNDONE'
    when p_first.body_hash <> p_hash then 'REQUEST_ID_REUSED'
    else p_first.outcome
  end;
$$;

-- Claims a request id. Answers NULL when it is new, or else what a repeat gets. A concurrent repeat waits for the first.
create function claim(p_caller text, p_method text, p_request text, p_hash text) returns text language plpgsql as $$
declare
  first requests;
begin
  insert into requests (caller, method, request_id, body_hash, outcome)
    values (p_caller, p_method, p_request, p_hash, 'OK') on conflict do nothing;
  if found then
    return null;
  end if;
  select * into first from requests r
    where r.caller = p_caller and r.method = p_method and r.request_id = p_request;
  return answer_again(first, p_hash);
end $$;

-- Keeps the refusal of a claimed request, so that a repeat is refused alike.
create function refuse(p_caller text, p_method text, p_request text, p_outcome text) returns text language sql as $$
  update requests set outcome = p_outcome
    where caller = p_caller and method = p_method and request_id = p_request
    returning p_outcome;
$$;

-- Claims many request ids, in one order, so that two batches never wait for each other. Answers the places of those that
-- are new, in order; of two that are the same, that of the first.
create function claim_all(p_callers text[], p_method text, p_requests text[], p_hashes text[]) returns int[] language sql as $$
  with first as (
    select distinct on (caller, request_id) caller, request_id, body_hash, place::int
    from unnest(p_callers, p_requests, p_hashes) with ordinality as asked (caller, request_id, body_hash, place)
    order by caller, request_id, place
  ), claimed as (
    insert into requests (caller, method, request_id, body_hash, outcome)
      select caller, p_method, request_id, body_hash, 'OK' from first order by caller, request_id
      on conflict do nothing returning caller, request_id
  )
  select coalesce(array_agg(place order by place), '{}') from first join claimed using (caller, request_id);
$$;

-- Completes the outcomes of many requests, NULL where none was claimed: keeps the refusals, and gives repeats what the
-- first of their kind got.
create function conclude_all(p_callers text[], p_method text, p_requests text[], p_hashes text[], p_outcomes text[])
returns text[] language plpgsql as $$
begin
  if 'OK' <> any (p_outcomes) then
    perform refuse(caller, p_method, request_id, outcome)
      from unnest(p_callers, p_requests, p_outcomes) as claimed (caller, request_id, outcome) where outcome <> 'OK';
  end if;
  if array_position(p_outcomes, null) is null then
    return p_outcomes;
  end if;
  return array(
    select coalesce(asked.outcome, (
      select answer_again(r, asked.body_hash) from requests r
      where r.caller = asked.caller and r.method = p_method and r.request_id = asked.request_id
    ))
    from unnest(p_callers, p_requests, p_hashes, p_outcomes) with ordinality
      as asked (caller, request_id, body_hash, outcome, place)
    order by asked.place
  );
end $$;

-- Marks a request as undone, whether or not it has come yet.
create function tombstone(p_caller text, p_method text, p_request text) returns void language sql as $$
  insert into requests (caller, method, request_id, outcome, undone)
    values (p_caller, p_method, p_request, 'UNDONE', true)
    on conflict (caller, method, request_id) do update set undone = true;
$$;
