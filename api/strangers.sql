-- Loggers that nobody has let in yet: where each may belong, what it has said so far, and which are not wanted.

-- name: places
-- Stations that a logger may speak for, one or all; whose newest values came by another way than a logger of theirs says
-- when they did (of the last quarter of an hour): that way is shut by an admission.
select st.id, st.park || '/' || st.code as code, st.kind, st.stream_class, st.name_zh, st.name_en, st.enterprise,
       case when not own.spoke then newest.at end as other_at
from station_shown st
left join lateral (
    select max(l.received_at) as at from latest l join sensor s on s.id = l.sensor_id
    where s.station_id = st.id and s.active and st.feed <> 'gateway') newest on newest.at > %(now)s::timestamptz - interval '15 minutes'
left join lateral (
    select exists (select from logger l join raw_frame f on f.mn = l.mn where l.station_id = st.id
        and f.received_at between newest.at - interval '5 seconds' and newest.at + interval '5 seconds') as spoke) own on true
where st.active and (%(id)s::int is null or st.id = %(id)s)
order by st.id;

-- name: held
-- The newest messages of a logger that wait in quarantine.
select id, received_at, last_seen_at, reason, detail, seen, peer, payload from quarantine
where released_at is null and split_part(topic, '/', 3) = 'hj212' and split_part(topic, '/', 4) = %(mn)s
order by last_seen_at desc, id desc limit 20;

-- name: held_by_reason
-- How many messages of an admitted logger stay in quarantine, and why; those that were not tried since are left out. What
-- still has no station has a wrong password; what it encrypted has a wrong key, or was changed on the way.
select case when q.reason = 'unknown_station' then 'wrong_password'
            when q.reason = 'bad_crc' then case when l.has_key then 'wrong_key' else 'no_key' end
            else q.reason end as reason,
       count(*) as messages, sum(q.items)::bigint as items
from quarantine q join logger l on l.mn = split_part(q.topic, '/', 4)
where q.released_at is null and split_part(q.topic, '/', 3) = 'hj212' and split_part(q.topic, '/', 4) = %(mn)s
  and (q.last_seen_at >= l.admitted_at or q.reason <> 'unknown_station')
group by 1 order by 2 desc, 1;

-- name: refuse
-- A logger is not wanted: it is not offered for admission.
update logger set refused_at = %(now)s, refused_by = %(actor)s where mn = %(mn)s;

-- name: reconsider
-- A logger may be admitted again.
update logger set refused_at = null, refused_by = null where mn = %(mn)s;
