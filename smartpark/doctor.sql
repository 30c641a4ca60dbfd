-- name: server
-- Version of PostgreSQL, and what the write path relies on.
select current_setting('server_version')                          as postgresql,
       current_setting('fsync') = 'on'                            as fsync,
       current_setting('synchronous_commit')                      as synchronous_commit,
       current_setting('max_locks_per_transaction')::int          as max_locks,
       (select extversion from pg_extension where extname = 'timescaledb') as timescaledb,
       current_setting('timescaledb.license', true)               as license,
       pg_database_size(current_database())                       as size_bytes;

-- name: last_reading
-- Seconds since the newest receipt of any reading, per feed [s]; null: none yet.
select name, state, extract(epoch from now() - last_commit_at)::float8 as age_s,
       extract(epoch from now() - heartbeat_at)::float8 as heartbeat_age_s
from feed order by name;

-- name: ledger_day
-- The ledger of the last 24 hours, the running minute left out.
select coalesce(sum(received), 0)::bigint, coalesce(sum(stored), 0)::bigint, coalesce(sum(duplicate), 0)::bigint,
       coalesce(sum(quarantined), 0)::bigint, coalesce(sum(gap), 0)::bigint
from ledger
where minute >= now() - interval '24 hours' and minute < date_trunc('minute', now());

-- name: open_quarantine
-- Quarantined items nobody has released.
select coalesce(sum(items), 0)::bigint from quarantine where released_at is null;
