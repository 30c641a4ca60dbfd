-- Readings: newest values, pages, exports, charts. Every query starts from sensors the reader may see.

-- name: chosen
-- The sensors a request is about, of those the reader may see.
select s.id, s.station, s.quantity, s.form, s.unit, s.decimals, s.period_s, s.stream_class, s.timezone
from sensor_shown s
where (%(sensors)s::int[] is null or s.id = any(%(sensors)s))
  and (%(station)s::text is null or s.station = %(station)s or s.station_id::text = %(station)s)
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(form)s::text is null or s.form = %(form)s)
order by s.id;

-- name: page
-- One page of the readings of some sensors over [from, to).
select sensor_id, time, value, flag::text as flag, mark::text as mark, lag_s
from reading
where sensor_id = any(%(sensors)s) and time >= %(from)s and time < %(to)s
  and (%(after_sensor)s::int is null or (sensor_id, time) > (%(after_sensor)s, %(after_time)s))
order by sensor_id, time
limit %(limit)s;

-- name: copy_out
-- Stream one sensor; the letters between the columns are turned into the words of the format by the reader.
copy (
    select to_json(time), 'V', value, 'F', flag, 'M', mark, 'L', lag_s
    from reading where sensor_id = %(sensor)s and time >= %(from)s and time < %(to)s order by time
) to stdout (delimiter '|');

-- name: rows_out
-- Stream one sensor as rows, for a workbook.
select time, value, flag::text as flag, mark::text as mark, lag_s
from reading where sensor_id = %(sensor)s and time >= %(from)s and time < %(to)s order by time;

-- name: without_hurry
-- An export may take as long as its reader needs.
select set_config('statement_timeout', '0', true);

-- name: latest
-- The newest value of each sensor, written as JSON by the database: the list is long and asked for often.
select coalesce(string_agg('{"sensor_id":' || l.sensor_id || ',"station_id":' || s.station_id || ',"time":' || to_json(l.time)
           || ',"received_at":' || to_json(l.received_at) || ',"value":' || l.value || ',"flag":"' || l.flag::text
           || '","mark":"' || l.mark::text || '"}', ',' order by l.sensor_id), '') as items
from latest l
join sensor s on s.id = l.sensor_id
join station st on st.id = s.station_id
where s.active and st.active
  and (%(sensors)s::int[] is null or l.sensor_id = any(%(sensors)s))
  and (%(park)s::text is null or st.park_id = (select id from park where code = %(park)s))
  and (%(kind)s::text[] is null or st.kind = any(%(kind)s))
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s);

-- name: limits_of
-- The limits that hold for a sensor now.
select stage, basis, value, unit, kind, standard, clause, verified
from sensor_limit where sensor_id = %(sensor)s order by basis, value;

-- name: series_of_readings
-- A chart of less than a minute a point: [bucket start ms, min, max, mean, last, flags]; the valid values alone make
-- min, max and mean, all of them make last and flags.
select (extract(epoch from bucket) * 1000)::int8 as at_ms, min(value) filter (where valid), max(value) filter (where valid),
       avg(value) filter (where valid), last(value, time), string_agg(distinct flag, '' order by flag)
from (
    select date_bin(%(step_s)s * interval '1 s', time, %(origin)s) as bucket, time, value, flag::text as flag,
           (flag::text || mark::text) = any(%(valid)s) as valid
    from reading where sensor_id = %(sensor)s and time >= %(from)s and time < %(to)s
) r
group by bucket order by bucket;

-- name: series_of_minutes
-- A chart of a minute or more a point, in the same columns.
select (extract(epoch from bucket) * 1000)::int8 as at_ms, min(min), max(max), sum(total) / nullif(sum(n_valid), 0),
       last(last, last_at), string_agg(distinct flags, '' order by flags)
from (
    select date_bin(%(step_s)s * interval '1 s', time, %(origin)s) as bucket, min, max, total, n_valid, last, last_at, flags
    from minute where sensor_id = %(sensor)s and time >= date_trunc('minute', %(from)s::timestamptz) and time < %(to)s
) m
group by bucket order by bucket;
