-- What the alerts process does beside judging: camera pictures, camera probes, shelves that end.

-- name: begin_cursor
-- The consumer's place in the events; the first start begins at the beginning.
insert into event_cursor (consumer, event_id, moved_at) values (%(consumer)s, 0, %(now)s)
on conflict (consumer) do nothing;

-- name: cursor
-- Where the consumer has got to, locked until the end of the transaction.
select event_id from event_cursor where consumer = %(consumer)s for update;

-- name: move_cursor
-- The events up to this one are dealt with; the time shows that the process lives.
update event_cursor set event_id = %(event_id)s, moved_at = %(now)s where consumer = %(consumer)s;

-- name: next_events
-- What came after the cursor, with what a picture needs.
select v.id, v.alert_id, v.type, v.at, a.station_id, a.level, a.origin, a.condition, a.text_zh,
       coalesce(st.name_zh, '') as station_zh, coalesce(st.kind, '') as station_kind, p.timezone
from alert_event v
join alert a on a.id = v.alert_id
join park p on p.id = a.park_id
left join station st on st.id = a.station_id
where v.id > %(after)s
order by v.id
limit %(most)s;

-- name: cameras_of
-- The nearest cameras that see a station and answer, nearest first.
select c.id, c.name_zh, c.bearing_deg
from camera c
join camera_view v on v.camera_id = c.id
join station st on st.id = v.station_id
where st.id = %(station_id)s and c.online
order by (c.lat - st.lat) ^ 2 + ((c.lon - st.lon) * cosd(st.lat)) ^ 2, c.id
limit %(most)s;

-- name: keep_snapshot
-- One picture an alert, camera and phase, however often it is asked for.
insert into snapshot (camera_id, alert_id, phase, taken_at, media_type, image)
values (%(camera_id)s, %(alert_id)s, %(phase)s, %(taken_at)s, %(media_type)s, %(image)s)
on conflict (alert_id, camera_id, phase) do nothing;

-- name: cameras
-- Every camera and how it was found last.
select id, online, online_since, probed_at from camera order by id;

-- name: probed
-- What a probe found; `since` moves only with a change.
update camera
set online_since = case when online_since is null or online <> %(online)s then %(now)s else online_since end,
    online = %(online)s, probed_at = %(now)s
where id = %(id)s;
