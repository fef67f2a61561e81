-- An event that the log does not take would hold up all that come after it: it is refused with the transaction that writes it.
alter table outbox add constraint outbox_event_size check (octet_length(event) <= 1048576);
