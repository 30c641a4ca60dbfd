-- What every module asks: which park, its points with their newest values, its open alerts.

-- name: park
-- A park by code, the first one by default.
select id, code, timezone from park where %(park)s::text is null or code = %(park)s order by id limit 1;

-- name: parks
-- The codes of all parks.
select code from park order by id;

-- name: points
-- Points of the access list of some station kinds, newest value beside each. A point is online while its last receipt
-- is no older than the silence rule allows; 5 s past its period at least, so that a busy second is no outage.
select s.id as sensor_id, s.quantity, s.form, s.tag, s.period_s, q.name_zh as quantity_zh, q.name_en as quantity_en,
       q.unit, q.decimals, st.id as station_id, st.code as station, st.kind, st.outlet_kind, st.name_zh as station_zh,
       st.name_en as station_en, st.hazard_source_id, st.attributes, e.code as enterprise, e.name_zh as enterprise_zh,
       e.name_en as enterprise_en, l.time, l.received_at, l.value, l.flag::text as flag, l.mark::text as mark,
       l.received_at is not null and coalesce(so.online, true)
           and %(now)s::timestamptz - l.received_at
               <= greatest(silence.after_periods * s.period_s, silence.at_least_s, s.period_s + 5) * interval '1 second' as online
from sensor s
join station st on st.id = s.station_id
join quantity q on q.code = s.quantity
left join enterprise e on e.id = st.enterprise_id
left join latest l on l.sensor_id = s.id
left join station_status so on so.station_id = st.id
cross join (
    select coalesce(max((parameters ->> 'after_periods')::float8), 1.2) as after_periods,
           coalesce(max((parameters ->> 'at_least_s')::float8), 0) as at_least_s
    from rule where kind = 'silence' and enabled and retired_at is null
) silence
where st.park_id = %(park_id)s and st.kind = any(%(kinds)s::text[]) and st.active and s.active
  and s.due_since <= %(now)s::timestamptz and (s.due_until is null or %(now)s::timestamptz < s.due_until)
order by st.kind, st.code, s.id;

-- name: limits_of
-- The limits that hold for some sensors.
select sensor_id, stage, basis, value, unit, kind, standard, clause, verified
from sensor_limit where sensor_id = any(%(sensors)s::int[]) order by sensor_id, basis, stage;

-- name: open_alerts
-- Alerts that are open, by class and level, of all or of some station kinds; a drill is never counted.
select class, level, count(*) as open, count(*) filter (where not acked) as unacked,
       count(*) filter (where suppressed <> 'none') as suppressed, min(raised_at) as oldest
from alert
where park_id = %(park_id)s and ended_at is null and not drill
  and (%(kinds)s::text[] is null or station_id in (select id from station where kind = any(%(kinds)s)))
group by class, level order by class, level;

-- name: alerts_of_sensors
-- The worst open alert of each sensor; a drill is never shown as one.
select distinct on (sensor_id) sensor_id, id, level, class, condition
from alert
where park_id = %(park_id)s and ended_at is null and not drill and sensor_id is not null
order by sensor_id, array_position(array['red','orange','yellow','blue'], level), raised_at;

-- name: alerts_of_enterprises
-- Open alerts of each enterprise, worst first; a drill is never counted.
select e.code as enterprise, e.name_zh, e.name_en, count(*) as open,
       count(*) filter (where a.level = 'red') as red, count(*) filter (where a.level = 'orange') as orange,
       count(*) filter (where a.level = 'yellow') as yellow, count(*) filter (where a.level = 'blue') as blue,
       count(*) filter (where not a.acked) as unacked
from alert a
left join station st on st.id = a.station_id
join enterprise e on e.id = coalesce(a.enterprise_id, st.enterprise_id)
where a.park_id = %(park_id)s and a.ended_at is null and not a.drill
group by e.id order by red desc, orange desc, yellow desc, blue desc, e.code;

-- name: hourly
-- Hour means of some sensors over the last 24 h: added up, averaged, their greatest value, and how many each hour holds.
select time, sum(mean) as total, avg(mean) as mean, max(highest) as highest, count(*) as sensors
from (
    select time_bucket('1 hour', time) as time, sensor_id, sum(total) / sum(n_valid) as mean, max(max) as highest
    from minute
    where sensor_id = any(%(sensors)s::int[]) and n_valid > 0
      and time >= time_bucket('1 hour', %(now)s::timestamptz) - interval '23 hours' and time <= %(now)s::timestamptz
    group by 1, 2
) hours
group by time order by time;

-- name: cameras
-- Cameras of the park, and whether each is reached.
select c.code, c.name_zh, c.name_en, c.online, c.online_since, c.probed_at
from camera c where c.park_id = %(park_id)s and c.active order by c.code;

-- name: events
-- Events of one type in a half-open period, newest first.
select id, at, received_at, data from park_event
where park_id = %(park_id)s and type = %(type)s and at >= %(from)s::timestamptz and at < %(to)s::timestamptz
order by at desc, id;

-- name: last_event
-- When the newest event of a type happened; null: there is none.
select max(at) as at from park_event where park_id = %(park_id)s and type = %(type)s;

-- name: register
-- The rows of one register.
select r.key, r.data, r.due, r.confirmed_at, r.confirmed_by, r.demo, e.code as enterprise, e.name_zh as enterprise_zh,
       e.name_en as enterprise_en
from register_row r left join enterprise e on e.id = r.enterprise_id
where r.park_id = %(park_id)s and r.register = %(register)s
order by r.key;

-- name: enterprises
-- The enterprises of a park, and how many stations each has.
select e.id, e.code, e.name_zh, e.name_en, e.sector, e.hazchem,
       (select count(*) from station st where st.enterprise_id = e.id and st.active) as stations
from enterprise e where e.park_id = %(park_id)s and e.active order by e.id;

-- name: put_register_row
-- Enter or renew a simulated row; one that people keep is left alone.
insert into register_row (park_id, register, key, enterprise_id, data, due, confirmed_at, confirmed_by, demo)
values (%(park_id)s, %(register)s, %(key)s, %(enterprise_id)s, %(data)s::jsonb, %(due)s, %(confirmed_at)s,
        %(confirmed_by)s, true)
on conflict (park_id, register, key) do update
set data = excluded.data, due = excluded.due, confirmed_at = excluded.confirmed_at, confirmed_by = excluded.confirmed_by
where register_row.demo;

-- name: put_figure
-- Enter or renew a simulated figure; one that people entered is left alone.
insert into figure (park_id, enterprise_id, indicator, month, value, status, source, confirmed_at, confirmed_by, demo)
values (%(park_id)s, %(enterprise_id)s, %(indicator)s, %(month)s, %(value)s, %(status)s, %(source)s, %(confirmed_at)s,
        %(confirmed_by)s, true)
on conflict (park_id, enterprise_id, indicator, month) do update
set value = excluded.value, status = excluded.status, confirmed_at = excluded.confirmed_at
where figure.demo;
