-- What an item is made of.

-- name: slices
-- The minutes of each sensor of each item [start, end), added up: of a day by the hour, else over all of it.
-- A minute is sound when its values are normal; of water every one, of anything else three quarters.
select w.place, x.quantity, x.form, q.decimals, count(*),
       count(*) filter (where case when w.water then m.flags = 'N' and m.n_valid > 0 else 4 * m.n_valid >= 3 * m.n end),
       sum(m.n), sum(m.n_valid), avg(m.mean), min(m.min), max(m.max), avg(m.last), min(m.last), max(m.last),
       string_agg(distinct m.flags, '')
from unnest(%(stations)s::int[], %(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(waters)s::bool[])
     with ordinality as w (station_id, period, start, ends, water, place)
join sensor x on x.station_id = w.station_id and x.active and x.admitted and left(x.quantity, 2) <> 'x_'
join quantity q on q.code = x.quantity
join minute m on m.sensor_id = x.id and m.time >= w.start and m.time < w.ends
                 and m.time >= %(first)s::timestamptz and m.time < %(last)s::timestamptz
group by w.place, x.id, q.code, case w.period when 'day' then date_bin('1 hour', m.time, w.start) end
order by w.place, x.id;

-- name: reported
-- What the loggers themselves have computed of these items, the latest word.
select distinct on (w.place, x.id) w.place, x.quantity, x.form, q.decimals, r.avg, r.min, r.max, r.cou, r.flag::text
from unnest(%(stations)s::int[], %(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
     with ordinality as w (station_id, period, start, ends, place)
join sensor x on x.station_id = w.station_id and x.active and x.admitted and left(x.quantity, 2) <> 'x_'
join quantity q on q.code = x.quantity
join reported_record r on r.sensor_id = x.id and r.period = w.period and r.start >= w.start and r.start < w.ends
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
join sensor x on x.station_id = w.station_id and x.active and x.admitted
join quantity q on q.code = x.quantity
join minute m on m.sensor_id = x.id and m.time >= w.start and m.time < w.ends
                 and m.time >= %(first)s::timestamptz and m.time < %(last)s::timestamptz
cross join lateral (
    select r.time, r.value, r.flag from reading r where r.sensor_id = x.id and r.time = m.last_at limit 1
) d
order by w.place, x.id;
