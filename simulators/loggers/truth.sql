-- name: make_told
-- What loggers have said, beside what is stored; period is empty for an instant.
create temp table told (sensor_id int, period text, time timestamptz, mean float8, low float8, high float8, flag text,
                        sure boolean) on commit drop;

-- name: copy_told
-- Take in what was said.
copy told (sensor_id, period, time, mean, low, high, flag, sure) from stdin;

-- name: index_told
-- Find what was said by sensor and instant.
create index on told (sensor_id, time);

-- name: lost
-- Confirmed values that are not stored.
select st.code, s.quantity || case when s.form = '' then '' else '-' || s.form end, t.period, t.time
from (select distinct sensor_id, period, time from told where sure) t
join sensor s on s.id = t.sensor_id
join station st on st.id = s.station_id
where case when t.period = ''
      then not exists (select from reading r where r.sensor_id = t.sensor_id and r.time = t.time)
      else not exists (select from reported_record r
                       where r.sensor_id = t.sensor_id and r.period = t.period and r.start = t.time) end
order by t.time, st.code;

-- name: invented
-- Stored values since the play began that no logger has said so; the mean of a minute may stand for a reading.
with stored as (
    select r.sensor_id, '' as period, r.time, r.value as mean, r.flag::text as flag, r.value as low, r.value as high
    from reading r
    where r.time >= %(since)s and r.sensor_id in (select sensor_id from told)
    union all
    select r.sensor_id, r.period, r.start, r.avg, r.flag::text, r.min, r.max
    from reported_record r
    where r.start >= %(since)s and r.sensor_id in (select sensor_id from told)
)
select st.code, s.quantity || case when s.form = '' then '' else '-' || s.form end, v.period, v.time
from stored v
join sensor s on s.id = v.sensor_id
join station st on st.id = s.station_id
where not exists (
    select from told t
    where t.sensor_id = v.sensor_id and t.time = v.time and t.flag = v.flag
      and (t.period = v.period and abs(t.low - v.low) <= 1e-9 * greatest(1, abs(v.low))
                               and abs(t.high - v.high) <= 1e-9 * greatest(1, abs(v.high))
           or t.period = 'minute' and v.period = '')
      and abs(t.mean - v.mean) <= 1e-9 * greatest(1, abs(v.mean)))
order by v.time, st.code;
