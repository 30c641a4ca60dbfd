-- What the air stations of a park measured, and the sand that was declared over them.

-- name: air_stations
-- The air stations that the reader may see, each with its sensors of the six pollutants and what its plan leaves out; since when
-- it owes data, or has some: older history may be imported. One that is out of use keeps what it measured, until its last hour.
select st.id, st.code, st.name_zh, st.name_en, st.enterprise_id is null as of_park, p.code as park, p.timezone,
       coalesce(st.attributes ->> 'not_monitored', '') as not_monitored,
       least(min(s.due_since), min(f.first)) as since, case when not st.active then max(f.last) end as until,
       jsonb_object_agg(s.id, s.quantity) as sensors
from station st
join park p on p.id = st.park_id
join sensor s on s.station_id = st.id and s.quantity = any(%(codes)s) and s.form = '' and s.admitted
cross join lateral (
    select min(r.start) as first, max(r.start) as last from record r where r.sensor_id = s.id and r.period = 'hour') f
where st.kind = 'air'
  and (%(park)s::text is null or p.code = %(park)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
group by st.id, p.id having st.active or max(f.last) is not null
order by st.id;

-- name: air_values
-- Valid values over [from, to); of a day of ozone the greatest mean of eight hours.
select sensor_id, start, case when %(period)s = 'day' and sensor_id = any(%(ozone)s) then mean_8h else mean end as value
from official_record
where sensor_id = any(%(sensors)s) and period = %(period)s and start >= %(from)s and start < %(to)s
  and case when %(period)s = 'day' and sensor_id = any(%(ozone)s) then mean_8h else mean end is not null
  and ((%(as_of)s::timestamptz is null and replaced_at is null)
       or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)));

-- name: ozone_hours
-- The greatest hour of ozone of each local day: the seventh indicator of HJ 633-2012.
select sensor_id, date_trunc('day', start, %(zone)s) as start, max(mean) as value
from official_record
where sensor_id = any(%(ozone)s) and period = 'hour' and start >= %(from)s and start < %(to)s and mean is not null
  and ((%(as_of)s::timestamptz is null and replaced_at is null)
       or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)))
group by 1, 2;

-- name: sulfur_day
-- The mean of sulfur dioxide over the 24 hours that end with an hour; null: fewer than 20 of them are valid.
select case when count(mean) >= 20 then avg(mean) end as value
from official_record
where sensor_id = %(sensor)s and period = 'hour' and start > %(hour)s::timestamptz - interval '24 hours' and start <= %(hour)s
  and ((%(as_of)s::timestamptz is null and replaced_at is null)
       or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)));

-- name: episodes_touching
-- Episodes that stood at an instant (null: now) and touch [from, to), for counting.
select e.id, e.name, e.starts_at, e.ends_at, e.stations, e.document
from sand_episode e join park p on p.id = e.park_id
where p.code = %(park)s and e.starts_at < %(to)s and e.ends_at > %(from)s
  and (%(as_of)s::timestamptz is null and e.withdrawn_at is null
       or e.declared_at <= %(as_of)s and (e.withdrawn_at is null or e.withdrawn_at > %(as_of)s))
order by e.starts_at, e.id;
