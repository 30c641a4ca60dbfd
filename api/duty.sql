-- Drills and maintenance windows.

-- name: drills
-- Drills, newest first; running: begun and not over.
select d.id, p.code as park, st.code as station, d.starts_at, d.ends_at, d.reason, d.declared_by, d.ended_early_at,
       d.starts_at <= %(now)s and %(now)s < coalesce(d.ended_early_at, d.ends_at) as running
from drill d join park p on p.id = d.park_id left join station st on st.id = d.station_id
where (%(after)s::int is null or d.id < %(after)s) and (%(id)s::int is null or d.id = %(id)s)
  and (%(running)s::boolean is null
       or (d.starts_at <= %(now)s and %(now)s < coalesce(d.ended_early_at, d.ends_at)) = %(running)s)
order by d.id desc limit %(limit)s;

-- name: declare_drill
-- A drill of a park, or of one station.
insert into drill (park_id, station_id, starts_at, ends_at, reason, declared_by)
select p.id, st.id, %(starts_at)s, %(ends_at)s, %(reason)s, %(actor)s
from park p left join station st on st.park_id = p.id and st.code = %(station)s
where p.code = %(park)s and (%(station)s::text is null or st.id is not null)
returning id;

-- name: end_drill
-- A drill ends before its time.
update drill set ended_early_at = greatest(%(now)s, starts_at)
where id = %(id)s and ended_early_at is null and ends_at > %(now)s returning id;

-- name: windows
-- Maintenance windows, newest first; running: begun, not over, not cancelled.
select w.id, st.code as station, w.station_id, w.sensor_id, w.kind, w.starts_at, w.ends_at, w.reason, w.filed_by,
       w.filed_at, w.cancelled_at,
       w.cancelled_at is null and w.starts_at <= %(now)s and %(now)s < w.ends_at as running
from maintenance_window w join station st on st.id = w.station_id
where (%(after)s::int is null or w.id < %(after)s) and (%(id)s::int is null or w.id = %(id)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(running)s::boolean is null
       or (w.cancelled_at is null and w.starts_at <= %(now)s and %(now)s < w.ends_at) = %(running)s)
order by w.id desc limit %(limit)s;

-- name: sensor_of
-- A sensor, if it is one of the station.
select id from sensor where id = %(sensor_id)s and station_id = %(station_id)s;

-- name: file_window
-- File a maintenance window.
insert into maintenance_window (station_id, sensor_id, kind, starts_at, ends_at, reason, filed_by, filed_at)
values (%(station_id)s, %(sensor_id)s, %(kind)s, %(starts_at)s, %(ends_at)s, %(reason)s, %(actor)s, %(now)s) returning id;

-- name: cancel_window
-- A window that is not over is cancelled.
update maintenance_window set cancelled_at = %(now)s
where id = %(id)s and cancelled_at is null and ends_at > %(now)s returning id;

-- name: windows_changed
-- What judges has to read drills and windows anew.
update revision set version = version + 1 where name = 'windows';
