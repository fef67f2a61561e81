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
);
create index requests_by_age on requests (create_time);

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
  if first.undone then
    return 'UNDONE';
  elsif first.body_hash <> p_hash then
    return 'REQUEST_ID_REUSED';
  end if;
  return first.outcome;
end $$;

-- Keeps the refusal of a claimed request, so that a repeat is refused alike.
create function refuse(p_caller text, p_method text, p_request text, p_outcome text) returns text language sql as $$
  update requests set outcome = p_outcome
    where caller = p_caller and method = p_method and request_id = p_request
    returning p_outcome;
$$;

-- Marks a request as undone, whether or not it has come yet.
create function tombstone(p_caller text, p_method text, p_request text) returns void language sql as $$
  insert into requests (caller, method, request_id, outcome, undone)
    values (p_caller, p_method, p_request, 'UNDONE', true)
    on conflict (caller, method, request_id) do update set undone = true;
$$;
