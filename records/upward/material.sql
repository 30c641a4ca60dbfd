-- What an item is made of.

-- name: slices
-- The minutes of each sensor of each item [start, end), added up: of a day by the hour, else over all of it.
-- A minute is sound when its values are normal; of water every one, of anything else three quarters. What no quantity
-- can be is in no mean: the squares that avg adds up would end the statement.
select w.place, x.quantity, x.form, q.decimals, count(*),
       count(*) filter (where case when w.water then m.flags = 'N' and m.n_valid > 0 else 4 * m.n_valid >= 3 * m.n end),
       sum(m.n), sum(m.n_valid), avg(m.mean) filter (where abs(m.mean) < 1e150), min(m.min), max(m.max),
       avg(m.last) filter (where abs(m.last) < 1e150), min(m.last), max(m.last),
       string_agg(distinct m.flags, '')
from unnest(%(stations)s::int[], %(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(waters)s::bool[])
     with ordinality as w (station_id, period, start, ends, water, place)
join upward_sensor x on x.station_id = w.station_id and not x.own
join quantity q on q.code = x.quantity
join minute m on m.sensor_id = x.id and m.time >= w.start and m.time < w.ends and m.time >= x.since
                 and m.time >= %(first)s::timestamptz and m.time < %(last)s::timestamptz
group by w.place, x.id, x.quantity, x.form, q.decimals, case w.period when 'day' then date_bin('1 hour', m.time, w.start) end
order by w.place, x.id;

-- name: reported
-- What the loggers themselves have computed of these items, the latest word, and how many words they had.
select distinct on (w.place, x.id) w.place, x.quantity, x.form, q.decimals, r.avg, r.min, r.max, r.cou, r.flag::text,
       count(*) over (partition by w.place, x.id)
from unnest(%(stations)s::int[], %(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
     with ordinality as w (station_id, period, start, ends, place)
join upward_sensor x on x.station_id = w.station_id and not x.own
join quantity q on q.code = x.quantity
join reported_record r on r.sensor_id = x.id and r.period = w.period and r.start >= w.start and r.start < w.ends
                          and r.start >= x.since
                          and r.start >= %(first)s::timestamptz and r.start < %(last)s::timestamptz
order by w.place, x.id, r.start desc, r.revision desc;

-- name: instants
-- The newest reading of each sensor within each item [start, end), and the worst alert that stood at its point then.
select w.place, p.code, st.code, x.quantity, x.form, q.unit, d.time, d.value, d.flag::text,
       coalesce((select a.level from alert a
                 where a.station_id = st.id and a.sensor_id = x.id and a.raised_at <= d.time
                   and (a.cleared_at is null or a.cleared_at > d.time)
                 order by array_position(array['red', 'orange', 'yellow', 'blue'], a.level) limit 1), 'normal')
from unnest(%(stations)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
     with ordinality as w (station_id, start, ends, place)
join station st on st.id = w.station_id
join park p on p.id = st.park_id
join upward_sensor x on x.station_id = w.station_id
join quantity q on q.code = x.quantity
join minute m on m.sensor_id = x.id and m.time >= w.start and m.time < w.ends and m.time >= x.since
                 and m.time >= %(first)s::timestamptz and m.time < %(last)s::timestamptz
cross join lateral (
    select r.time, r.value, r.flag from reading r where r.sensor_id = x.id and r.time = m.last_at limit 1
) d
order by w.place, x.id;
