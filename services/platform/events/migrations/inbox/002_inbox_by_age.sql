-- Rows come in the order of their time and are only looked for by it to be forgotten: ranges of pages tell enough, and cost a writer
-- nothing, where a tree costs it an entry for each row.
drop index inbox_handled_at;
create index inbox_handled_at on inbox using brin (handled_at);
