-- Ambient air: what the stations measured, sand-dust episodes, winds.

-- name: air_stations
-- The air stations that the reader may see, each with its sensors of the six pollutants and what its plan leaves out; since when
-- it owes data, or has some: older history may be imported.
select st.id, st.code, st.name_zh, st.name_en, st.enterprise_id is null as of_park, p.code as park, p.timezone,
       coalesce(st.attributes ->> 'not_monitored', '') as not_monitored,
       least(min(s.due_since), min(f.start)) as since, jsonb_object_agg(s.id, s.quantity) as sensors
from station st
join park p on p.id = st.park_id
join sensor s on s.station_id = st.id and s.quantity = any(%(codes)s) and s.form = ''
cross join lateral (select min(r.start) as start from record r where r.sensor_id = s.id and r.period = 'hour') f
where st.kind = 'air' and st.active
  and (%(park)s::text is null or p.code = %(park)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
group by st.id, p.id
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

-- name: hours_near
-- Of each sensor its valid hours in [from, to), and those above a value [registry unit] one by one.
select sensor_id, count(*) as valid,
       coalesce(jsonb_agg(jsonb_build_array(start, mean)) filter (where mean > threshold), '[]') as above
from official_record r join unnest(%(sensors)s::int[], %(thresholds)s::float8[]) as t (id, threshold) on t.id = r.sensor_id
where sensor_id = any(%(sensors)s) and period = 'hour' and start >= %(from)s and start < %(to)s and mean is not null
  and ((%(as_of)s::timestamptz is null and replaced_at is null)
       or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)))
group by sensor_id;

-- name: episodes_touching
-- Episodes that stood at an instant (null: now) and touch [from, to), for counting.
select e.id, e.name, e.starts_at, e.ends_at, e.stations, e.document
from sand_episode e join park p on p.id = e.park_id
where p.code = %(park)s and e.starts_at < %(to)s and e.ends_at > %(from)s
  and (%(as_of)s::timestamptz is null and e.withdrawn_at is null
       or e.declared_at <= %(as_of)s and (e.withdrawn_at is null or e.withdrawn_at > %(as_of)s))
order by e.starts_at, e.id;

-- name: episodes
-- Episodes, newest first, withdrawn ones as well; ``at`` asks for those that hold then.
select e.id, p.code as park, e.name, e.starts_at, e.ends_at,
       (select array_agg(st.code order by st.code) from station st where st.id = any(e.stations)) as stations,
       e.stations is null as whole_park, e.document, e.attachment_id, e.declared_by, e.declared_at, e.withdrawn_by,
       e.withdrawn_at, e.withdrawn_reason
from sand_episode e join park p on p.id = e.park_id
where (%(id)s::bigint is null or e.id = %(id)s)
  and (%(park)s::text is null or p.code = %(park)s)
  and (%(at)s::timestamptz is null or e.starts_at <= %(at)s and %(at)s < e.ends_at and e.withdrawn_at is null)
  and (%(station)s::text is null or e.stations is null
       or e.stations && (select array_agg(id) from station where code = %(station)s or id::text = %(station)s))
  and (%(from)s::timestamptz is null or e.ends_at > %(from)s) and (%(to)s::timestamptz is null or e.starts_at < %(to)s)
  and (%(after)s::bigint is null or e.id < %(after)s)
order by e.id desc
limit %(limit)s;

-- name: stations_of_park
-- Stations of a park by code.
select st.id, st.code from station st join park p on p.id = st.park_id
where p.code = %(park)s and st.code = any(%(stations)s);

-- name: declare_episode
-- A new episode; nothing where there is no such park.
insert into sand_episode (park_id, name, starts_at, ends_at, stations, document, declared_by, declared_at)
select p.id, %(name)s, %(starts_at)s, %(ends_at)s, %(stations)s, %(document)s, %(actor)s, %(now)s
from park p where p.code = %(park)s
returning id;

-- name: withdraw_episode
-- Take an episode back; nothing where that was done before.
update sand_episode set withdrawn_by = %(actor)s, withdrawn_at = %(now)s, withdrawn_reason = %(reason)s
where id = %(id)s and withdrawn_at is null
returning id;

-- name: episode_paper
-- Keep the file of an episode's document.
with kept as (
    insert into attachment (object, name, media_type, content, sha256, uploaded_by, uploaded_at)
    values (%(object)s, %(name)s, %(media_type)s, %(content)s, %(sha256)s, %(actor)s, %(now)s) returning id
)
update sand_episode e set attachment_id = kept.id from kept where e.id = %(id)s and e.withdrawn_at is null
returning e.id;

-- name: rose_station
-- A station with its sensors of wind speed, wind direction and a quantity.
select st.id, st.code, st.name_zh, st.name_en, p.timezone,
       max(s.id) filter (where s.quantity = 'a01007') as speed, max(s.id) filter (where s.quantity = 'a01008') as direction,
       max(s.id) filter (where s.quantity = %(quantity)s) as quantity, max(q.unit) filter (where s.quantity = %(quantity)s) as unit
from station st
join park p on p.id = st.park_id
left join sensor s on s.station_id = st.id and s.form = ''
left join quantity q on q.code = s.quantity
where st.code = %(station)s or st.id::text = %(station)s
group by st.id, p.id;

-- name: winds
-- Valid hours of wind over [from, to), with the valid hour of a quantity beside them where there is one.
select w.mean as speed, d.mean as direction, v.mean as value
from record w
left join record d on d.sensor_id = %(direction)s and d.period = 'hour' and d.start = w.start and d.status = 'valid'
left join record v on v.sensor_id = %(quantity)s and v.period = 'hour' and v.start = w.start and v.status = 'valid'
where w.sensor_id = %(speed)s and w.period = 'hour' and w.start >= %(from)s and w.start < %(to)s and w.status = 'valid';
