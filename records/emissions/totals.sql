-- The one source of emitted mass: days, hours at the ends of a period, what stands for missing hours, what is calculated.

-- name: park
-- A park by code, or the first one.
select id, code, name_zh, name_en, timezone from park
where %(park)s::text is null or code = %(park)s order by id limit 1;

-- name: sensors
-- Emission sensors of a park, of one enterprise or outlet, of one pollutant.
select e.sensor_id, e.pollutant, e.station_id, e.enterprise_id, e.to_plant
from emission_sensor e
where e.park_id = %(park_id)s
  and (%(enterprise_id)s::int is null or e.enterprise_id = %(enterprise_id)s)
  and (%(station_id)s::int is null or e.station_id = %(station_id)s)
  and (%(pollutant)s::text is null or e.pollutant = %(pollutant)s)
order by e.sensor_id;

-- name: measured
-- What sensors measured [kg] in each step of a period, each of them or all together: whole days, hours before and behind
-- them, and hours of the last days whose day is not made yet.
select case when %(each)s then t.sensor_id end as sensor_id,
       greatest(date_trunc(%(step)s, t.start, %(zone)s), %(from)s::timestamptz) as start, sum(t.mass) as kg
from (
    select r.sensor_id, r.start, r.mass from record r
    where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'day'
      and r.start >= %(days_from)s::timestamptz and r.start < %(days_to)s::timestamptz
    union all
    select r.sensor_id, r.start, r.mass from record r
    where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'hour'
      and r.start >= %(from)s::timestamptz and r.start < %(head_to)s::timestamptz
    union all
    select r.sensor_id, r.start, r.mass from record r
    where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'hour'
      and r.start >= %(tail_from)s::timestamptz and r.start < %(to)s::timestamptz
    union all
    select r.sensor_id, r.start, r.mass from record r
    where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'hour'
      and r.start >= %(recent)s::timestamptz and r.start < %(days_to)s::timestamptz
      and not exists (select from record d where d.sensor_id = r.sensor_id and d.period = 'day'
                      and d.start = date_trunc('day', r.start, %(zone)s))
) t
where t.mass is not null
group by 1, 2;

-- name: standing
-- What stands for missing hours of sensors [kg] in each step of a period, by method; method null: hours without a substitute.
select case when %(each)s then s.sensor_id end as sensor_id,
       greatest(date_trunc(%(step)s, s.hour, %(zone)s), %(from)s::timestamptz) as start,
       s.method, s.standard, s.verified, count(*)::int as hours, coalesce(sum(s.mass), 0) as kg
from substitution s
where s.sensor_id = any(%(sensors)s::int[]) and s.hour >= %(from)s::timestamptz and s.hour < %(to)s::timestamptz
group by 1, 2, 3, 4, 5;

-- name: calculated
-- What is calculated [kg] in each step of a period; a month's amount is spread evenly over it.
select c.enterprise_id, c.pollutant, b.start,
       sum(c.kg * extract(epoch from least(b.until, m.until) - greatest(b.start, m.start))::float8
           / extract(epoch from m.until - m.start)::float8) as kg
from calculated_emission c
join enterprise en on en.id = c.enterprise_id
cross join lateral (
    select c.month::timestamp at time zone %(zone)s as start,
           (c.month + interval '1 month') at time zone %(zone)s as until
) m
join unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as b (start, until)
    on b.start < m.until and b.until > m.start
where en.park_id = %(park_id)s
  and (%(enterprise_id)s::int is null or c.enterprise_id = %(enterprise_id)s)
  and (%(pollutant)s::text is null or c.pollutant = %(pollutant)s)
group by 1, 2, 3;

-- name: pollutants
-- Pollutants whose mass is added up.
select code, quantity, medium, name_zh, name_en from emission_pollutant order by position;

-- name: enterprises
-- Enterprises by number.
select id, code, name_zh, name_en, phone from enterprise where id = any(%(ids)s::int[]) order by code;

-- name: outlets
-- Stations by number.
select id, code, name_zh, name_en, kind, outlet_kind from station where id = any(%(ids)s::int[]) order by code;

-- name: allowances
-- What is permitted in a year by permits that are valid on a day: of each enterprise or outlet the one that began last.
select distinct on (a.enterprise_id, a.station_id, a.pollutant)
       a.enterprise_id, a.station_id, a.pollutant, a.kg, a.permit, a.valid_from, a.valid_to, a.document
from allowance a
join enterprise en on en.id = a.enterprise_id
where en.park_id = %(park_id)s and a.year = %(year)s and %(day)s between a.valid_from and a.valid_to
  and (%(enterprise_id)s::int is null or a.enterprise_id = %(enterprise_id)s)
  and (%(pollutant)s::text is null or a.pollutant = %(pollutant)s)
order by a.enterprise_id, a.station_id, a.pollutant, a.valid_from desc;

-- name: declared
-- What enterprises declared of periods that lie within one.
select d.enterprise_id, d.pollutant, d.year, d.quarter, d.month, d.kg, p.start, p.until
from declared_emission d
join enterprise en on en.id = d.enterprise_id
cross join lateral (
    select make_date(d.year, coalesce(d.month, 3 * d.quarter - 2), 1) as first
) f
cross join lateral (
    select f.first::timestamp at time zone %(zone)s as start,
           (f.first + case when d.month is null then interval '3 months' else interval '1 month' end)
               at time zone %(zone)s as until
) p
where en.park_id = %(park_id)s and p.start >= %(from)s and p.until <= %(to)s
  and (%(enterprise_id)s::int is null or d.enterprise_id = %(enterprise_id)s)
  and (%(pollutant)s::text is null or d.pollutant = %(pollutant)s)
order by p.start;

-- name: reductions
-- What a park has to cut.
select pollutant, base_year, base_kg, cut_percent, due_year, document from reduction
where park_id = %(park_id)s and (%(pollutant)s::text is null or pollutant = %(pollutant)s)
order by due_year, pollutant;

-- name: followed
-- Records made before this instant have their substitutes.
select done_until from record_progress where job = 'substitution';

-- name: closed
-- Hours before this instant are closed.
select done_until from record_progress where job = 'record hours';
