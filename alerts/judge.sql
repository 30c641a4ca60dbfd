-- What the owner of a feed reads before it judges: points, rules, limits, windows, drills, and where it stood.

-- name: points
-- Every sensor of a feed that is in use, with station, enterprise and park.
select s.id as sensor_id, s.quantity, s.form, q.name_zh as quantity_zh, q.name_en as quantity_en, q.unit, q.decimals,
       s.period_s, s.span_low, s.span_high, s.due_since, s.due_until,
       st.id as station_id, st.code as station, st.kind as station_kind, st.stream_class, st.outlet_kind,
       st.name_zh as station_zh, st.name_en as station_en, st.attributes ->> 'region' as region,
       e.id as enterprise_id, e.code as enterprise, e.name_zh as enterprise_zh, e.name_en as enterprise_en,
       p.id as park_id, p.timezone
from sensor s
join quantity q on q.code = s.quantity
join station st on st.id = s.station_id
join park p on p.id = st.park_id
left join enterprise e on e.id = st.enterprise_id
where st.feed = %(feed)s and st.active and s.active and s.admitted
order by s.id;

-- name: rules
-- The rules in force.
select code, version, kind, class, name_zh, name_en, applies, parameters, enabled, source
from rule
where retired_at is null and enabled
order by code;

-- name: limits
-- Every limit that may be enforced.
select id, code, quantity, form, station_id, enterprise_id, outlet_kind, station_kind, basis, stage, value, unit,
       region, kind, standard, clause, valid_from, valid_to, verified
from limit_value
where verified
order by id;

-- name: windows
-- Filed windows that late data can still fall into.
select station_id, sensor_id, kind, starts_at, ends_at
from maintenance_window
where cancelled_at is null and ends_at > %(since)s
order by starts_at, id;

-- name: drills
-- Declared exercises that late data can still fall into.
select park_id, station_id, starts_at, least(ends_at, ended_early_at) as ends_at
from drill
where least(ends_at, ended_early_at) > %(since)s
order by starts_at, id;

-- name: newest
-- The newest reading of each sensor of a feed.
select l.sensor_id, l.time, l.received_at, l.value, l.flag, l.mark
from latest l
join sensor s on s.id = l.sensor_id
join station st on st.id = s.station_id
where st.feed = %(feed)s;

-- name: open_alerts
-- Open alerts at sensors of a feed, and where their progress stands; those of official periods are the records' own.
select a.*, p.last_value, p.last_at, p.peak_value, p.peak_at, p.count
from alert a
left join alert_progress p on p.alert_id = a.id
left join rule r on r.code = a.rule and r.version = a.rule_version
join sensor s on s.id = a.target_id
join station st on st.id = s.station_id
where a.ended_at is null and a.target_kind = 'sensor' and st.feed = %(feed)s
  and (r.kind is distinct from 'limit' or coalesce(r.parameters ->> 'basis', 'instant') = 'instant')
order by a.id;

-- name: readings_since
-- Stored readings of some sensors, each from its own instant on.
select r.sensor_id, r.time, r.lag_s, r.value, r.flag, r.mark
from unnest(%(sensor_ids)s::int[], %(since)s::timestamptz[], %(until)s::timestamptz[]) as w (sensor_id, since, until)
join reading r on r.sensor_id = w.sensor_id and r.time >= w.since and r.time <= w.until
order by r.sensor_id, r.time;

-- name: open_items
-- Open alerts that are not normal, of rules that do not live on readings alone, and of rules that are gone.
select a.* from alert a
where a.ended_at is null and a.condition <> 'normal'
  and (a.rule = any(%(rules)s) or (a.target_kind <> 'sensor' and not exists (
      select from rule r where r.code = a.rule and r.retired_at is null and r.enabled)))
order by a.id;

-- name: offline
-- Stations of a feed that said they are off line.
select so.station_id, so.since
from station_status so
join station st on st.id = so.station_id
where st.feed = %(feed)s and not so.online;

-- name: backfilled
-- Stored readings of silent points that came later than live, each since it fell silent.
select r.sensor_id, count(*)::int as late
from unnest(%(sensor_ids)s::int[], %(since)s::timestamptz[], %(live_s)s::int[]) as w (sensor_id, since, live_s)
join reading r on r.sensor_id = w.sensor_id and r.time >= w.since and r.lag_s > w.live_s
group by r.sensor_id;

-- name: safety_points
-- Sensors of safety streams of other feeds: a value of theirs may be refused here.
select s.id as sensor_id, s.quantity, s.form, q.name_zh as quantity_zh, q.name_en as quantity_en, q.unit, q.decimals,
       s.period_s, s.span_low, s.span_high, s.due_since, s.due_until,
       st.id as station_id, st.code as station, st.kind as station_kind, st.stream_class, st.outlet_kind,
       st.name_zh as station_zh, st.name_en as station_en, st.attributes ->> 'region' as region,
       e.id as enterprise_id, e.code as enterprise, e.name_zh as enterprise_zh, e.name_en as enterprise_en,
       p.id as park_id, p.timezone
from sensor s
join quantity q on q.code = s.quantity
join station st on st.id = s.station_id
join park p on p.id = st.park_id
left join enterprise e on e.id = st.enterprise_id
where st.feed <> %(feed)s and st.stream_class = 'safety' and st.active and s.active
order by s.id;

-- name: late_marks
-- Late readings of a feed that are to be judged again: all of the sensors that have waited longest.
select r.id, r.sensor_id, r.time_from, r.time_to
from rejudge r
where r.done_at is null and r.sensor_id in (
    select o.sensor_id from (
        select w.sensor_id from rejudge w
        join sensor s on s.id = w.sensor_id
        join station st on st.id = s.station_id
        where w.done_at is null and st.feed = %(feed)s
        order by w.id limit %(most)s) o)
order by r.id;

-- name: judged_again
-- These stretches have been judged again.
update rejudge set done_at = %(now)s where id = any(%(ids)s);

-- name: last_judged
-- The newest reading of some sensors within a day that a rule could use, where the newest of all says nothing.
select w.sensor_id, r.time
from unnest(%(sensor_ids)s::int[], %(until)s::timestamptz[]) as w (sensor_id, until)
cross join lateral (
    select time from reading
    where sensor_id = w.sensor_id and time <= w.until and time > w.until - interval '1 day' and flag in ('N', 'T')
    order by time desc limit 1
) r;
