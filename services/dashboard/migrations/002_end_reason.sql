-- The number of larder.coldchain.v1.ExcursionEndReason: 0 while an excursion goes on, and where nobody wrote it down.
alter table excursions add column end_reason smallint not null default 0;
