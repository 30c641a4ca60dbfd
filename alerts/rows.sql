-- Alert rows and their events; both writers, judging and people, use these and no others.

-- name: lock
-- The alerts, locked until the end of the transaction, in id order so that two writers never wait for each other.
select * from alert where id = any(%(ids)s) order by id for update;

-- name: insert
-- A new alert; its regions come from the fold of its first events.
insert into alert (
    park_id, rule, rule_version, target_kind, target_id, sensor_id, station_id, enterprise_id, class, scheme,
    level, stage, origin, condition, acked, suppressed, latched, state, drill, raised_at, annunciated_at,
    cleared_at, ended_at, value, limit_value, limit_id, unit, clause, flag, mark, occurrences, members,
    evidence, text_zh, text_en, acked_at, acked_by, confirmed_at, confirmed_by, cause, shelved_until,
    shelved_once, shelved_by, shelve_reason, assigned_to, close_reason, close_note, closed_at, closed_by,
    version
)
select
    park_id, rule, rule_version, target_kind, target_id, sensor_id, station_id, enterprise_id, class, scheme,
    level, stage, origin, condition, acked, suppressed, latched, state, drill, raised_at, annunciated_at,
    cleared_at, ended_at, value, limit_value, limit_id, unit, clause, flag, mark, occurrences, members,
    evidence, text_zh, text_en, acked_at, acked_by, confirmed_at, confirmed_by, cause, shelved_until,
    shelved_once, shelved_by, shelve_reason, assigned_to, close_reason, close_note, closed_at, closed_by,
    version
from jsonb_populate_record(null::alert, %(row)s)
returning id;

-- name: update
-- The row becomes what the fold of its events says.
update alert set (
    park_id, rule, rule_version, target_kind, target_id, sensor_id, station_id, enterprise_id, class, scheme,
    level, stage, origin, condition, acked, suppressed, latched, state, drill, raised_at, annunciated_at,
    cleared_at, ended_at, value, limit_value, limit_id, unit, clause, flag, mark, occurrences, members,
    evidence, text_zh, text_en, acked_at, acked_by, confirmed_at, confirmed_by, cause, shelved_until,
    shelved_once, shelved_by, shelve_reason, assigned_to, close_reason, close_note, closed_at, closed_by,
    version
) = (select
    park_id, rule, rule_version, target_kind, target_id, sensor_id, station_id, enterprise_id, class, scheme,
    level, stage, origin, condition, acked, suppressed, latched, state, drill, raised_at, annunciated_at,
    cleared_at, ended_at, value, limit_value, limit_id, unit, clause, flag, mark, occurrences, members,
    evidence, text_zh, text_en, acked_at, acked_by, confirmed_at, confirmed_by, cause, shelved_until,
    shelved_once, shelved_by, shelve_reason, assigned_to, close_reason, close_note, closed_at, closed_by,
    version
from jsonb_populate_record(null::alert, %(row)s))
where id = %(id)s;

-- name: lock_events
-- One writer appends at a time, so that the order of ids is the order of commits and a replay by id misses nothing.
select pg_advisory_xact_lock(hashtextextended('alert_event', 0));

-- name: append
-- Events, last in the transaction.
insert into alert_event (alert_id, at, type, actor, data)
select * from unnest(%(alert_ids)s::bigint[], %(ats)s::timestamptz[], %(types)s::text[], %(actors)s::text[], %(datas)s::jsonb[])
returning id;

-- name: announce
-- Wakes the consumers of alert_event; they poll as well.
select pg_notify('alert_event', %(id)s::text);

-- name: audit
-- Who did what to which object.
insert into audit (at, actor, action, object, detail) values (%(at)s, %(actor)s, %(action)s, %(object)s, %(detail)s);

-- name: shelf_over
-- Shelved alerts whose time is over.
select id from alert where suppressed = 'shelved' and shelved_until <= %(now)s order by id;

-- name: shelves
-- Shelves that outlive the row they were set on, newest first.
select rule, target_kind, target_id, shelved_until, shelved_once, shelved_by, shelve_reason
from alert
where suppressed = 'shelved' and ended_at is not null and shelved_until > %(now)s
  and (rule, target_kind, target_id) in
      (select * from unnest(%(rules)s::text[], %(kinds)s::text[], %(targets)s::int[]))
order by id;
