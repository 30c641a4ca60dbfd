-- What /metrics reads.

-- name: ledger
-- The ledger since midnight in UTC, by source: a counter may begin anew, and the whole ledger grows by half a million
-- rows a day.
select source, sum(received) as received, sum(stored) as stored, sum(duplicate) as duplicate,
       sum(quarantined) as quarantined, sum(gap) as gap
from ledger where minute >= date_trunc('day', now(), 'UTC') group by source order by source;

-- name: feeds
-- How each feed does; ages in seconds.
select name, (state = 'connected' and heartbeat_at > now() - interval '15 s')::int as connected,
       extract(epoch from now() - heartbeat_at) as heartbeat_age_seconds,
       extract(epoch from now() - last_message_at) as last_message_age_seconds,
       extract(epoch from now() - last_commit_at) as last_commit_age_seconds, backlog as backlog_messages
from feed order by name;

-- name: alerts
-- Open alerts by class, level and acknowledgement.
select class, level, acked, count(*) as n from alert where ended_at is null and not drill group by class, level, acked;

-- name: rest
-- Single figures.
select (select count(*) from quarantine where released_at is null) as quarantine_open_messages,
       (select extract(epoch from now() - max(received_at)) from latest) as readings_stored_age_seconds,
       (select coalesce(max(id), 0) from alert_event) as alert_events_newest_id,
       (select count(*) from access_list where due_since <= now()) as sensors_due_count,
       (select count(*) from access_list a join latest l using (sensor_id)
        where a.due_since <= now() and l.time > now() - a.period_s * interval '3 s') as sensors_delivering_count;
