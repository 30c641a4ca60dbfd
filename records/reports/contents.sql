-- What a report says, straight from the records, marks, corrections and missing hours.

-- name: enterprise
-- An enterprise with its park and zone.
select e.id, e.name_zh, e.code, e.sector, z.name_zh as zone, p.id as park_id, p.name_zh as park, p.code as park_code, p.timezone
from enterprise e join park p on p.id = e.park_id left join zone z on z.id = e.zone_id
where e.id = %(id)s;

-- name: park
-- A park.
select null::int as id, null as name_zh, null as code, '' as sector, '' as zone, p.id as park_id, p.name_zh as park,
       p.code as park_code, p.timezone
from park p where p.id = %(id)s;

-- name: sealed
-- The finalised month.
select id, coalesce((select a.name from account a where a.username = sealed_by), sealed_by) as sealed_by, sealed_at
from sealed_month where enterprise_id = %(enterprise)s and month = %(month)s;

-- name: enterprises
-- The enterprises of a park as they are named in it: of two with one name each has its code beside it.
select id, case when count(*) over (partition by name_zh) > 1 then name_zh || ' (' || code || ')' else name_zh end as name
from enterprise where park_id = %(park)s;

-- name: sensors
-- Sensors of the outlets of an enterprise, or of all enterprises of a park; weighed: a concentration with a flow beside it.
select x.id, x.station_id, x.quantity, x.form, coalesce(x.name_zh, q.name_zh) as name, q.unit, q.decimals, st.code as outlet_code,
       st.name_zh as outlet, st.kind, e.id as enterprise_id,
       q.unit in ('mg/m³','µg/m³','ng/m³','mg/L','µg/L') and exists (
           select from sensor f
           where f.station_id = st.id and f.quantity in ('a00000','w00000') and f.form = '' and f.admitted) as weighed
from sensor x
join quantity q on q.code = x.quantity
join station st on st.id = x.station_id
join enterprise e on e.id = st.enterprise_id
where st.park_id = %(park)s and (%(enterprise)s::int is null or e.id = %(enterprise)s)
  and st.stream_class = 'emission' and st.kind in ('stack', 'wastewater', 'voc', 'rain') and x.admitted
  and exists (select from record r where r.sensor_id = x.id and r.start >= %(from)s and r.start < %(to)s)
order by e.code, st.kind, st.code, x.quantity, x.form;

-- name: figures
-- Records of one kind of period of some sensors.
select sensor_id, start, status, mean, min, max, expected, samples, flag::text as flag, converted, amount, mass, revision
from record
where sensor_id = any(%(sensors)s::int[]) and period = %(period)s and start >= %(from)s and start < %(to)s;

-- name: limits
-- The lawful limits of some sensors that hold within a time; form Zs: of the value at reference oxygen.
select sensor_id, basis, stage, form, value, unit, kind, standard, clause from record_limit
where sensor_id = any(%(sensors)s::int[]) and since < %(to)s and until > %(from)s
order by basis desc, stage, since;

-- name: over
-- Records past the limit that held at their start, once each, against the graver stage.
select distinct on (sensor_id, form, period, start) sensor_id, period, start, stage, value, limit_value as edge, form, kind,
       standard, clause, revision > 1 or cause not in ('closed', 'demo') as late
from record_judged
where over and sensor_id = any(%(sensors)s::int[]) and period = any(%(periods)s::text[]) and start >= %(from)s and start < %(to)s
order by sensor_id, form, period, start, stage in ('HH', 'LL') desc;

-- name: judged
-- How many records were held against a limit of their time.
select sensor_id, period, form, count(distinct start)::int as judged from record_judged
where sensor_id = any(%(sensors)s::int[]) and period = any(%(periods)s::text[]) and start >= %(from)s and start < %(to)s
group by 1, 2, 3;

-- name: rated
-- Hours of counted pollutants of each outlet by their place in the rates.
select station_id, class, cause, status, received > 0 as came, count(*)::int as number
from rated_hour
where sensor_id = any(%(sensors)s::int[]) and start >= %(from)s::timestamptz and start < %(to)s::timestamptz
group by 1, 2, 3, 4, 5;

-- name: missing
-- Hours of outlets in which something is missing, in order.
select h.station_id, h.hour, h.due - h.present as minutes, h.cause, h.resolved_at is not null as resolved
from missing_hour h
where h.station_id = any(%(stations)s::int[]) and h.hour >= %(from)s and h.hour < %(to)s
order by h.station_id, h.hour;

-- name: marks
-- Marks that touch a time, each with its vouchers.
select m.id, m.station_id, coalesce(x.name_zh, q.name_zh, '') as point, m.kind, m.code, m.starts_at, m.ends_at, m.reason,
       coalesce((select a.name from account a where a.username = m.filed_by), m.filed_by) as filed_by, m.filed_at, m.state, coalesce((select a.name from account a where a.username = m.decided_by), m.decided_by, '') as decided_by,
       coalesce((select string_agg(a.name, '; ' order by a.id) from attachment a where a.object = 'mark ' || m.id), '') as proof
from data_mark m left join sensor x on x.id = m.sensor_id left join quantity q on q.code = x.quantity
where m.station_id = any(%(stations)s::int[]) and m.ends_at > %(from)s and m.starts_at < %(to)s and m.state <> 'withdrawn'
order by m.starts_at, m.id;

-- name: corrections
-- Corrections that touch a time, each with its proofs.
select c.id, x.station_id, coalesce(x.name_zh, q.name_zh) as point, c.kind, c.factor, c.shift, c.value, c.starts_at, c.ends_at,
       c.reason, coalesce((select a.name from account a where a.username = c.made_by), c.made_by) as made_by, c.made_at, c.state, coalesce((select a.name from account a where a.username = c.decided_by), c.decided_by, '') as decided_by,
       coalesce((select string_agg(a.name, '; ' order by a.id) from attachment a where a.object = 'correction ' || c.id), '') as proof
from correction c join sensor x on x.id = c.sensor_id join quantity q on q.code = x.quantity
where x.station_id = any(%(stations)s::int[]) and c.ends_at > %(from)s and c.starts_at < %(to)s and c.state <> 'withdrawn'
order by c.starts_at, c.id;

-- name: revised
-- Records that were made anew, before and after; hours only where they were made after an instant.
select b.sensor_id, b.period, b.start, a.revision, b.mean as before, a.mean as after, b.status as before_status,
       a.status as after_status, a.cause, a.made_at
from record_revision b
join lateral (
    select r.revision, r.mean, r.status, r.cause, r.made_at from record r
    where r.sensor_id = b.sensor_id and r.period = b.period and r.start = b.start and r.revision = b.revision + 1
    union all
    select n.revision, n.mean, n.status, n.cause, n.made_at from record_revision n
    where n.sensor_id = b.sensor_id and n.period = b.period and n.start = b.start and n.revision = b.revision + 1
) a on true
where b.sensor_id = any(%(sensors)s::int[]) and b.start >= %(from)s and b.start < %(to)s
  and (b.period = any(%(periods)s::text[]) or (b.period = 'hour' and a.made_at > %(sealed_at)s))
order by b.start, b.sensor_id, b.period, b.revision;

-- name: weighed
-- Whose mass of which pollutant was measured at all within a time, be it none; and whether it flows to the park's plant.
select distinct e.enterprise_id, e.pollutant, e.to_plant
from emission_sensor e
where e.park_id = %(park)s and (%(enterprise)s::int is null or e.enterprise_id = %(enterprise)s)
  and exists (select from record r where r.sensor_id = e.sensor_id and r.period in ('hour','day')
              and r.start >= %(from)s and r.start < %(to)s and r.mass is not null);

-- name: pollutants
-- Names of the pollutants whose mass is added up.
select code, name_zh from emission_pollutant;
