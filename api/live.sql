-- What the live stream reads. Event numbers are given in commit order, so `id >` never skips one.

-- name: events_after
-- Alert events after one, with the alert as it stands; owner: whose it is.
select a.*, ev.id as event_id, ev.at as event_at, ev.type as event_type, ev.actor as event_actor, ev.data as event_data
from alert_event ev join alert_shown a on a.id = ev.alert_id
where ev.id > %(after)s
order by ev.id limit %(limit)s;

-- name: newest_event
-- The number of the newest event.
select coalesce(max(id), 0) as id from alert_event;

-- name: values
-- The newest value of every sensor.
select l.sensor_id, l.time, l.value, l.flag::text as flag, l.mark::text as mark, st.enterprise_id as owner
from latest l join sensor s on s.id = l.sensor_id join station st on st.id = s.station_id;

-- name: feeds
-- How each feed does.
select name, state, heartbeat_at, last_message_at, last_commit_at, backlog, messages, readings, detail from feed order by name;

-- name: ledger
-- The ledger of the receipts since an instant.
select coalesce(sum(received), 0)::bigint as received, coalesce(sum(stored), 0)::bigint as stored,
       coalesce(sum(duplicate), 0)::bigint as duplicate, coalesce(sum(quarantined), 0)::bigint as quarantined,
       coalesce(sum(gap), 0)::bigint as gap
from ledger where minute >= %(since)s;

-- name: quarantine_open
-- Messages that wait in quarantine.
select count(*) as n from quarantine where released_at is null;

-- name: listen
-- Be woken by every transaction that appends alert events.
listen alert_event;

-- name: use_zone
-- Write the times of this connection in a zone.
select set_config('TimeZone', %(zone)s, false);

-- name: migrations
-- The migrations this database has had.
select name from migration;
