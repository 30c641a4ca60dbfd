-- The catalogue in the database. Every put_... returns one row when something was added or changed, none otherwise;
-- every retire_... makes inactive what the catalogue no longer has. Nothing is deleted.

-- name: lock
-- One import at a time, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('smartpark catalogue', 0));

-- name: put_quantity
-- A quantity of the registry, new or as it reads now.
insert into quantity (code, name_zh, name_en, unit, molar_mass, plausible_low, plausible_high, decimals, old_codes, source)
values (%(code)s, %(name_zh)s, %(name_en)s, %(unit)s, %(molar_mass)s, %(plausible_low)s, %(plausible_high)s,
        %(decimals)s, %(old_codes)s, %(source)s)
on conflict (code) do update set
    name_zh = excluded.name_zh, name_en = excluded.name_en, unit = excluded.unit, molar_mass = excluded.molar_mass,
    plausible_low = excluded.plausible_low, plausible_high = excluded.plausible_high, decimals = excluded.decimals,
    old_codes = excluded.old_codes, source = excluded.source, registered = true
where (quantity.name_zh, quantity.name_en, quantity.unit, quantity.molar_mass, quantity.plausible_low,
       quantity.plausible_high, quantity.decimals, quantity.old_codes, quantity.source, quantity.registered)
   is distinct from
      (excluded.name_zh, excluded.name_en, excluded.unit, excluded.molar_mass, excluded.plausible_low,
       excluded.plausible_high, excluded.decimals, excluded.old_codes, excluded.source, true)
returning (xmax = 0) as added;

-- name: put_park
-- The park, new or as the folder has it now.
insert into park (code, name_zh, name_en, timezone, lat, lon, plan)
values (%(code)s, %(name_zh)s, %(name_en)s, %(timezone)s, %(lat)s, %(lon)s, %(plan)s)
on conflict (code) do update set
    name_zh = excluded.name_zh, name_en = excluded.name_en, timezone = excluded.timezone,
    lat = excluded.lat, lon = excluded.lon, plan = excluded.plan
where (park.name_zh, park.name_en, park.timezone, park.lat, park.lon, park.plan)
   is distinct from
      (excluded.name_zh, excluded.name_en, excluded.timezone, excluded.lat, excluded.lon, excluded.plan)
returning (xmax = 0) as added;

-- name: park_id
-- The id of a park.
select id from park where code = %(code)s;

-- name: put_zone
-- A zone, new or as the folder has it now.
insert into zone (park_id, code, name_zh, name_en, kind, grade, geometry)
values (%(park_id)s, %(code)s, %(name_zh)s, %(name_en)s, %(kind)s, %(grade)s, %(geometry)s)
on conflict (park_id, code) do update set
    name_zh = excluded.name_zh, name_en = excluded.name_en, kind = excluded.kind, grade = excluded.grade,
    geometry = excluded.geometry, active = true
where (zone.name_zh, zone.name_en, zone.kind, zone.grade, zone.geometry, zone.active)
   is distinct from
      (excluded.name_zh, excluded.name_en, excluded.kind, excluded.grade, excluded.geometry, true)
returning (xmax = 0) as added;

-- name: put_enterprise
-- An enterprise, new or as the folder has it now.
insert into enterprise (park_id, zone_id, code, name_zh, name_en, sector, hazchem, lat, lon, plot, phone, contacts, attributes)
values (%(park_id)s, (select id from zone where park_id = %(park_id)s and code = %(zone)s), %(code)s, %(name_zh)s,
        %(name_en)s, %(sector)s, %(hazchem)s, %(lat)s, %(lon)s, %(plot)s, %(phone)s, %(contacts)s, %(attributes)s)
on conflict (park_id, code) do update set
    zone_id = excluded.zone_id, name_zh = excluded.name_zh, name_en = excluded.name_en, sector = excluded.sector,
    hazchem = excluded.hazchem, lat = excluded.lat, lon = excluded.lon, plot = excluded.plot, phone = excluded.phone,
    contacts = excluded.contacts, attributes = excluded.attributes, active = true
where (enterprise.zone_id, enterprise.name_zh, enterprise.name_en, enterprise.sector, enterprise.hazchem, enterprise.lat,
       enterprise.lon, enterprise.plot, enterprise.phone, enterprise.contacts, enterprise.attributes, enterprise.active)
   is distinct from
      (excluded.zone_id, excluded.name_zh, excluded.name_en, excluded.sector, excluded.hazchem, excluded.lat,
       excluded.lon, excluded.plot, excluded.phone, excluded.contacts, excluded.attributes, true)
returning (xmax = 0) as added;

-- name: put_hazard_source
-- A major hazard source, new or as the folder has it now.
insert into hazard_source (park_id, enterprise_id, zone_id, code, name_zh, name_en, level, substances, responsible, lat, lon)
values (%(park_id)s, (select id from enterprise where park_id = %(park_id)s and code = %(enterprise)s),
        (select id from zone where park_id = %(park_id)s and code = %(zone)s), %(code)s, %(name_zh)s, %(name_en)s,
        %(level)s, %(substances)s, %(responsible)s, %(lat)s, %(lon)s)
on conflict (park_id, code) do update set
    enterprise_id = excluded.enterprise_id, zone_id = excluded.zone_id, name_zh = excluded.name_zh,
    name_en = excluded.name_en, level = excluded.level, substances = excluded.substances,
    responsible = excluded.responsible, lat = excluded.lat, lon = excluded.lon, active = true
where (hazard_source.enterprise_id, hazard_source.zone_id, hazard_source.name_zh, hazard_source.name_en,
       hazard_source.level, hazard_source.substances, hazard_source.responsible, hazard_source.lat, hazard_source.lon,
       hazard_source.active)
   is distinct from
      (excluded.enterprise_id, excluded.zone_id, excluded.name_zh, excluded.name_en, excluded.level,
       excluded.substances, excluded.responsible, excluded.lat, excluded.lon, true)
returning (xmax = 0) as added;

-- name: put_station
-- A station, new or as the folder has it now; one that a logger speaks for stays with the gateway.
insert into station (park_id, enterprise_id, zone_id, hazard_source_id, code, kind, outlet_kind, name_zh, name_en, lat,
                     lon, height_m, feed, stream_class, attributes)
values (%(park_id)s, (select id from enterprise where park_id = %(park_id)s and code = %(enterprise)s),
        (select id from zone where park_id = %(park_id)s and code = %(zone)s),
        (select id from hazard_source where park_id = %(park_id)s and code = %(hazard_source)s),
        %(code)s, %(kind)s, %(outlet_kind)s, %(name_zh)s, %(name_en)s, %(lat)s, %(lon)s, %(height_m)s, %(feed)s,
        %(stream_class)s, %(attributes)s)
on conflict (park_id, code) do update set
    enterprise_id = excluded.enterprise_id, zone_id = excluded.zone_id, hazard_source_id = excluded.hazard_source_id,
    kind = excluded.kind, outlet_kind = excluded.outlet_kind, name_zh = excluded.name_zh, name_en = excluded.name_en,
    lat = excluded.lat, lon = excluded.lon, height_m = excluded.height_m,
    feed = case station.feed when 'gateway' then 'gateway' else excluded.feed end,
    stream_class = excluded.stream_class, attributes = excluded.attributes, active = true
where (station.enterprise_id, station.zone_id, station.hazard_source_id, station.kind, station.outlet_kind,
       station.name_zh, station.name_en, station.lat, station.lon, station.height_m, station.feed, station.stream_class,
       station.attributes, station.active)
   is distinct from
      (excluded.enterprise_id, excluded.zone_id, excluded.hazard_source_id, excluded.kind, excluded.outlet_kind,
       excluded.name_zh, excluded.name_en, excluded.lat, excluded.lon, excluded.height_m,
       case station.feed when 'gateway' then 'gateway' else excluded.feed end, excluded.stream_class,
       excluded.attributes, true)
returning (xmax = 0) as added;

-- name: put_sensor
-- A sensor, new or as the folder has it now; one that waited for admission is admitted by it.
insert into sensor (station_id, quantity, form, tag, name_zh, name_en, period_s, due_since, due_until, span_low, span_high,
                    unit, factor, shift)
values ((select id from station where park_id = %(park_id)s and code = %(station)s), %(quantity)s, %(form)s, %(tag)s,
        %(name_zh)s, %(name_en)s, %(period_s)s, %(due_since)s, %(due_until)s, %(span_low)s, %(span_high)s, %(unit)s,
        %(factor)s, %(shift)s)
on conflict (station_id, quantity, form) do update set
    tag = excluded.tag, name_zh = excluded.name_zh, name_en = excluded.name_en, period_s = excluded.period_s,
    due_since = excluded.due_since, due_until = excluded.due_until, span_low = excluded.span_low,
    span_high = excluded.span_high, unit = excluded.unit, factor = excluded.factor, shift = excluded.shift, active = true,
    admitted = true
where (sensor.tag, sensor.name_zh, sensor.name_en, sensor.period_s, sensor.due_since, sensor.due_until, sensor.span_low,
       sensor.span_high, sensor.unit, sensor.factor, sensor.shift, sensor.active, sensor.admitted)
   is distinct from
      (excluded.tag, excluded.name_zh, excluded.name_en, excluded.period_s, excluded.due_since, excluded.due_until,
       excluded.span_low, excluded.span_high, excluded.unit, excluded.factor, excluded.shift, true, true)
returning (xmax = 0) as added;

-- name: date_units
-- A sensor's first unit holds from the beginning; a changed one gets a row of its own, from this instant.
insert into sensor_unit (sensor_id, valid_from, unit, factor, shift, changed_by)
select s.id, case when u.sensor_id is null then '1970-01-01T00:00:00Z' else clock_timestamp() end,
       s.unit, s.factor, s.shift, %(actor)s
from sensor s
join station st on st.id = s.station_id and st.park_id = %(park_id)s
left join lateral (
    select * from sensor_unit d where d.sensor_id = s.id order by valid_from desc limit 1
) u on true
where s.admitted and (u.sensor_id is null or (u.unit, u.factor, u.shift) is distinct from (s.unit, s.factor, s.shift));

-- name: put_camera
-- A camera, new or as the folder has it now.
insert into camera (park_id, station_id, code, name_zh, name_en, lat, lon, bearing_deg, address)
values (%(park_id)s, (select id from station where park_id = %(park_id)s and code = %(code)s), %(code)s, %(name_zh)s,
        %(name_en)s, %(lat)s, %(lon)s, %(bearing_deg)s, %(address)s)
on conflict (park_id, code) do update set
    station_id = excluded.station_id, name_zh = excluded.name_zh, name_en = excluded.name_en, lat = excluded.lat,
    lon = excluded.lon, bearing_deg = excluded.bearing_deg, address = excluded.address, active = true
where (camera.station_id, camera.name_zh, camera.name_en, camera.lat, camera.lon, camera.bearing_deg, camera.address,
       camera.active)
   is distinct from
      (excluded.station_id, excluded.name_zh, excluded.name_en, excluded.lat, excluded.lon, excluded.bearing_deg,
       excluded.address, true)
returning (xmax = 0) as added;

-- name: put_view
-- What a camera sees.
insert into camera_view (camera_id, station_id)
select c.id, s.id from camera c join station s on s.park_id = c.park_id and s.code = %(station)s
where c.park_id = %(park_id)s and c.code = %(camera)s
on conflict do nothing
returning true as added;

-- name: drop_views
-- What a camera sees is a statement about now; a view it lost is the one thing that goes.
delete from camera_view v
using camera c, station s
where c.id = v.camera_id and s.id = v.station_id and c.park_id = %(park_id)s
  and not exists (
      select from unnest(%(cameras)s::text[], %(stations)s::text[]) as kept (camera, station)
      where kept.camera = c.code and kept.station = s.code)
returning c.code;

-- name: put_logger
-- An HJ 212 logger, new or as the folder has it now; it is admitted when it has a station, and none is ever dismissed.
-- The folder says a password, so that of two no other counts.
insert into logger (mn, station_id, password, edition, encryption_key, minute_interval_min, admitted, admitted_at, admitted_by)
select %(mn)s, s.id, %(password)s, %(edition)s, %(encryption_key)s, %(minute_interval_min)s, s.id is not null,
       case when s.id is not null then clock_timestamp() end, case when s.id is not null then %(actor)s end
from (values (%(station)s::text)) as said (code)
left join station s on s.park_id = %(park_id)s and s.code = said.code
on conflict (mn) do update set
    station_id = coalesce(excluded.station_id, logger.station_id), password = excluded.password,
    other_password = null, other_since = null, other_state = null,
    edition = coalesce(excluded.edition, logger.edition), encryption_key = excluded.encryption_key,
    minute_interval_min = excluded.minute_interval_min, admitted = logger.admitted or excluded.admitted,
    admitted_at = case when logger.admitted then logger.admitted_at else excluded.admitted_at end,
    admitted_by = case when logger.admitted then logger.admitted_by else excluded.admitted_by end
where logger.other_password is not null
   or (logger.station_id, logger.password, logger.edition, logger.encryption_key, logger.minute_interval_min, logger.admitted)
   is distinct from
      (coalesce(excluded.station_id, logger.station_id), excluded.password, coalesce(excluded.edition, logger.edition),
       excluded.encryption_key, excluded.minute_interval_min, logger.admitted or excluded.admitted)
returning (xmax = 0) as added;

-- name: retire_zones
-- Zones that the folder no longer has become inactive.
update zone set active = false where park_id = %(park_id)s and active and code <> all(%(codes)s) returning code;

-- name: retire_enterprises
-- Enterprises that the folder no longer has become inactive.
update enterprise set active = false where park_id = %(park_id)s and active and code <> all(%(codes)s) returning code;

-- name: retire_hazard_sources
-- Hazard sources that the folder no longer has become inactive.
update hazard_source set active = false where park_id = %(park_id)s and active and code <> all(%(codes)s) returning code;

-- name: retire_stations
-- Stations that the folder no longer has become inactive.
update station set active = false where park_id = %(park_id)s and active and code <> all(%(codes)s) returning code;

-- name: retire_cameras
-- Cameras that the folder no longer has become inactive.
update camera set active = false where park_id = %(park_id)s and active and code <> all(%(codes)s) returning code;

-- name: retire_sensors
-- Sensors that the folder no longer has become inactive; not those that wait for admission, nor codes no folder can name.
update sensor set active = false
from station st
where st.id = sensor.station_id and st.park_id = %(park_id)s and sensor.active and sensor.admitted
  and sensor.quantity = any(%(known)s)
  and not exists (
      select from unnest(%(stations)s::text[], %(quantities)s::text[], %(forms)s::text[]) as kept (station, quantity, form)
      where kept.station = st.code and kept.quantity = sensor.quantity and kept.form = sensor.form)
returning sensor.id;

-- name: revise
-- Tell long-running processes to read the catalogue anew.
update revision set version = version + 1 where name = 'catalogue';

-- name: audit
-- Who loaded the catalogue, and what it changed.
insert into audit (actor, action, object, detail) values (%(actor)s, 'catalogue_loaded', %(object)s, %(detail)s);

-- name: parks
-- The parks that can be exported.
select code from park order by id;

-- name: park
-- A park for export.
select code, name_zh, name_en, timezone, lat, lon, plan from park where code = %(code)s;

-- name: zones
-- Its zones for export.
select z.code, z.name_zh, z.name_en, z.kind, z.grade, z.geometry
from zone z join park p on p.id = z.park_id
where p.code = %(code)s and z.active order by z.id;

-- name: enterprises
-- Its enterprises for export.
select e.code, e.name_zh, e.name_en, e.sector, e.hazchem, z.code as zone, e.lat, e.lon, e.plot, e.phone, e.contacts,
       e.attributes
from enterprise e join park p on p.id = e.park_id
left join zone z on z.id = e.zone_id
where p.code = %(code)s and e.active order by e.id;

-- name: hazard_sources
-- Its hazard sources for export.
select h.code, h.name_zh, h.name_en, e.code as enterprise, z.code as zone, h.level, h.lat, h.lon, h.substances,
       h.responsible
from hazard_source h join park p on p.id = h.park_id
join enterprise e on e.id = h.enterprise_id
left join zone z on z.id = h.zone_id
where p.code = %(code)s and h.active order by h.id;

-- name: stations
-- Cameras are stations too, and are exported as cameras.
select s.code, s.kind, s.name_zh, s.name_en, e.code as enterprise, z.code as zone, h.code as hazard_source, s.outlet_kind,
       s.lat, s.lon, s.height_m, s.attributes
from station s join park p on p.id = s.park_id
left join enterprise e on e.id = s.enterprise_id
left join zone z on z.id = s.zone_id
left join hazard_source h on h.id = s.hazard_source_id
where p.code = %(code)s and s.active and s.kind <> 'camera' order by s.id;

-- name: sensors
-- Its sensors for export.
select st.code as station, s.quantity, s.form, s.tag, s.name_zh, s.name_en, s.period_s, s.due_since, s.due_until,
       s.span_low, s.span_high, s.unit, s.factor, s.shift
from sensor s join station st on st.id = s.station_id join park p on p.id = st.park_id
where p.code = %(code)s and s.active and s.admitted and st.active order by st.id, s.id;

-- name: cameras
-- Its cameras for export, each with what it sees.
select c.code, c.name_zh, c.name_en, e.code as enterprise, z.code as zone, c.lat, c.lon, c.bearing_deg, c.address,
       coalesce(array_agg(v.code order by v.id) filter (where v.id is not null), '{}') as views
from camera c join park p on p.id = c.park_id
left join station s on s.id = c.station_id
left join enterprise e on e.id = s.enterprise_id
left join zone z on z.id = s.zone_id
left join camera_view cv on cv.camera_id = c.id
left join station v on v.id = cv.station_id and v.active
where p.code = %(code)s and c.active
group by c.id, e.code, z.code order by c.id;

-- name: loggers
-- Its HJ 212 loggers for export.
select l.mn, s.code as station, l.password, l.edition, l.encryption_key, l.minute_interval_min
from logger l join station s on s.id = l.station_id join park p on p.id = s.park_id
where p.code = %(code)s and l.admitted order by s.id, l.mn;

-- name: sent
-- What each sensor of a logger sent since an instant, or since its unit changed: the median of its minutes, ten at least.
select st.code as station, st.kind, s.quantity, s.form, s.unit, s.factor, s.shift,
       percentile_cont(0.5) within group (order by m.mean) as median
from sensor s
join station st on st.id = s.station_id
join park p on p.id = st.park_id
left join lateral (select max(valid_from) as changed_at from sensor_unit d where d.sensor_id = s.id) u on true
join minute m on m.sensor_id = s.id and m.n_valid > 0 and m.time >= %(since)s and m.time < %(now)s
    and m.time >= coalesce(u.changed_at, '-infinity')
where p.code = %(code)s and s.active and st.active
  and exists (select from logger l where l.station_id = st.id and l.admitted)
group by st.id, s.id having count(*) >= 10
order by st.id, s.id;
