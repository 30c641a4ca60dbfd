-- The list of one receiver: what goes next, what went, what arrived.

-- name: receivers
-- Every receiver in use.
select r.id, r.code, r.protocol, r.address, r.edition, r.password, r.encryption_key, r.secret, p.timezone
from upward_receiver r join park p on p.id = r.park_id
where r.active order by r.id;

-- name: live
-- What is live of a receiver, the newest first. ``since`` of each kind of period is as far back as that can be.
with place as materialized (select * from upward_place where receiver_id = %(receiver)s)
select i.station_id, i.station, i.kind, i.mn, i.system, i.period, i.start, i.ends, i.resent, i.first_sent_at, i.digest
from unnest(%(names)s::text[], %(graces)s::interval[], %(sinces)s::timestamptz[]) as k (name, grace, since)
cross join lateral (
    select u.*, p.station, p.kind, p.mn, p.system, e.ends
    from upward_item u
    join place p on p.station_id = u.station_id
    cross join lateral (select upward_end(u.period, u.start, p.minute_min, p.zone) as ends) e
    where u.receiver_id = %(receiver)s and u.period = k.name and u.start >= k.since and u.state in ('due', 'sent')
      and u.next_at is null
      and e.ends + k.grace + %(live_periods)s * (e.ends - u.start) >= %(now)s::timestamptz
    order by u.start desc limit %(limit)s
) i
order by i.ends desc, i.period, i.station_id limit %(limit)s;

-- name: backlog
-- What is not confirmed of a receiver and not refused, the oldest first.
with oldest as materialized (
    select i.*
    from unnest(%(names)s::text[]) as k (name)
    cross join lateral (
        select * from upward_item u
        where u.receiver_id = %(receiver)s and u.period = k.name and u.state in ('due', 'sent') and u.next_at is null
        order by u.start limit %(limit)s
    ) i
    order by i.start limit %(limit)s
)
select i.station_id, p.station, p.kind, p.mn, p.system, i.period, i.start,
       upward_end(i.period, i.start, p.minute_min, p.zone), i.resent, i.first_sent_at, i.digest
from oldest i
join upward_place p on p.receiver_id = i.receiver_id and p.station_id = i.station_id
order by i.start;

-- name: rested
-- What a receiver refused and has rested the longest.
select i.station_id, p.station, p.kind, p.mn, p.system, i.period, i.start,
       upward_end(i.period, i.start, p.minute_min, p.zone), i.resent, i.first_sent_at, i.digest
from upward_item i
join upward_place p on p.receiver_id = i.receiver_id and p.station_id = i.station_id
where i.receiver_id = %(receiver)s and i.state in ('due', 'sent') and i.next_at <= %(now)s::timestamptz
order by i.next_at limit 1;

-- name: newest_sent
-- When something went to a receiver for the first time, the newest.
select max(first_sent_at) from upward_item where receiver_id = %(receiver)s and start >= %(oldest)s;

-- name: note_sent
-- These go now; ``first_sent_at`` is when what they say now went for the first time.
update upward_item i set
    state = 'sent', resent = s.resent, tries = least(i.tries + 1, 32767), first_sent_at = s.first_sent_at,
    digest = s.digest, sent_at = %(now)s, made_of = s.made_of, words = s.words
from unnest(%(stations)s::int[], %(periods)s::text[], %(starts)s::timestamptz[], %(resent)s::bool[], %(firsts)s::timestamptz[],
            %(digests)s::bytea[], %(made_of)s::int[], %(words)s::int[])
     as s (station_id, period, start, resent, first_sent_at, digest, made_of, words)
where i.receiver_id = %(receiver)s and i.station_id = s.station_id and i.period = s.period and i.start = s.start
  and i.start >= %(first)s and i.start <= %(last)s and i.state in ('due', 'sent');

-- name: note_empty
-- These had data when they became due and have none now.
update upward_item i set state = 'no_data', refusal = null, refusals = 0, next_at = null
from unnest(%(stations)s::int[], %(periods)s::text[], %(starts)s::timestamptz[]) as s (station_id, period, start)
where i.receiver_id = %(receiver)s and i.station_id = s.station_id and i.period = s.period and i.start = s.start
  and i.start >= %(first)s and i.start <= %(last)s and i.state in ('due', 'sent');

-- name: confirm
-- These arrived.
update upward_item i set state = 'confirmed', confirmed_at = %(now)s, refusal = null, refusals = 0, next_at = null
from unnest(%(stations)s::int[], %(periods)s::text[], %(starts)s::timestamptz[]) as s (station_id, period, start)
where i.receiver_id = %(receiver)s and i.station_id = s.station_id and i.period = s.period and i.start = s.start
  and i.start >= %(first)s and i.start <= %(last)s and i.state in ('due', 'sent');

-- name: note_refused
-- The receiver does not take this one, whatever is sent beside it: it rests, each time twice as long, at last for a day.
-- Where the receiver takes others it counts, and is given up after so many times or when it is older than ``oldest``.
update upward_item set
    refusal = %(reason)s, refusals = least(refusals + %(takes_others)s::bool::int, %(most)s),
    next_at = case when %(takes_others)s and (refusals + 1 >= %(most)s or start < %(oldest)s::timestamptz) then 'infinity'
                   else %(now)s::timestamptz + least(%(rest)s::interval * 2 ^ refusals, '1 day') end
where receiver_id = %(receiver)s and station_id = %(station)s and period = %(period)s and start = %(start)s
  and state in ('due', 'sent');

-- name: note_state
-- How the connection to a receiver does; ``since`` moves only when it changes. An error is over once something arrived.
insert into upward_state as s (receiver_id, connected, since, last_success, last_error, last_error_at, heartbeat_at)
values (%(receiver)s, %(connected)s, %(now)s, %(success)s, %(error)s,
        case when %(error)s::text is not null then %(now)s::timestamptz end, %(now)s)
on conflict (receiver_id) do update set
    connected = excluded.connected,
    since = case when s.connected = excluded.connected then s.since else excluded.since end,
    last_success = coalesce(excluded.last_success, s.last_success),
    last_error = case when excluded.last_success is null then coalesce(excluded.last_error, s.last_error) end,
    last_error_at = case when excluded.last_success is null then coalesce(excluded.last_error_at, s.last_error_at) end,
    heartbeat_at = excluded.heartbeat_at;
