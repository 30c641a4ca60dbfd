-- The park and what stands in it.

-- name: parks
-- Every park.
select id, code, name_zh, name_en, timezone, lat, lon from park
where (%(after)s::int is null or id > %(after)s) order by id limit %(limit)s;

-- name: plan
-- The plan of a park: plots, roads, zones as GeoJSON.
select plan from park where code = %(park)s;

-- name: zones
-- The zones of a park with their static risk.
select z.id, p.code as park, z.code, z.name_zh, z.name_en, z.kind, z.grade, z.geometry
from zone z join park p on p.id = z.park_id
where z.active and (%(after)s::int is null or z.id > %(after)s) and (%(park)s::text is null or p.code = %(park)s)
order by z.id limit %(limit)s;

-- name: enterprises
-- Enterprises with their contacts.
select e.id, p.code as park, z.code as zone, e.code, e.name_zh, e.name_en, e.sector, e.hazchem, e.lat, e.lon, e.plot,
       e.phone, e.contacts, e.attributes
from enterprise e
join park p on p.id = e.park_id
left join zone z on z.id = e.zone_id
where e.active and (%(after)s::int is null or e.id > %(after)s)
  and (%(park)s::text is null or p.code = %(park)s)
  and (%(hazchem)s::boolean is null or e.hazchem = %(hazchem)s)
order by e.id limit %(limit)s;

-- name: hazard_sources
-- Major hazard sources with their substances and the three persons who answer for each.
select h.id, p.code as park, e.code as enterprise, e.name_zh as enterprise_zh, e.name_en as enterprise_en, z.code as zone,
       h.code, h.name_zh, h.name_en, h.level, h.substances, h.responsible, h.lat, h.lon
from hazard_source h
join park p on p.id = h.park_id
join enterprise e on e.id = h.enterprise_id
left join zone z on z.id = h.zone_id
where h.active and (%(after)s::int is null or h.id > %(after)s)
  and (%(park)s::text is null or p.code = %(park)s)
  and (%(enterprise)s::text is null or e.code = %(enterprise)s or e.id::text = %(enterprise)s)
  and (%(level)s::int is null or h.level = %(level)s)
order by h.id limit %(limit)s;

-- name: stations
-- Stations that are in use.
select id, park, code, kind, stream_class, feed, name_zh, name_en, lat, lon, height_m, enterprise, zone, outlet_kind,
       hazard_source_id, online, status_since
from station_shown
where active and (%(after)s::int is null or id > %(after)s)
  and (%(park)s::text is null or park = %(park)s)
  and (%(kind)s::text[] is null or kind = any(%(kind)s))
  and (%(enterprise)s::text is null
       or enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
order by id limit %(limit)s;

-- name: station
-- One station by number or code.
select id, park, code, kind, stream_class, feed, name_zh, name_en, lat, lon, height_m, enterprise, zone, outlet_kind,
       hazard_source_id, online, status_since
from station_shown where (code = %(station)s or id::text = %(station)s) and (%(park)s::text is null or park = %(park)s)
order by id limit 1;

-- name: stations_meant
-- Every station in use that a number, a code or park/code may mean.
select st.id, st.code, p.code || '/' || st.code as name from station st join park p on p.id = st.park_id
where st.active and %(station)s::text in (st.code, st.id::text, p.code || '/' || st.code) order by st.id;

-- name: sensors_of_stations
-- The sensors of some stations with their newest value and the limits that hold.
select s.id, s.station_id, s.quantity, s.form, s.tag, s.name_zh, s.name_en, s.unit, s.decimals, s.period_s, s.due_since,
       s.span_low, s.span_high,
       case when l.sensor_id is not null then jsonb_build_object('time', l.time, 'received_at', l.received_at,
           'value', l.value, 'flag', l.flag::text, 'mark', l.mark::text) end as latest,
       coalesce(m.limits, '[]'::jsonb) as limits
from sensor_shown s
left join latest l on l.sensor_id = s.id
left join (
    select sensor_id, jsonb_agg(jsonb_build_object('stage', stage, 'basis', basis, 'value', value, 'unit', unit,
        'kind', kind, 'standard', standard, 'clause', clause, 'verified', verified) order by basis, value) as limits
    from sensor_limit where sensor_id in (select id from sensor where station_id = any(%(stations)s)) group by sensor_id
) m on m.sensor_id = s.id
where s.station_id = any(%(stations)s) and s.active and s.admitted
order by s.id;

-- name: sensors
-- Sensors that are in use.
select s.id, s.station_id, s.station, s.park, s.quantity, s.form, s.tag, s.name_zh, s.name_en, s.unit, s.decimals,
       s.sent_unit, s.period_s, s.due_since, s.due_until, s.span_low, s.span_high
from sensor_shown s
where s.active and s.admitted and (%(after)s::int is null or s.id > %(after)s)
  and (%(park)s::text is null or s.park = %(park)s)
  and (%(station)s::text is null or s.station = %(station)s or s.station_id::text = %(station)s)
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(kind)s::text[] is null or s.kind = any(%(kind)s))
order by s.id limit %(limit)s;

-- name: quantities
-- What is measured, by its code.
select code, name_zh, name_en, unit, molar_mass, plausible_low, plausible_high, decimals, old_codes, registered, source
from quantity where (%(after)s::text is null or code > %(after)s) order by code limit %(limit)s;

-- name: access_list
-- What should deliver, how often, since when.
select sensor_id, tag, station_id, station, kind, name_zh, name_en, enterprise, enterprise_zh, quantity, form, period_s,
       due_since, due_until
from access_list
where (%(after)s::int is null or sensor_id > %(after)s)
  and (%(kind)s::text[] is null or kind = any(%(kind)s))
order by sensor_id limit %(limit)s;

-- name: cameras
-- Cameras and the stations each looks at.
select c.id, p.code as park, c.code, c.name_zh, c.name_en, c.lat, c.lon, c.bearing_deg, c.online, c.online_since,
       c.probed_at, c.station_id,
       coalesce((select jsonb_agg(v.station_id order by v.station_id) from camera_view v where v.camera_id = c.id),
                '[]'::jsonb) as views
from camera c
join park p on p.id = c.park_id
where c.active and (%(after)s::int is null or c.id > %(after)s)
  and (%(park)s::text is null or p.code = %(park)s)
  and (%(station)s::text is null or c.id in (
      select v.camera_id from camera_view v join station st on st.id = v.station_id
      where st.code = %(station)s or st.id::text = %(station)s))
order by c.id limit %(limit)s;

-- name: limits
-- Limits as dated legal objects; the place is null where a limit holds for every place of its kind.
select l.id, l.code, l.quantity, l.form, st.code as station, e.code as enterprise, l.outlet_kind, l.station_kind, l.basis,
       l.stage, l.value, l.unit, l.reference_o2, l.region, l.kind, l.standard, l.clause, l.valid_from, l.valid_to,
       l.verified, l.source, l.version
from limit_value l
left join station st on st.id = l.station_id
left join enterprise e on e.id = l.enterprise_id
where (%(after)s::int is null or l.id > %(after)s)
  and (%(quantity)s::text is null or l.quantity = %(quantity)s)
  and (%(at)s::timestamptz is null or (l.valid_from <= %(at)s and (l.valid_to is null or %(at)s < l.valid_to)))
  and (%(sensor)s::int is null or l.id in (select limit_id from sensor_limit where sensor_id = %(sensor)s))
order by l.id limit %(limit)s;

-- name: rules
-- Rules in force: kind, parameters, where each applies.
select code, version, kind, class, name_zh, name_en, applies, parameters, enabled, source, created_at, created_by
from rule where retired_at is null and (%(after)s::text is null or code > %(after)s) order by code limit %(limit)s;
