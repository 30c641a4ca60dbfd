-- Official records on the environment page.

-- name: exceeded_hours
-- Hours over a limit at outlets within a time, each counted once, and the enterprises behind them.
select count(distinct (j.sensor_id, j.form, j.start))::int as hours, count(distinct st.enterprise_id)::int as enterprises,
       max(j.start) + interval '1 hour' as at
from record_judged j join station st on st.id = j.station_id
where j.over and j.period = 'hour' and j.start >= %(from)s and j.start < %(now)s
  and st.stream_class = 'emission' and st.park_id = %(park_id)s;

-- name: rated_hours
-- Hours of counted pollutants of outlets by their place in the rates.
select h.class, h.cause, h.status, h.received > 0 as came, count(*)::int as number, max(h.start) + interval '1 hour' as at
from rated_hour h
where h.sensor_id in (
        select x.id from sensor x join station st on st.id = x.station_id
        where st.park_id = %(park_id)s and st.stream_class = 'emission' and x.form = '' and x.quantity = any(%(quantities)s))
  and h.start >= %(from)s and h.start < %(to)s
group by 1, 2, 3, 4;

-- name: enterprise
-- The names of an enterprise.
select name_zh, name_en from enterprise where id = %(id)s;

-- name: air_hours
-- Valid hours of the six pollutants at the park's own air stations, oldest first.
select st.id as station_id, x.quantity, r.start, r.mean as value,
       coalesce(st.attributes ->> 'not_monitored', '') as not_monitored, x.due_since as since
from station st
join sensor x on x.station_id = st.id and x.form = '' and x.quantity = any(%(quantities)s)
join record r on r.sensor_id = x.id and r.period = 'hour' and r.start >= %(from)s and r.start < %(now)s and r.mean is not null
where st.park_id = %(park_id)s and st.kind = 'air' and st.active and st.enterprise_id is null
order by r.start;
