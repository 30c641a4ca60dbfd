-- The ledger and the quarantine as people read them.

-- name: ledger_minutes
-- The ledger by minute of receipt, source and station, newest first.
select l.minute, l.source, nullif(l.station_id, 0) as station_id, st.code as station, l.received, l.stored, l.duplicate,
       l.quarantined, l.gap
from ledger l left join station st on st.id = l.station_id
where (%(after_minute)s::timestamptz is null
       or (l.minute, l.source, l.station_id) < (%(after_minute)s, %(after_source)s, %(after_station)s))
  and l.minute >= %(from)s and l.minute < %(to)s
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(source)s::text is null or l.source = %(source)s)
order by l.minute desc, l.source desc, l.station_id desc
limit %(limit)s;

-- name: ledger_total
-- The ledger of a period in all.
select coalesce(sum(l.received), 0)::bigint as received, coalesce(sum(l.stored), 0)::bigint as stored,
       coalesce(sum(l.duplicate), 0)::bigint as duplicate, coalesce(sum(l.quarantined), 0)::bigint as quarantined,
       coalesce(sum(l.gap), 0)::bigint as gap
from ledger l left join station st on st.id = l.station_id
where l.minute >= %(from)s and l.minute < %(to)s
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(source)s::text is null or l.source = %(source)s);

-- name: quarantine
-- What was refused, newest first, and which loggers it may be about. A sender is the beginning of its topics.
select q.id, q.topic, q.reason, q.detail, l.loggers, st.kind, q.source, q.station_id, st.code as station, q.items, q.seen,
       length(q.payload) as bytes, q.received_at, q.last_seen_at, q.released_at, q.released_by
from quarantine q left join station st on st.id = q.station_id
cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('mn', l.mn, 'admitted', l.admitted,
        'since', case when l.admitted then l.admitted_at end) order by l.mn), '[]') as loggers
    from logger l
    where l.mn = split_part(q.topic, '/', 4) and split_part(q.topic, '/', 3) = 'hj212'
       or q.reason = 'wrong_feed' and l.station_id = q.station_id and l.admitted
) l
where (%(after)s::bigint is null or q.id < %(after)s)
  and (%(reason)s::text[] is null or q.reason = any(%(reason)s))
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(released)s::boolean is null or (q.released_at is not null) = %(released)s)
  and (%(sender)s::text is null or array_to_string((string_to_array(q.topic, '/'))[1:4], '/') = %(sender)s)
  and (%(q)s::text is null or strpos(lower(q.topic || ' ' || q.detail), lower(%(q)s)) > 0)
  and (%(from)s::timestamptz is null or q.received_at >= %(from)s)
  and (%(to)s::timestamptz is null or q.received_at < %(to)s)
order by q.id desc limit %(limit)s;

-- name: quarantine_groups
-- What waits, by reason and sender, the most first, each with its newest message.
select g.*, q.topic, q.detail, st.kind, st.code as station
from (
    select q.reason, array_to_string((string_to_array(q.topic, '/'))[1:4], '/') as sender, count(*) as messages,
           sum(q.items)::bigint as items, sum(q.seen)::bigint as seen, min(q.received_at) as first_at,
           max(q.last_seen_at) as last_at, max(q.id) as newest
    from quarantine q
    where q.released_at is null and (%(reason)s::text[] is null or q.reason = any(%(reason)s))
      and (%(q)s::text is null or strpos(lower(q.topic || ' ' || q.detail), lower(%(q)s)) > 0)
    group by 1, 2
) g join quarantine q on q.id = g.newest left join station st on st.id = q.station_id
order by g.messages desc, g.newest desc limit %(limit)s;

-- name: group_messages
-- Messages of a group that wait and were not seen again since, oldest first, and how many there are in all.
select q.id, count(*) over () as n from quarantine q
where q.released_at is null and q.reason = %(reason)s and q.last_seen_at <= %(before)s
  and array_to_string((string_to_array(q.topic, '/'))[1:4], '/') = %(sender)s
order by q.last_seen_at, q.id limit %(limit)s;

-- name: quarantined
-- One refused message with its bytes.
select q.id, q.topic, q.reason, q.detail, l.loggers, st.kind, q.source, q.station_id, st.code as station, q.items, q.seen,
       length(q.payload) as bytes, q.received_at, q.last_seen_at, q.released_at, q.released_by, q.payload
from quarantine q left join station st on st.id = q.station_id
cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('mn', l.mn, 'admitted', l.admitted,
        'since', case when l.admitted then l.admitted_at end) order by l.mn), '[]') as loggers
    from logger l
    where l.mn = split_part(q.topic, '/', 4) and split_part(q.topic, '/', 3) = 'hj212'
       or q.reason = 'wrong_feed' and l.station_id = q.station_id and l.admitted
) l
where q.id = %(id)s;

-- name: conflicts
-- Second, different values for readings that are stored; the stored one stays.
select c.id, c.sensor_id, s.station, s.quantity, c.time, c.value, c.flag::text as flag, c.other_value,
       c.other_flag::text as other_flag, c.source, c.received_at
from reading_conflict c join sensor_shown s on s.id = c.sensor_id
where (%(after)s::bigint is null or c.id < %(after)s) and (%(sensor)s::int is null or c.sensor_id = %(sensor)s)
order by c.id desc limit %(limit)s;
