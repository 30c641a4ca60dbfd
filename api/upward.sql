-- What goes to the platforms above us. Something is due as soon as its time is over; ``no_data`` is what we have not got
-- ourselves, it cannot be sent and is counted beside the rate.

-- name: receivers
-- Every receiver in use, how its connection does, and its items of [from, to), in all and by period.
select r.id, r.code, r.name_zh, r.name_en, r.protocol, r.address, r.edition, coalesce(s.connected, false) as connected, s.since,
       s.last_success, s.last_error, s.heartbeat_at,
       (select count(*) from upward_point p where p.receiver_id = r.id and (p.until is null or p.until > %(to)s)) as stations,
       (select min(i.start) from upward_item i
        where i.receiver_id = r.id and i.state in ('due', 'sent')) as oldest_backlog,
       (select count(*) from upward_item i where i.receiver_id = r.id and i.state in ('due', 'sent')) as backlog_ever,
       coalesce(c.periods, '[]'::jsonb) as periods
from upward_receiver r
left join upward_state s on s.receiver_id = r.id
left join lateral (
    select jsonb_agg(jsonb_build_object('period', n.period, 'due', n.no_data + n.waiting + n.sent + n.confirmed,
               'no_data', n.no_data, 'sent', n.sent + n.confirmed, 'confirmed', n.confirmed,
               'backlog', n.waiting + n.sent, 'resent', n.resent)
               order by array_position(array['instant', 'minute', 'hour', 'day'], n.period)) as periods
    from (
        select period, count(*) filter (where state = 'no_data') as no_data, count(*) filter (where state = 'due') as waiting,
               count(*) filter (where state = 'sent') as sent, count(*) filter (where state = 'confirmed') as confirmed,
               count(*) filter (where resent) as resent
        from upward_item where receiver_id = r.id and start >= %(from)s and start < %(to)s group by period
    ) n
) c on true
where r.active order by r.id;

-- name: receiver_named
-- A receiver by its code.
select id from upward_receiver where code = %(code)s order by id limit 1;

-- name: items
-- The things due to one receiver one by one, newest first: the list behind each number.
select i.station_id, jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       p.mn, i.period, i.start, i.state, i.resent, i.tries, i.first_sent_at, i.sent_at, i.confirmed_at
from upward_item i
join station st on st.id = i.station_id
left join upward_point p on p.receiver_id = i.receiver_id and p.station_id = i.station_id
where i.receiver_id = %(receiver)s and i.start >= %(from)s and i.start < %(to)s
  and (%(state)s::text[] is null or i.state = any(%(state)s))
  and (%(period)s::text is null or i.period = %(period)s)
  and (%(after_start)s::timestamptz is null
       or (i.start, i.station_id, i.period) < (%(after_start)s, %(after_station)s, %(after_period)s))
order by i.start desc, i.station_id desc, i.period desc limit %(limit)s;
