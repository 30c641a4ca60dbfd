-- What of loggers is missing, and fetching it back.

-- name: watched
-- Loggers whose data may be due, and the sensors with the newest data first. Sensors that deliver more rarely than minute
-- data come say nothing of minutes.
select l.mn, p.timezone, l.minute_interval_min,
       array_agg(s.id order by n.time desc nulls last, s.id) as sensors,
       coalesce(array_agg(s.id order by n.time desc nulls last, s.id)
                filter (where s.period_s <= 60 * l.minute_interval_min), '{}') as minutely,
       min(s.due_since) as since,
       case when bool_or(s.due_until is null) then null else max(s.due_until) end as until
from logger l
join station st on st.id = l.station_id and st.active
join park p on p.id = st.park_id
join sensor s on s.station_id = st.id and s.active and s.admitted and s.due_since <= %(now)s
left join latest n on n.sensor_id = s.id
where l.admitted
group by l.mn, p.timezone, l.minute_interval_min
order by l.mn;

-- name: first_seen
-- Since when sensors have delivered minutes, and hours or minutes of their logger's own, as far as that matters: of the
-- time before ``since`` any instant will do, and only those are asked that may have one.
select s.id, m.time, r.start
from unnest(%(sensors)s::int[], %(older)s::bool[]) as asked (id, older)
join sensor s on s.id = asked.id
cross join lateral (
    select coalesce(
        case when asked.older then (
            select m.time from minute m
            where m.sensor_id = s.id and m.time < %(since)s and m.time >= s.due_since order by m.time desc limit 1
        ) end,
        (select m.time from minute m where m.sensor_id = s.id and m.time >= %(since)s order by m.time limit 1)
    ) as time
) m
cross join lateral (
    select min(one.start) as start
    from (values ('minute'), ('hour')) as computed (period)
    cross join lateral (
        select coalesce(
            case when asked.older then (
                select c.start from reported_record c
                where c.sensor_id = s.id and c.period = computed.period and c.start < %(since)s
                  and c.start >= s.due_since
                order by c.start desc limit 1
            ) end,
            (select c.start from reported_record c
             where c.sensor_id = s.id and c.period = computed.period and c.start >= %(since)s
             order by c.start limit 1)
        ) as start
    ) one
) r
where m.time is not null or r.start is not null;

-- name: islands
-- Where a sensor has no minute, within spans of whole slots: the slots between one row and the next, by the span's place.
select p.place, g.starts, g.ends
from unnest(%(places)s::int[], %(sensors)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(slots)s::interval[])
     as p (place, sensor_id, starts, ends, slot)
cross join lateral (
    select date_bin(p.slot, m.time, p.starts) + p.slot as starts,
           coalesce(date_bin(p.slot, lead(m.time) over (order by m.time), p.starts), p.ends) as ends
    from minute m
    where m.sensor_id = p.sensor_id and m.time >= p.starts and m.time < p.ends
      and m.time >= %(first)s and m.time < %(last)s
    union all
    select p.starts, coalesce(date_bin(p.slot, (
        select m.time from minute m
        where m.sensor_id = p.sensor_id and m.time >= p.starts and m.time < p.ends
          and m.time >= %(first)s and m.time < %(last)s
        order by m.time limit 1), p.starts), p.ends)
) g
where g.starts < g.ends
order by p.place, g.starts;

-- name: computed
-- Which hours or days loggers have computed since a time of each, by the logger's place.
select distinct p.place, r.start
from unnest(%(places)s::int[], %(sensors)s::int[], %(starts)s::timestamptz[]) as p (place, sensor_id, starts)
cross join lateral (
    select r.start from reported_record r
    where r.sensor_id = p.sensor_id and r.period = %(period)s and r.start >= p.starts
      and r.start >= %(first)s and r.start < %(last)s
    offset 0
) r;

-- name: known
-- Gaps that are not filled: those that may be asked for, and those that were given up and may not.
select g.mn, g.period, g.id, g.from_time, g.to_time, g.given_up_at is null, g.command_id is not null
from logger_gap g
where g.filled_at is null and g.to_time > %(since)s
order by g.mn, g.period, g.from_time;

-- name: settle
-- What was asked for has been answered or not, and what came is stored by now: the next time waits longer.
update logger_gap g set
    command_id = null,
    no_data = g.no_data + (c.state = 'done' and c.exe_rtn is not distinct from %(no_data)s)::int,
    next_at = coalesce(c.finished_at, %(now)s::timestamptz) + (%(waits)s::interval[])[least(g.tries, cardinality(%(waits)s::interval[]))]
from logger_command c
where g.command_id is not null and c.id = g.command_id and c.state not in ('waiting_second', 'queued', 'sent', 'accepted')
  and (c.finished_at is null or c.finished_at <= %(now)s::timestamptz - %(stored)s::interval);

-- name: fill
-- Nothing of it is missing any more, or only a later part, which is a gap of its own.
update logger_gap set filled_at = %(now)s where id = any(%(ids)s);

-- name: shorten
-- Its later part has come: the logger has them, so it is asked for the rest at once.
update logger_gap g set to_time = s.to_time, tries = 0, no_data = 0, next_at = %(now)s
from unnest(%(ids)s::bigint[], %(ends)s::timestamptz[]) as s (id, to_time) where s.id = g.id;

-- name: grow
-- More is missing behind it.
update logger_gap g set to_time = s.to_time
from unnest(%(ids)s::bigint[], %(ends)s::timestamptz[]) as s (id, to_time) where s.id = g.id;

-- name: add
-- New gaps; one that was filled and is missing again is open again.
insert into logger_gap as g (mn, period, from_time, to_time, found_at, next_at)
select mn, period, from_time, to_time, %(now)s, next_at
from unnest(%(mns)s::text[], %(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(next)s::timestamptz[])
     as n (mn, period, from_time, to_time, next_at)
order by mn, period, from_time
on conflict (mn, period, from_time) do update set
    to_time = excluded.to_time, found_at = excluded.found_at, next_at = excluded.next_at, tries = 0, no_data = 0,
    filled_at = null
where g.filled_at is not null;

-- name: give_up
-- Asked for often enough, or so old that it is not asked for any more.
update logger_gap set given_up_at = %(now)s
where filled_at is null and given_up_at is null and command_id is null
  and (tries >= %(tries)s or no_data >= %(no_data)s or to_time <= %(since)s);

-- name: due
-- The next gaps to ask for: of each logger that is there and is not fetching already one, minutes first, the oldest first;
-- as many as there is room for among those that run, what was asked for least often first.
select d.id, d.mn, d.period, d.from_time, d.to_time, d.minute_interval_min, d.timezone
from (
    select distinct on (g.mn) g.id, g.mn, g.period, g.from_time, g.to_time, l.minute_interval_min, p.timezone,
           g.tries, array_position(array['minute', 'hour', 'day'], g.period) as rank
    from logger_gap g
    join logger l on l.mn = g.mn and l.admitted
    join station st on st.id = l.station_id
    join park p on p.id = st.park_id
    where g.filled_at is null and g.given_up_at is null and g.command_id is null
      and g.next_at <= %(now)s and g.mn = any(%(online)s)
      and not exists (
          select from logger_command c
          where c.state in ('queued', 'sent', 'accepted') and c.mn = g.mn and c.cause = 'gap'
      )
    order by g.mn, rank, g.from_time
) d
order by d.tries, d.rank, d.from_time, d.mn
limit greatest(%(at_once)s - (
    select count(*) from logger_command c
    where c.state in ('queued', 'sent', 'accepted') and c.cause = 'gap' and c.mn = any(%(online)s)
), 0);

-- name: ask
-- Ask loggers for gaps, one each.
with wanted as (
    select * from unnest(%(ids)s::bigint[], %(mns)s::text[], %(cns)s::text[], %(parameters)s::jsonb[])
        as w (id, mn, cn, parameters)
), asked as (
    insert into logger_command (mn, cn, parameters, cause, state, requested_by, requested_at)
    select w.mn, w.cn, w.parameters, 'gap', 'queued', 'system', %(now)s from wanted w order by w.mn
    returning id, mn
)
update logger_gap g set command_id = asked.id, tries = g.tries + 1
from asked join wanted w on w.mn = asked.mn where g.id = w.id;

-- name: drop_old_gaps
-- What is over and done with; a few at a time.
delete from logger_gap where id in (
    select g.id from logger_gap g
    where g.to_time < %(before)s and (g.filled_at is not null or g.given_up_at is not null) and g.command_id is null
    order by g.to_time limit %(limit)s
);

-- name: drop_old_requests
-- What we asked of ourselves; what people ordered is kept. A few at a time.
delete from logger_command where id in (
    select c.id from logger_command c
    where c.cause <> 'person' and c.requested_at < %(before)s and c.state not in ('queued', 'sent', 'accepted')
      and not exists (select from logger_gap g where g.command_id = c.id)
    order by c.requested_at limit %(limit)s
);
