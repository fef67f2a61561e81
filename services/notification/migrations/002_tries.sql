-- How often it was tried to send a message: the time until the next try grows with it.
alter table messages add column tries integer not null default 0;
