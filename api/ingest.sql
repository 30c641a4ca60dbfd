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
-- What was refused, newest first. One reason of a logger's frame may have several causes; the sentence tells which.
select q.id, q.topic, q.reason, q.detail, c.cause, l.loggers, q.source, q.station_id, st.code as station, q.items, q.seen,
       length(q.payload) as bytes, q.received_at, q.last_seen_at, q.released_at, q.released_by
from quarantine q left join station st on st.id = q.station_id
cross join lateral (
    select case
        when q.reason = 'wrong_feed' and (split_part(q.topic, '/', 3) = st.kind or q.detail like '%% takes its data from HJ 212 %%')
            then 'logger_delivers'
        when split_part(q.topic, '/', 3) <> 'hj212' then null
        when q.reason = 'unknown_station' then case when q.detail like 'PW of %%' then 'wrong_password' else 'not_admitted' end
        when q.reason = 'bad_crc' then case when q.detail like '%% the SM4 key %%' then 'wrong_key'
            when q.detail like '%% no key is set%%' then 'no_key' else 'wrong_check' end
    end as cause
) c
cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('mn', l.mn, 'admitted', l.admitted,
        'since', case when l.admitted then l.admitted_at end) order by l.mn), '[]') as loggers
    from logger l
    where l.mn = split_part(q.topic, '/', 4) and split_part(q.topic, '/', 3) = 'hj212'
       or c.cause = 'logger_delivers' and l.station_id = q.station_id and l.admitted
) l
where (%(after)s::bigint is null or q.id < %(after)s)
  and (%(reason)s::text[] is null or q.reason = any(%(reason)s))
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(released)s::boolean is null or (q.released_at is not null) = %(released)s)
  and (%(from)s::timestamptz is null or q.received_at >= %(from)s)
  and (%(to)s::timestamptz is null or q.received_at < %(to)s)
order by q.id desc limit %(limit)s;

-- name: quarantined
-- One refused message with its bytes.
select q.id, q.topic, q.reason, q.detail, c.cause, l.loggers, q.source, q.station_id, st.code as station, q.items, q.seen,
       length(q.payload) as bytes, q.received_at, q.last_seen_at, q.released_at, q.released_by, q.payload
from quarantine q left join station st on st.id = q.station_id
cross join lateral (
    select case
        when q.reason = 'wrong_feed' and (split_part(q.topic, '/', 3) = st.kind or q.detail like '%% takes its data from HJ 212 %%')
            then 'logger_delivers'
        when split_part(q.topic, '/', 3) <> 'hj212' then null
        when q.reason = 'unknown_station' then case when q.detail like 'PW of %%' then 'wrong_password' else 'not_admitted' end
        when q.reason = 'bad_crc' then case when q.detail like '%% the SM4 key %%' then 'wrong_key'
            when q.detail like '%% no key is set%%' then 'no_key' else 'wrong_check' end
    end as cause
) c
cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('mn', l.mn, 'admitted', l.admitted,
        'since', case when l.admitted then l.admitted_at end) order by l.mn), '[]') as loggers
    from logger l
    where l.mn = split_part(q.topic, '/', 4) and split_part(q.topic, '/', 3) = 'hj212'
       or c.cause = 'logger_delivers' and l.station_id = q.station_id and l.admitted
) l
where q.id = %(id)s;

-- name: conflicts
-- Second, different values for readings that are stored; the stored one stays.
select c.id, c.sensor_id, s.station, s.quantity, c.time, c.value, c.flag::text as flag, c.other_value,
       c.other_flag::text as other_flag, c.source, c.received_at
from reading_conflict c join sensor_shown s on s.id = c.sensor_id
where (%(after)s::bigint is null or c.id < %(after)s) and (%(sensor)s::int is null or c.sensor_id = %(sensor)s)
order by c.id desc limit %(limit)s;
