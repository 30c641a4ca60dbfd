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
select id, topic, reason, cause, detail, loggers, source, station_id, station, items, seen, bytes, received_at, last_seen_at,
       released_at, released_by
from refused_message
where (%(after)s::bigint is null or id < %(after)s)
  and (%(reason)s::text[] is null or reason = any(%(reason)s))
  and (%(station)s::text is null or station = %(station)s or station_id::text = %(station)s)
  and (%(released)s::boolean is null or (released_at is not null) = %(released)s)
  and (%(sender)s::text is null or sender = %(sender)s)
  and (%(q)s::text is null or strpos(lower(topic || ' ' || detail), lower(%(q)s)) > 0)
  and (%(from)s::timestamptz is null or received_at >= %(from)s)
  and (%(to)s::timestamptz is null or received_at < %(to)s)
order by id desc limit %(limit)s;

-- name: quarantine_groups
-- What waits, by reason and sender, the most first, each with its newest message.
select g.*, m.topic, m.cause, m.detail, m.station
from (
    select reason, sender, count(*) as messages, sum(items)::bigint as items, sum(seen)::bigint as seen,
           min(received_at) as first_at, max(last_seen_at) as last_at, max(id) as newest
    from refused_message
    where released_at is null and (%(reason)s::text[] is null or reason = any(%(reason)s))
      and (%(q)s::text is null or strpos(lower(topic || ' ' || detail), lower(%(q)s)) > 0)
    group by 1, 2
) g join refused_message m on m.id = g.newest
order by g.messages desc, g.newest desc limit %(limit)s;

-- name: group_messages
-- Messages of a group that wait and were not seen again since, oldest first, and how many there are in all.
select id, count(*) over () as n from refused_message
where released_at is null and reason = %(reason)s and last_seen_at <= %(before)s and sender = %(sender)s
order by last_seen_at, id limit %(limit)s;

-- name: quarantined
-- One refused message with its bytes.
select id, topic, reason, cause, detail, loggers, source, station_id, station, items, seen, bytes, received_at, last_seen_at,
       released_at, released_by, payload
from refused_message where id = %(id)s;

-- name: conflicts
-- Second, different values for readings that are stored; the stored one stays.
select c.id, c.sensor_id, s.station, s.quantity, c.time, c.value, c.flag::text as flag, c.other_value,
       c.other_flag::text as other_flag, c.source, c.received_at
from reading_conflict c join sensor_shown s on s.id = c.sensor_id
where (%(after)s::bigint is null or c.id < %(after)s) and (%(sensor)s::int is null or c.sensor_id = %(sensor)s)
order by c.id desc limit %(limit)s;
