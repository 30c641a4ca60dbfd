-- Corrections: proposed by one person, decided by another.

-- name: target
-- The sensor of a correction, held so that two proposals of it come one after the other.
select s.id, q.unit, q.plausible_low, q.plausible_high from sensor s join quantity q on q.code = s.quantity
where s.id = %(id)s for no key update of s;

-- name: waiting
-- A correction of a sensor that waits for its second person and overlaps a period.
select id from correction
where sensor_id = %(sensor_id)s and state = 'waiting_second' and starts_at < %(ends_at)s and ends_at > %(starts_at)s
order by id limit 1;

-- name: touched
-- The records of sensors that the minutes [from, to) are part of, as they stand.
select r.sensor_id, r.period, r.start, r.revision, r.status, r.mean, r.min, r.max, r.expected, r.received, r.samples, r.flag::text as flag,
       r.judgeable,
       r.converted, r.amount, r.mass, r.cause, r.made_at
from record r
join sensor s on s.id = r.sensor_id join station st on st.id = s.station_id join park p on p.id = st.park_id
where r.sensor_id = any(%(sensors)s::int[]) and r.start < %(to)s
  and r.start >= case r.period when 'hour' then date_trunc('hour', %(from)s::timestamptz)
                               else date_trunc(r.period, %(from)s::timestamptz, p.timezone) end
order by array_position(array['hour', 'day', 'month', 'year'], r.period), r.start, r.sensor_id;

-- name: add
-- A proposal; it waits for a second person.
insert into correction (sensor_id, kind, starts_at, ends_at, factor, shift, value, reason, before, after, state, made_by, made_at)
values (%(sensor_id)s, %(kind)s, %(starts_at)s, %(ends_at)s, %(factor)s, %(shift)s, %(value)s, %(reason)s, '[]', '[]',
        'waiting_second', %(made_by)s, %(made_at)s)
returning id;

-- name: foresee
-- The records that a correction touches, as they stand and as they would be.
update correction set before = %(before)s, after = %(after)s where id = %(id)s;

-- name: exceedances
-- Hours and days whose standing against a limit in force at their start differs between the records kept before and after.
with was as (
    select x.* from correction c, jsonb_to_recordset(c.before) as x
        (sensor_id int, period text, start timestamptz, status text, judgeable boolean, mean float8, converted float8)
    where c.id = %(id)s
), becomes as (
    select x.* from correction c, jsonb_to_recordset(c.after) as x
        (sensor_id int, period text, start timestamptz, judgeable boolean, mean float8, converted float8)
    where c.id = %(id)s and x.period in ('hour', 'day')
), held as (
    select n.sensor_id, n.period, n.start, l.form,
           coalesce(bool_or(coalesce(b.judgeable, b.status = 'valid')
                            and over_limit(case when l.form = s.form then b.mean else b.converted end, l.value, l.stage)), false) as was,
           coalesce(bool_or(n.judgeable
                            and over_limit(case when l.form = s.form then n.mean else n.converted end, l.value, l.stage)), false) as becomes
    from becomes n
    left join was b on b.sensor_id = n.sensor_id and b.period = n.period and b.start = n.start
    join sensor s on s.id = n.sensor_id
    join record_limit l on l.sensor_id = n.sensor_id and l.basis = n.period and n.start >= l.since and n.start < l.until
    group by n.sensor_id, n.period, n.start, l.form
)
select sensor_id, period, start, form, becomes as appears from held where was <> becomes order by start, period, sensor_id, form;

-- name: locked
-- A correction that is about to be decided.
select id, sensor_id, kind, starts_at, ends_at, factor, shift, value, reason, state, made_by from correction
where id = %(id)s for update;

-- name: decide
-- What was decided.
update correction set state = %(state)s, decided_by = %(actor)s, decided_at = %(now)s, note = %(note)s where id = %(id)s;

-- name: note_due
-- The hours that a correction touches are made anew.
insert into record_due (sensor_id, hour, cause, noted_at)
select %(sensor_id)s, hour, %(cause)s, %(now)s
from generate_series(date_trunc('hour', %(from)s::timestamptz), %(to)s::timestamptz - interval '1 minute', interval '1 hour') as h (hour);
