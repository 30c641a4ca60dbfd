-- What is due to whom. A period is noted once it is over and its grace is past; the newest one noted of each point is
-- how far we are.

-- name: new_periods
-- Of each point and kind of period the first and last start that are over and not yet noted; [first, last] with its step.
select p.receiver_id, p.station_id, k.name, p.protocol, p.zone, g.step, n.first, n.last
from upward_place p
join unnest(%(names)s::text[], %(graces)s::interval[]) as k (name, grace) on k.name = any(p.periods)
cross join lateral (
    select case k.name when 'day' then interval '1 day' when 'hour' then interval '1 hour'
                when 'minute' then p.minute_min * interval '1 minute' else interval '1 minute' end as step,
           timestamp '2000-01-01' at time zone p.zone as origin,
           greatest(p.since, %(oldest)s::timestamptz,
                    (select max(i.start) + interval '1 microsecond' from upward_item i
                     where i.receiver_id = p.receiver_id and i.station_id = p.station_id and i.period = k.name
                       and i.start >= %(oldest)s)) - interval '1 microsecond' as after
) g
cross join lateral (
    select case k.name when 'day' then date_add(date_trunc('day', g.after, p.zone), '1 day', p.zone)
                else date_bin(g.step, g.after, g.origin) + g.step end as first,
           least(p.until - interval '1 microsecond',
                 case k.name when 'day' then date_subtract(date_trunc('day', %(now)s::timestamptz - k.grace, p.zone), '1 day', p.zone)
                      else date_bin(g.step, %(now)s::timestamptz - k.grace, g.origin) - g.step end) as last
) n
where p.active and n.first <= n.last
order by 1, 2, 3;

-- name: note_new
-- Note them: due where minutes or the logger's own records are there, else no_data.
with span as (
    select * from unnest(%(receivers)s::int[], %(stations)s::int[], %(names)s::text[], %(protocols)s::text[],
                         %(zones)s::text[], %(steps)s::interval[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[])
                  as s (receiver_id, station_id, period, protocol, zone, step, first, last)
),
held as (
    select s.receiver_id, s.station_id, s.period,
           case s.period when 'day' then date_trunc('day', d.time, s.zone)
                else date_bin(s.step, d.time, s.first) end as start
    from span s
    join upward_sensor x on x.station_id = s.station_id and (s.protocol <> 'hj212' or not x.own)
    cross join lateral (
        select m.time from minute m
        where m.sensor_id = x.id and m.time >= s.first and m.time < date_add(s.last, s.step, s.zone)
          and m.time >= x.since and m.time >= %(first)s and m.time < %(end)s
        union all
        select o.start from reported_record o
        where o.sensor_id = x.id and o.period = s.period and o.start >= s.first and o.start <= s.last
          and o.start >= x.since and o.start >= %(first)s and o.start < %(end)s
    ) d
    group by 1, 2, 3, 4
)
insert into upward_item (receiver_id, station_id, period, start, state)
select s.receiver_id, s.station_id, s.period, g.start, case when h.start is null then 'no_data' else 'due' end
from span s
cross join lateral generate_series(s.first, s.last, s.step, s.zone) as g (start)
left join held h on h.receiver_id = s.receiver_id and h.station_id = s.station_id and h.period = s.period
                    and h.start = g.start
order by 1, 2, 3, 4
on conflict do nothing;

-- name: heard_since
-- Stations that anything was stored of since an instant; without one every station.
select id from station
where active and (%(since)s::timestamptz is null
                  or id in (select station_id from ledger where minute >= %(since)s and stored > 0));

-- name: note_late
-- What we had no data of and have now is due after all, as re-sent data.
update upward_item i set state = 'due', resent = true
from upward_place p
where i.state = 'no_data' and i.start >= %(oldest)s and i.station_id = any(%(stations)s::int[])
  and p.receiver_id = i.receiver_id and p.station_id = i.station_id and p.active
  and exists (
      select from upward_sensor x
      cross join lateral (
          select 1 from minute m
          where m.sensor_id = x.id and m.time >= i.start and m.time >= x.since and m.time >= %(oldest)s
            and m.time < upward_end(i.period, i.start, p.minute_min, p.zone)
          union all
          select 1 from reported_record o
          where o.sensor_id = x.id and o.period = i.period and o.start = i.start and o.start >= x.since
            and o.start >= %(oldest)s
      ) d
      where x.station_id = i.station_id and (p.protocol <> 'hj212' or not x.own));

-- name: note_revised
-- Hours and days that arrived and are not what we would say now: a logger had a further word, or minutes that were
-- missing came. They go once more; what they say now decides whether as another message.
with place as materialized (
    select receiver_id, station_id, zone, minute_min from upward_place
    where active and protocol = 'hj212' and station_id = any(%(stations)s::int[])
),
arrived as materialized (
    select i.*, p.zone, p.minute_min
    from place p join upward_item i on i.receiver_id = p.receiver_id and i.station_id = p.station_id
    where i.state = 'confirmed' and i.period in ('hour', 'day') and i.start >= %(oldest)s
),
said as (
    select x.station_id, k.period, date_trunc(k.period, o.start, x.zone) as start, count(*) as words
    from (select distinct u.*, p.zone from place p join upward_sensor u on u.station_id = p.station_id and not u.own) x
    cross join unnest(array['hour', 'day']) as k (period)
    cross join lateral (
        select r.start from reported_record r
        where r.sensor_id = x.id and r.period = k.period and r.start >= x.since and r.start >= %(oldest)s offset 0
    ) o
    group by 1, 2, 3
),
revised as (
    select a.receiver_id, a.station_id, a.period, a.start
    from arrived a join said s on s.station_id = a.station_id and s.period = a.period and s.start = a.start
    where a.words < s.words
    union
    select a.receiver_id, a.station_id, a.period, a.start
    from arrived a
    where a.made_of < (
          select count(*) * case a.period when 'day' then 1440 else 60 end from upward_sensor x
          where x.station_id = a.station_id and not x.own)
      and a.made_of < (
          select count(*) from upward_sensor x join minute m on m.sensor_id = x.id
          where x.station_id = a.station_id and not x.own
            and m.time >= a.start and m.time >= x.since and m.time >= %(oldest)s
            and m.time < upward_end(a.period, a.start, a.minute_min, a.zone))
)
update upward_item i set state = 'due', resent = true, sent_at = null, confirmed_at = null
from revised r
where i.receiver_id = r.receiver_id and i.station_id = r.station_id and i.period = r.period and i.start = r.start
  and i.start >= %(oldest)s and i.state = 'confirmed';
