-- What is missing and what was seen around it.

-- name: reach
-- From when on anything was due (the first message this platform ever stored), and until when hours are decided.
select (select date_trunc('minute', min(minute)) from ledger where stored > 0),
       (select done_until from record_progress where job = 'missing hours');

-- name: note_progress
-- Hours before this instant are decided.
insert into record_progress (job, done_until) values ('missing hours', %(until)s)
on conflict (job) do update set done_until = excluded.done_until;

-- name: stations
-- Stations that something is due of.
select distinct station_id from sensor x join station st on st.id = x.station_id
where st.active and st.stream_class in ('emission', 'ambient') and x.active and x.admitted and x.due_since is not null
order by 1;

-- name: open_hours
-- Hours whose missing data may still come, or whose evidence may.
select station_id, hour from missing_hour
where resolved_at is null and hour >= %(since)s and hour < %(until)s order by hour, station_id;

-- name: heard
-- Of each hour of a station each sensor that is due in it: since and until when, how far apart its data come [min], and
-- the minutes with data by their number in the hour, from those before it that still count to the first behind it; null
-- where it has every minute.
with pace as materialized (
    select station_id, max(minute_interval_min) as minutes from logger where admitted group by 1
),
due as materialized (
    select x.id, x.station_id, x.quantity || case x.form when '' then '' else '-' || x.form end as name, x.period_s,
           greatest(x.due_since, x.admitted_at) as since, x.due_until as until,
           greatest(ceil(x.period_s / 60.0), p.minutes)::int as step_min
    from sensor x left join pace p on p.station_id = x.station_id
    where x.station_id = any(%(stations)s::int[]) and x.active and x.admitted and x.due_since is not null
)
select h.station_id, h.hour, d.name, d.since, d.until, d.step_min, d.period_s > 30, m.minutes
from unnest(%(stations)s::int[], %(hours)s::timestamptz[]) as h (station_id, hour)
join due d on d.station_id = h.station_id and d.step_min <= 60
              and d.since < h.hour + interval '1 hour' and (d.until is null or d.until > h.hour)
cross join lateral (
    select case when count(*) filter (where m.time >= h.hour and m.time < h.hour + interval '1 hour') < 60
                then coalesce(array_agg((extract(epoch from m.time - h.hour) / 60)::int), '{}') end as minutes
    from minute m
    where m.sensor_id = d.id and m.time <= h.hour + interval '1 hour'
      and m.time >= h.hour - greatest(d.step_min, 1) * interval '1 minute'
      and m.time >= %(first)s::timestamptz and m.time <= %(last)s::timestamptz
) m
order by h.hour, h.station_id, d.name;

-- name: edges
-- Of each hour the last minute with data before it and the first behind it.
select h.station_id, h.hour, b.time, a.time
from unnest(%(stations)s::int[], %(hours)s::timestamptz[]) as h (station_id, hour)
cross join lateral (
    select max(n.time) as time from sensor x cross join lateral (
        select m.time from minute m where m.sensor_id = x.id and m.time < h.hour and m.time >= %(oldest)s
        order by m.time desc limit 1) n
    where x.station_id = h.station_id and x.active and x.admitted and x.due_since is not null
) b
cross join lateral (
    select min(n.time) as time from sensor x cross join lateral (
        select m.time from minute m where m.sensor_id = x.id and m.time >= h.hour + interval '1 hour'
        order by m.time limit 1) n
    where x.station_id = h.station_id and x.active and x.admitted and x.due_since is not null
) a;

-- name: owners
-- Of each station its feed, its time zone, the loggers that are admitted for it, and how often they report [min].
select st.id, st.feed, p.timezone, array(select l.mn from logger l where l.station_id = st.id and l.admitted order by 1),
       coalesce((select max(l.minute_interval_min) from logger l where l.station_id = st.id and l.admitted), 1)::int
from station st join park p on p.id = st.park_id
where st.id = any(%(stations)s::int[]);

-- name: outages
-- When feeds of ours did not work.
select feed, began_at, ended_at from feed_outage where ended_at > %(first)s and began_at < %(last)s order by began_at;

-- name: windows
-- What enterprises filed for whole stations.
select station_id, kind || ' ' || id, starts_at, ends_at from maintenance_window
where station_id = any(%(stations)s::int[]) and sensor_id is null and cancelled_at is null
  and kind in ('maintenance', 'calibration', 'shutdown') and ends_at > %(first)s and starts_at < %(last)s
order by starts_at, id;

-- name: sessions
-- Sessions of loggers within a time and the last two before it, each with the loggers that the network lost with it.
select s.id, s.mn, s.opened_at, s.last_at, s.closed_at, s.closed_by, array(
           select distinct o.mn from logger_session o
           where o.closed_by = 'network' and o.mn <> s.mn
             and o.closed_at between s.closed_at - interval '30 seconds' and s.closed_at + interval '30 seconds'
           order by 1 limit 5)
from unnest(%(mns)s::text[]) as l (mn)
cross join lateral (
    select * from logger_session w where w.mn = l.mn and w.opened_at >= %(first)s and w.opened_at < %(last)s
    union all
    (select * from logger_session w where w.mn = l.mn and w.opened_at < %(first)s order by w.opened_at desc limit 2)
) s
order by s.opened_at, s.id;

-- name: spoke
-- The minutes within and half an hour around hours of stations in which something whole came from their loggers: the name
-- on a torn frame may be anybody's.
select h.station_id, g.minute
from unnest(%(silent)s::int[], %(hours)s::timestamptz[]) as h (station_id, hour)
cross join generate_series(h.hour - interval '30 minutes', h.hour + interval '90 minutes', interval '1 minute') as g (minute)
cross join lateral (
    select from ledger l
    where l.minute = g.minute and l.source = 'hj212' and l.station_id = h.station_id
      and l.stored + l.duplicate > 0 limit 1
) l;

-- name: restarts
-- What loggers told of their own starts.
select mn, time, data ->> 'RestartTime' from logger_report
where mn = any(%(mns)s::text[]) and cn = '2081' and time >= %(first)s and time < %(last)s order by time, mn;

-- name: presences
-- What stations said of themselves within a time, and the last before it.
select s.station_id, p.at, p.online
from unnest(%(stations)s::int[]) as s (station_id)
cross join lateral (
    select * from station_presence w where w.station_id = s.station_id and w.at >= %(first)s and w.at < %(last)s
    union all
    (select * from station_presence w where w.station_id = s.station_id and w.at < %(first)s order by w.at desc limit 1)
) p
order by p.at;

-- name: note_missing
-- What is missing and why; the same again changes nothing.
insert into missing_hour as h (station_id, hour, due, present, sensor_due, sensor_present, cause, minutes, evidence, decided_at)
values (%(station_id)s, %(hour)s, %(due)s, %(present)s, %(sensor_due)s, %(sensor_present)s, %(cause)s, %(minutes)s,
        %(evidence)s, %(now)s)
on conflict (station_id, hour) do update set
    due = excluded.due, present = excluded.present, sensor_due = excluded.sensor_due,
    sensor_present = excluded.sensor_present, cause = excluded.cause, minutes = excluded.minutes,
    evidence = excluded.evidence, decided_at = excluded.decided_at
where (h.due, h.present, h.sensor_due, h.sensor_present, h.cause, h.minutes, h.evidence) is distinct from
      (excluded.due, excluded.present, excluded.sensor_due, excluded.sensor_present, excluded.cause, excluded.minutes,
       excluded.evidence);

-- name: resolve
-- The data came after all.
update missing_hour set present = due, sensor_present = sensor_due, resolved_at = %(now)s
where station_id = %(station_id)s and hour = %(hour)s and resolved_at is null;
