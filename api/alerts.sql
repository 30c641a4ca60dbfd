-- Alerts as the API lists them.

-- name: alerts
-- One page of alerts, newest first.
select * from alert_shown
where (%(after_at)s::timestamptz is null or (raised_at, id) < (%(after_at)s, %(after_id)s))
  and (%(open)s::boolean is null or (ended_at is null) = %(open)s)
  and (%(class)s::text[] is null or class = any(%(class)s))
  and (%(level)s::text[] is null or level = any(%(level)s))
  and (%(origin)s::text is null or origin = %(origin)s)
  and (%(drill)s::boolean is null or drill = %(drill)s)
  and (%(rule)s::text is null or rule = %(rule)s)
  and (%(sensor)s::int is null or sensor_id = %(sensor)s)
  and (%(station)s::text is null
       or station_id in (select id from station where code = %(station)s or id::text = %(station)s))
  and (%(enterprise)s::text is null
       or enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
  and (%(from)s::timestamptz is null or raised_at >= %(from)s)
  and (%(to)s::timestamptz is null or raised_at < %(to)s)
order by raised_at desc, id desc
limit %(limit)s;

-- name: alert
-- One alert.
select * from alert_shown where id = %(id)s;

-- name: events
-- The transitions of an alert.
select id, type, at, actor, data from alert_event where alert_id = %(id)s order by id;

-- name: snapshots
-- The pictures stored with an alert.
select id, camera_id, phase, taken_at from snapshot where alert_id = %(id)s order by id;

-- name: snapshot
-- One picture.
select media_type, image from snapshot where alert_id = %(id)s and id = %(snapshot)s;
