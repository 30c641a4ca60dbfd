-- The platforms above us, and the list behind the rates of ``records.upward.summary``.

-- name: receivers
-- Every receiver in use, how its connection does, and what part of [from, now) its items reach over.
select r.id, r.code, r.name_zh, r.name_en, r.protocol, r.address, r.edition, s.since, s.last_error, s.last_error_at,
       s.heartbeat_at,
       (select count(*) from upward_point p where p.receiver_id = r.id and (p.until is null or p.until > %(now)s)) as stations,
       i.counted_from, i.counted_to
from upward_receiver r left join upward_state s on s.receiver_id = r.id
cross join lateral (
    select min(i.start) as counted_from,
           max(i.start + case i.period when 'day' then interval '1 day' when 'hour' then interval '1 hour'
                                       when 'minute' then interval '1 minute' else interval '0' end) as counted_to
    from upward_item i where i.receiver_id = r.id and i.start >= %(from)s and i.start < %(now)s
) i
where r.active order by r.id;

-- name: receiver_named
-- A receiver by its code.
select id from upward_receiver where code = %(code)s order by id limit 1;

-- name: items
-- The things due to one receiver one by one, newest first: the list behind each number.
select i.station_id, jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       p.mn, i.period, i.start, i.state, i.resent, i.tries, i.first_sent_at, i.sent_at, i.confirmed_at, i.refusal
from upward_item i
join station st on st.id = i.station_id
left join upward_point p on p.receiver_id = i.receiver_id and p.station_id = i.station_id
where i.receiver_id = %(receiver)s and i.start >= %(from)s and i.start < %(to)s
  and (%(state)s::text[] is null or i.state = any(%(state)s))
  and (%(period)s::text is null or i.period = %(period)s)
  and (%(after_start)s::timestamptz is null
       or (i.start, i.station_id, i.period) < (%(after_start)s, %(after_station)s, %(after_period)s))
order by i.start desc, i.station_id desc, i.period desc limit %(limit)s;
