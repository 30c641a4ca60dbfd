-- What stands for hours without a mass.

-- name: progress
-- Records made before this instant are followed.
select done_until from record_progress where job = 'substitution';

-- name: note_progress
-- Records made before this instant are followed; it never goes back.
insert into record_progress (job, done_until) values ('substitution', %(until)s)
on conflict (job) do update set done_until = greatest(record_progress.done_until, excluded.done_until);

-- name: changed
-- Emission sensors with hours or days that were made, or marks that were filed or decided, since an instant: how many, the last
-- one, and the earliest hour of them. A mark may change what an hour without data means, and then its record stays as it is.
select e.sensor_id, e.medium, p.timezone, count(*), max(c.at), min(c.start)
from (
    select r.sensor_id, r.made_at as at, r.start from record r
    where r.made_at >= %(since)s and r.period in ('hour','day')
    union all
    select x.id, v.at, date_trunc('hour', m.starts_at, 'UTC')
    from data_mark m
    join sensor x on x.station_id = m.station_id and (m.sensor_id is null or x.id = m.sensor_id)
    cross join lateral (values (m.filed_at), (m.decided_at)) v (at)
    where v.at >= %(since)s
) c
join emission_sensor e on e.sensor_id = c.sensor_id
join park p on p.id = e.park_id
group by e.sensor_id, e.medium, p.timezone order by e.sensor_id;

-- name: hours
-- The hours of sensors from the last so many with a mass before an instant on: start [s], mass [kg], and how the plant stood.
select w.sensor_id, h.starts, h.masses, h.states
from unnest(%(sensors)s::int[], %(since)s::timestamptz[]) as w (sensor_id, since)
cross join lateral (
    select coalesce(min(v.start), w.since) as start from (
        select r.start from record r
        where r.sensor_id = w.sensor_id and r.period = 'hour' and r.start < w.since and r.mass is not null
        order by r.start desc limit %(history)s) v
) b
cross join lateral (
    select array_agg(extract(epoch from r.start)::bigint order by r.start) as starts,
           array_agg(coalesce(r.mass, 'NaN') order by r.start) as masses,
           array_agg(case when r.status in ('stopped','no_flow') then 1 when r.flag in ('M','C') then 2 else 0 end
                     order by r.start) as states
    from record r where r.sensor_id = w.sensor_id and r.period = 'hour' and r.start >= b.start
) h;

-- name: missing
-- The hours of sensors without a mass, from an instant on [s], though there was flow.
select w.sensor_id, coalesce(array_agg(extract(epoch from r.start)::bigint order by r.start)
                             filter (where r.start is not null), '{}')
from unnest(%(sensors)s::int[], %(since)s::timestamptz[]) as w (sensor_id, since)
left join record r on r.sensor_id = w.sensor_id and r.period = 'hour' and r.start >= w.since
    and r.mass is null and r.status not in ('stopped','no_flow')
group by w.sensor_id;

-- name: stopped
-- The hours of sensors in which a mark says that the unit stood still, from an instant on [s].
select w.sensor_id, array_agg(extract(epoch from h.start)::bigint)
from unnest(%(sensors)s::int[], %(since)s::timestamptz[]) as w (sensor_id, since)
cross join lateral (
    select min(m.starts_at) as at from data_mark m join sensor x on x.station_id = m.station_id
    where x.id = w.sensor_id and (m.sensor_id is null or m.sensor_id = x.id) and m.effect = 'stopped'
      and m.state in ('filed','confirmed')
) first
join rated_hour h on h.sensor_id = w.sensor_id and h.start >= w.since and h.start > first.at - interval '1 hour'
    and h.class = 'stopped' and h.mark_id is not null
group by w.sensor_id;

-- name: greatest_days
-- Of sensors the months with valid days (year * 12 + month), their greatest load [kg/d] and how many there are.
select d.sensor_id, array_agg(d.month order by d.month), array_agg(d.greatest order by d.month),
       array_agg(d.days order by d.month)
from (
    select r.sensor_id, (extract(year from l.day) * 12 + extract(month from l.day))::int as month,
           max(r.mass) as greatest, count(*)::int as days
    from record r
    join emission_sensor e on e.sensor_id = r.sensor_id
    join park p on p.id = e.park_id
    cross join lateral (select r.start at time zone p.timezone as day) l
    where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'day' and r.status = 'valid' and r.mass is not null
    group by 1, 2
) d
group by d.sensor_id;

-- name: forget
-- Hours from an instant on for which nothing has to stand any more.
delete from substitution
where sensor_id = %(sensor)s and hour >= %(since)s and hour <> all(%(hours)s::timestamptz[]);

-- name: stand
-- What stands for hours of a sensor; the same again changes nothing.
insert into substitution as s (sensor_id, hour, mass, method, standard, verified, of_values, capture_percent, made_at)
select %(sensor)s, g.hour, g.mass, g.method, g.standard, g.verified, g.of_values, g.capture_percent, %(now)s
from unnest(%(hours)s::timestamptz[], %(masses)s::float8[], %(methods)s::text[], %(standards)s::text[],
            %(verified)s::boolean[], %(of_values)s::int[], %(captures)s::float8[])
     as g (hour, mass, method, standard, verified, of_values, capture_percent)
on conflict (sensor_id, hour) do update set
    mass = excluded.mass, method = excluded.method, standard = excluded.standard, verified = excluded.verified,
    of_values = excluded.of_values, capture_percent = excluded.capture_percent, made_at = excluded.made_at
where (s.mass, s.method, s.standard, s.verified, s.of_values, s.capture_percent) is distinct from
      (excluded.mass, excluded.method, excluded.standard, excluded.verified, excluded.of_values, excluded.capture_percent);
