-- The data of a day that the detectors look at, and what they found.

-- name: parks
-- Parks, their zones, and how far their days were looked at.
select p.id, p.timezone, g.done_until
from park p left join record_progress g on g.job = 'data findings ' || p.id order by p.id;

-- name: note_progress
-- Days before this instant were looked at.
insert into record_progress (job, done_until) values ('data findings ' || %(park)s::int, %(until)s)
on conflict (job) do update set done_until = excluded.done_until;

-- name: sensors
-- Sensors of stations that emit or watch the surroundings, with the limit of an hour that is enforced.
select x.station_id, x.id, x.quantity, q.unit, st.kind in ('wastewater', 'rain', 'surface', 'ground'), l.value
from sensor x
join station st on st.id = x.station_id
join quantity q on q.code = x.quantity
left join lateral (select value from sensor_limit sl where sl.sensor_id = x.id and sl.basis = 'hour' and sl.stage = 'H' and sl.verified limit 1) l on true
where st.park_id = %(park)s and st.active and st.stream_class in ('emission', 'ambient') and x.active and x.admitted and x.form = ''
order by x.station_id, x.id;

-- name: minutes
-- Minutes of the day and of some days before it: time [s], valid mean, newest and least value, flags, readings.
select sensor_id, extract(epoch from time)::bigint, mean, last, least(min, last), flags, n from minute
where sensor_id = any(%(sensors)s::int[]) and time >= %(before)s::timestamptz and time < %(to)s::timestamptz;

-- name: hours
-- Valid hours of some weeks up to the day behind.
select sensor_id, extract(epoch from start)::bigint, mean from record
where sensor_id = any(%(sensors)s::int[]) and period = 'hour' and valid
  and start >= %(long_before)s::timestamptz and start < %(behind)s::timestamptz;

-- name: reported
-- Hours that loggers computed, their newest word, from the day before to the day behind.
select distinct on (sensor_id, start) sensor_id, extract(epoch from start)::bigint, avg from reported_record
where sensor_id = any(%(sensors)s::int[]) and period = 'hour' and avg is not null
  and start >= %(day_before)s::timestamptz and start < %(behind)s::timestamptz
order by sensor_id, start, revision desc;

-- name: conflicts
-- Second, different values of the day.
select sensor_id, count(*) from reading_conflict
where sensor_id = any(%(sensors)s::int[]) and time >= %(from)s and time < %(to)s group by 1;

-- name: found
-- A finding; found again it stays as it is, with what was said of it.
insert into data_finding (sensor_id, kind, starts_at, ends_at, evidence, text_zh, text_en, found_at)
values (%(sensor)s, %(kind)s, %(starts_at)s, %(ends_at)s, %(evidence)s, %(text_zh)s, %(text_en)s, %(now)s)
on conflict (sensor_id, kind, starts_at) do nothing;
