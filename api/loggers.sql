-- Data loggers as people read them: the list, one of them, its frames and reports.

-- name: loggers
-- Loggers, with what waits for them in quarantine and what of theirs is missing; of one that is not admitted also where its
-- newest message there came from, and that message.
select l.mn,
       case when st.id is not null then jsonb_build_object(
           'id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) end as station,
       st.enterprise, l.edition, l.admitted, l.admitted_at, l.admitted_by, l.refused_at, l.refused_by, l.has_password,
       l.has_key, l.online, l.since, least(l.first_seen, held.first_seen) as first_seen,
       greatest(l.last_seen, newest.last_seen_at) as last_seen, coalesce(newest.peer, l.peer) as peer, l.system, l.frames,
       l.defects, l.clock_offset_s, l.deviations, l.minute_interval_min, held.waiting, newest.payload as said,
       (select count(*) from logger_gap g where g.mn = l.mn and g.filled_at is null and g.given_up_at is null) as open_gaps
from logger l left join station_shown st on st.id = l.station_id
cross join lateral (
    select count(*) as waiting, case when not l.admitted then min(q.received_at) end as first_seen from quarantine q
    where q.released_at is null and split_part(q.topic, '/', 3) = 'hj212' and split_part(q.topic, '/', 4) = l.mn) held
left join lateral (
    select q.peer, q.payload, q.last_seen_at from quarantine q
    where q.released_at is null and split_part(q.topic, '/', 3) = 'hj212' and split_part(q.topic, '/', 4) = l.mn
    order by q.last_seen_at desc, q.id desc limit 1) newest on not l.admitted
where (%(after)s::text is null or l.mn > %(after)s)
  and (%(mn)s::text is null or l.mn = %(mn)s)
  and (%(admitted)s::boolean is null or l.admitted = %(admitted)s)
  and (%(online)s::boolean is null or l.online = %(online)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
order by l.mn limit %(limit)s;

-- name: sessions
-- The newest connections of a logger.
select id, peer, opened_at, last_at, closed_at, closed_by, frames, defects
from logger_session where mn = %(mn)s order by opened_at desc, id desc limit 20;

-- name: gaps
-- What of a logger is missing or was: open gaps first, then the newest.
select id, period, from_time, to_time, found_at,
       case when filled_at is not null then 'filled' when given_up_at is not null then 'given_up'
            when tries > 0 then 'asked' else 'found' end as state,
       tries, next_at, command_id, filled_at, given_up_at
from logger_gap where mn = %(mn)s
order by coalesce(filled_at, given_up_at) is not null, from_time desc, id desc limit 50;

-- name: frames_received
-- Frames as they came, received in a period, newest first.
select received_at, mn, st, cn, qn, pno, data_time, resent, source, peer, frame, encode(sha256(frame), 'hex') as digest
from raw_frame
where mn = %(mn)s and received_at >= %(from)s and received_at < %(to)s and (%(cn)s::text is null or cn = %(cn)s)
  and (%(after_at)s::timestamptz is null
       or (received_at, encode(sha256(frame), 'hex')) < (%(after_at)s, %(after_digest)s))
order by received_at desc, digest desc limit %(limit)s;

-- name: frames_of_data
-- Frames as they came, whose data are of a period, newest receipt first.
select received_at, mn, st, cn, qn, pno, data_time, resent, source, peer, frame, encode(sha256(frame), 'hex') as digest
from raw_frame
where mn = %(mn)s and data_time >= %(from)s and data_time < %(to)s and (%(cn)s::text is null or cn = %(cn)s)
  and (%(after_at)s::timestamptz is null
       or (received_at, encode(sha256(frame), 'hex')) < (%(after_at)s, %(after_digest)s))
order by received_at desc, digest desc limit %(limit)s;

-- name: reports
-- What a logger told beside values, newest first.
select mn, cn, time, encode(digest, 'hex') as digest, data, resent, received_at
from logger_report
where mn = %(mn)s and time >= %(from)s and time < %(to)s
  and (%(cn)s::text is null or cn = %(cn)s)
  and (%(after_time)s::timestamptz is null
       or (time, cn, encode(digest, 'hex')) < (%(after_time)s, %(after_cn)s, %(after_digest)s))
order by time desc, cn desc, encode(digest, 'hex') desc limit %(limit)s;
