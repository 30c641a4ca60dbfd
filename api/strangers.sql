-- Loggers that nobody has let in yet: where each may belong, what it has said so far, and which are not wanted.

-- name: places
-- Stations that a logger may speak for, one or all; whose newest values came by another way than a logger of theirs says
-- when they did (of the last quarter of an hour): that way is shut by an admission.
select st.id, st.park || '/' || st.code as code, st.kind, st.stream_class, st.name_zh, st.name_en, st.enterprise,
       case when newest.at is not null then case when not exists (
           select from logger l join raw_frame f on f.mn = l.mn
           where l.station_id = st.id and f.received_at > %(now)s::timestamptz - interval '16 minutes'
             and f.received_at between newest.at - interval '5 seconds' and newest.at + interval '5 seconds')
       then newest.at end end as other_at
from station_shown st
left join lateral (
    select max(l.received_at) as at from latest l join sensor s on s.id = l.sensor_id
    where s.station_id = st.id and s.active and st.feed <> 'gateway') newest on newest.at > %(now)s::timestamptz - interval '15 minutes'
where st.active and (%(id)s::int is null or st.id = %(id)s)
order by st.id;

-- name: held
-- The newest messages of a logger that wait in quarantine.
select id, received_at, last_seen_at, coalesce(cause, reason) as reason, detail, seen, peer, payload from refused_message
where mn = %(mn)s and released_at is null order by last_seen_at desc, id desc limit 20;

-- name: held_by_reason
-- How many messages of an admitted logger stay in quarantine, and why; those that were not tried since are left out.
select coalesce(cause, reason) as reason, count(*) as messages, sum(items)::bigint as items from refused_message
where mn = %(mn)s and released_at is null and cause is distinct from 'not_admitted' group by 1 order by 2 desc, 1;

-- name: refuse
-- A logger is not wanted: it is not offered for admission.
update logger set refused_at = %(now)s, refused_by = %(actor)s where mn = %(mn)s;

-- name: reconsider
-- A logger may be admitted again.
update logger set refused_at = null, refused_by = null where mn = %(mn)s;
