-- How what goes upward does.

-- name: summary
-- Of each receiver in use the items of [from, to) by state, all or of one kind of period, and its backlog of any time;
-- timely ones arrived as live data.
select r.id, r.code, n.no_data, n.due, n.sent, n.confirmed, n.timely, b.backlog, b.oldest, s.connected, s.last_success
from upward_receiver r
left join upward_state s on s.receiver_id = r.id
cross join lateral (
    select count(*) filter (where i.state = 'no_data') as no_data, count(*) filter (where i.state = 'due') as due,
           count(*) filter (where i.state = 'sent') as sent, count(*) filter (where i.state = 'confirmed') as confirmed,
           count(*) filter (where i.state = 'confirmed' and not i.resent) as timely
    from upward_item i where i.receiver_id = r.id and i.start >= %(from)s and i.start < %(to)s
      and (%(period)s::text is null or i.period = %(period)s)
) n
cross join lateral (
    select count(*) as backlog, min(i.start) as oldest
    from upward_item i where i.receiver_id = r.id and i.state in ('due', 'sent')
) b
where r.active order by r.id;
