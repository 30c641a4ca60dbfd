-- name: sensors
-- The sensors of a park, with how many samples an hour of each has: as records count them.
with pace as materialized (
    select station_id, max(minute_interval_min) as minutes from logger where admitted group by 1
)
select st.code, x.quantity, x.form, x.id, 60 / least(greatest(ceil(x.period_s / 60.0), p.minutes, 1), 60)::int as slots
from sensor x
join station st on st.id = x.station_id
join park on park.id = st.park_id
left join pace p on p.station_id = x.station_id
where park.code = %(park)s and x.admitted and x.active;

-- name: hour_limits
-- The least and the greatest limit of the hourly mean that may hold for each sensor.
select st.code, x.quantity, x.form, min(l.value), max(l.value)
from limit_value l
join sensor x on x.quantity = l.quantity and x.form = l.form and x.active
join station st on st.id = x.station_id
    and (l.station_id is null or l.station_id = st.id)
    and (l.enterprise_id is null or l.enterprise_id = st.enterprise_id)
    and (l.outlet_kind is null or l.outlet_kind = st.outlet_kind)
    and (l.station_kind is null or l.station_kind = st.kind)
    and (l.region = '' or l.region = st.attributes ->> 'region')
join park on park.id = st.park_id
where park.code = %(park)s and l.basis = 'hour' and l.stage = 'H' and l.verified and l.valid_to is null
group by 1, 2, 3;

-- name: there
-- The sensors that have records in a time already: a second run goes on where the first has ended.
select s.id from unnest(%(sensors)s::int[]) as s (id)
where exists (select from record r where r.sensor_id = s.id and r.period = 'hour'
              and r.start >= %(first)s and r.start < %(last)s);

-- name: miss
-- Why nothing came of the hours of stations in a time: the enterprise, its line, or nobody knows; one cause a station and month.
insert into missing_hour (station_id, hour, due, present, cause, minutes, evidence, decided_at)
select m.station_id, m.start, 60, 0, m.cause, jsonb_build_object(m.cause, 60), '[]', %(now)s
from (
    select distinct x.station_id, r.start,
           (array['enterprise', 'network', 'enterprise', 'unknown'])[
               1 + mod(abs(hashtext(st.code || date_trunc('month', r.start)::text)::bigint), 4)] as cause
    from record r join sensor x on x.id = r.sensor_id join station st on st.id = x.station_id
    where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'hour' and r.status = 'none'
      and r.start >= %(first)s and r.start < %(last)s
) m
on conflict do nothing;

-- name: analyze
-- What the planner knows of the tables that were just filled, so that lists are quick at once.
analyze record, minute;

-- name: copy_records
-- Straight into the table, for periods in which nothing is.
copy record (sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, mean_8h, amount,
    mass, method, edition, revision, cause, made_at) from stdin with (format binary);
