-- Alert rows and their events; both writers, judging and people, use these and no others.

-- name: lock
-- The alerts, locked until the end of the transaction, in id order so that two writers never wait for each other.
select * from alert where id = any(%(ids)s) order by id for update;

-- name: lock_open
-- The open alerts of some rules and targets, locked in id order.
select * from alert
where ended_at is null
  and (rule, target_kind, target_id) in
      (select * from unnest(%(rules)s::text[], %(kinds)s::text[], %(targets)s::int[]))
order by id for update;

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

-- name: insert_many
-- New alerts at once; who is who is told by rule and target.
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
from jsonb_populate_recordset(null::alert, %(rows)s)
returning id, rule, target_kind, target_id;

-- name: update_many
-- Several rows become what the folds of their events say.
update alert a set (
    park_id, rule, rule_version, target_kind, target_id, sensor_id, station_id, enterprise_id, class, scheme,
    level, stage, origin, condition, acked, suppressed, latched, state, drill, raised_at, annunciated_at,
    cleared_at, ended_at, value, limit_value, limit_id, unit, clause, flag, mark, occurrences, members,
    evidence, text_zh, text_en, acked_at, acked_by, confirmed_at, confirmed_by, cause, shelved_until,
    shelved_once, shelved_by, shelve_reason, assigned_to, close_reason, close_note, closed_at, closed_by,
    version
) = (select
    r.park_id, r.rule, r.rule_version, r.target_kind, r.target_id, r.sensor_id, r.station_id,
    r.enterprise_id, r.class, r.scheme, r.level, r.stage, r.origin, r.condition, r.acked, r.suppressed,
    r.latched, r.state, r.drill, r.raised_at, r.annunciated_at, r.cleared_at, r.ended_at, r.value,
    r.limit_value, r.limit_id, r.unit, r.clause, r.flag, r.mark, r.occurrences, r.members, r.evidence,
    r.text_zh, r.text_en, r.acked_at, r.acked_by, r.confirmed_at, r.confirmed_by, r.cause, r.shelved_until,
    r.shelved_once, r.shelved_by, r.shelve_reason, r.assigned_to, r.close_reason, r.close_note, r.closed_at,
    r.closed_by, r.version)
from jsonb_populate_recordset(null::alert, %(rows)s) r
where a.id = r.id;

-- name: progress
-- Where active alerts stand; at most once a second.
insert into alert_progress (alert_id, last_value, last_at, peak_value, peak_at, count, updated_at)
select * from unnest(%(ids)s::bigint[], %(lasts)s::float8[], %(last_ats)s::timestamptz[], %(peaks)s::float8[],
                     %(peak_ats)s::timestamptz[], %(counts)s::bigint[], %(nows)s::timestamptz[])
on conflict (alert_id) do update
set last_value = excluded.last_value, last_at = excluded.last_at, peak_value = excluded.peak_value,
    peak_at = excluded.peak_at, count = excluded.count, updated_at = excluded.updated_at;

-- name: mark_late
-- Stretches in which late readings fell, to be judged again.
insert into rejudge (sensor_id, time_from, time_to, created_at)
select s, f, t, %(now)s from unnest(%(sensors)s::int[], %(froms)s::timestamptz[], %(tos)s::timestamptz[]) as m (s, f, t);

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
