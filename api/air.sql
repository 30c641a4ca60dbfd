-- Ambient air: hours near their limits, sand-dust episodes, winds.

-- name: hours_near
-- Of each sensor its valid hours in [from, to), and those above a value [registry unit] one by one.
select sensor_id, count(*) as valid,
       coalesce(jsonb_agg(jsonb_build_array(start, mean)) filter (where mean > threshold), '[]') as above
from official_record r join unnest(%(sensors)s::int[], %(thresholds)s::float8[]) as t (id, threshold) on t.id = r.sensor_id
where sensor_id = any(%(sensors)s) and period = 'hour' and start >= %(from)s and start < %(to)s and mean is not null
  and ((%(as_of)s::timestamptz is null and replaced_at is null)
       or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)))
group by sensor_id;

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
