-- How long what went upward is remembered.

-- name: do_not_wait
-- Nobody waits for us: what is busy is done an hour later.
set local lock_timeout = '3s';

-- name: oldest_open
-- How far back from an instant something is open and not given up.
select coalesce(min(start), %(until)s) from upward_item 
where state in ('due', 'sent') and next_at is distinct from 'infinity' and start < %(until)s::timestamptz;

-- name: drop_chunks
-- Whole chunks.
select count(*) from drop_chunks('upward_item', older_than => %(until)s::timestamptz);

-- name: drop_settled
-- What arrived, never was or was given up, beside items that are still open.
delete from upward_item where start < %(until)s and (state in ('confirmed', 'no_data') or next_at = 'infinity');
