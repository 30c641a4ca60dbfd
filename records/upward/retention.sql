-- How long what went upward is remembered.

-- name: do_not_wait
-- Nobody waits for us: what is busy is done an hour later.
set local lock_timeout = '3s';

-- name: oldest_open
-- How far back from an instant something is open.
select coalesce(min(start), %(until)s) from upward_item where state in ('due', 'sent') and start < %(until)s::timestamptz;

-- name: drop_chunks
-- Whole chunks.
select count(*) from drop_chunks('upward_item', older_than => %(until)s::timestamptz);

-- name: drop_settled
-- What arrived or never was, beside items that are still open.
delete from upward_item where start < %(until)s and state in ('confirmed', 'no_data');
