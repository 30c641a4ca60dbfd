-- Amounts of the energy page.

-- name: amounts
-- What each counter went up since an instant: newest minus the last value before it (at most an hour older), or the
-- first after it; `resets` counts falls, after which the difference says nothing.
with seen as (
    select sensor_id, time, max as value, lag(max) over (partition by sensor_id order by time) as before
    from minute
    where sensor_id = any(%(sensors)s::int[]) and n_valid > 0
      and time >= %(from)s::timestamptz - interval '1 hour' and time <= %(now)s::timestamptz
),
begun as (
    select sensor_id, max(time) filter (where time <= %(from)s::timestamptz) as base from seen group by sensor_id
)
select s.sensor_id, min(s.time) as since, max(s.time) as until, last(s.value, s.time) - first(s.value, s.time) as amount,
       count(*) filter (where s.value < s.before and s.time > coalesce(b.base, %(from)s::timestamptz)) as resets
from seen s join begun b using (sensor_id)
where s.time >= coalesce(b.base, %(from)s::timestamptz)
group by s.sensor_id;
