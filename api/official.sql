-- Official records: as they stand, as they stood on an earlier day, and every revision of them. Each query starts from sensors
-- that the reader may see.

-- name: chosen_sensors
-- The sensors a request is about, of those the reader may see, with the place they stand at.
select s.id, s.station_id, s.station, st.name_zh as station_zh, st.name_en as station_en, s.quantity, s.form, s.name_zh,
       s.name_en, s.unit, s.decimals, s.period_s, st.enterprise ->> 'code' as enterprise, s.timezone
from sensor_shown s join station_shown st on st.id = s.station_id
where (%(sensors)s::int[] is null or s.id = any(%(sensors)s))
  and (%(station)s::text is null or s.station = %(station)s or s.station_id::text = %(station)s)
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(form)s::text is null or s.form = %(form)s)
  and (%(kind)s::text[] is null or s.kind = any(%(kind)s))
  and (%(enterprise)s::text is null or st.enterprise ->> 'code' = %(enterprise)s or s.enterprise_id::text = %(enterprise)s)
order by s.id;

-- name: record_page
-- One page of the records of some sensors whose period begins in [from, to).
select sensor_id, period, start, date_add(start, %(step)s::interval, %(park_zone)s) as "end", revision, status, judgeable, mean,
       min, max, expected, received, samples, flag, converted, reference_o2, mean_8h, amount, mass, method, edition, cause,
       made_at, replaced_at
from official_record
where sensor_id = any(%(sensors)s) and period = %(period)s and start >= %(from)s and start < %(to)s
  and (%(revisions)s or (%(as_of)s::timestamptz is null and replaced_at is null)
       or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)))
  and (%(status)s::text[] is null or status = any(%(status)s))
  and (%(after_sensor)s::int is null
       or (sensor_id, start, revision) > (%(after_sensor)s, %(after_start)s::timestamptz, %(after_revision)s::int))
order by sensor_id, start, revision
limit %(limit)s;

-- name: record_columns
-- The same records as columns for a chart, one row a sensor, written as JSON by the database; a letter a status.
select sensor_id, count(*) as count,
       '[' || string_agg((extract(epoch from start) * 1000)::int8::text, ',' order by start) || ']' as start,
       '[' || string_agg(coalesce(mean::text, 'null'), ',' order by start) || ']' as mean,
       '[' || string_agg(coalesce(min::text, 'null'), ',' order by start) || ']' as min,
       '[' || string_agg(coalesce(max::text, 'null'), ',' order by start) || ']' as max,
       case when count(converted) > 0
            then '[' || string_agg(coalesce(converted::text, 'null'), ',' order by start) || ']' end as converted,
       case when count(mean_8h) > 0
            then '[' || string_agg(coalesce(mean_8h::text, 'null'), ',' order by start) || ']' end as mean_8h,
       case when count(amount) > 0
            then '[' || string_agg(coalesce(amount::text, 'null'), ',' order by start) || ']' end as amount,
       case when count(mass) > 0
            then '[' || string_agg(coalesce(mass::text, 'null'), ',' order by start) || ']' end as mass,
       string_agg(substr(%(letters)s, array_position(%(statuses)s::text[], status), 1), '' order by start) as status,
       string_agg(flag, ',' order by start) as flag,
       '[' || string_agg(revision::text, ',' order by start) || ']' as revision
from official_record
where sensor_id = any(%(sensors)s) and period = %(period)s and start >= %(from)s and start < %(to)s
  and ((%(as_of)s::timestamptz is null and replaced_at is null)
       or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)))
  and (%(status)s::text[] is null or status = any(%(status)s))
group by sensor_id
order by sensor_id;

-- name: records_csv
-- Stream the records of one sensor as lines of CSV, their times with the offset of the chosen zone.
copy (
    select to_char(start, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM'),
           to_char(date_add(start, %(step)s::interval, %(park_zone)s), 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM'), mean, min, max,
           expected, received, samples, status, (%(words)s::text[])[array_position(%(statuses)s::text[], status)], flag,
           case when judgeable then 1 else 0 end, converted, reference_o2, mean_8h, amount, mass, method, edition, revision,
           cause, to_char(made_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM'),
           to_char(replaced_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM'), %(sensor)s, %(station)s, %(quantity)s, %(form)s, %(unit)s
    from official_record
    where sensor_id = %(sensor)s and period = %(period)s and start >= %(from)s and start < %(to)s
      and (%(revisions)s or (%(as_of)s::timestamptz is null and replaced_at is null)
           or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)))
      and (%(status)s::text[] is null or status = any(%(status)s))
    order by start, revision
) to stdout (format csv);

-- name: records_ndjson
-- Stream the records of one sensor, one JSON object a line.
copy (
    select row_to_json(r) from (
        select start, date_add(start, %(step)s::interval, %(park_zone)s) as "end", mean, min, max, expected, received, samples,
               status, (%(words)s::text[])[array_position(%(statuses)s::text[], status)] as status_words, flag, judgeable,
               converted, reference_o2, mean_8h, amount, mass, method, edition, revision, cause, made_at, replaced_at,
               %(sensor)s as sensor_id, %(station)s as station, %(quantity)s as quantity, %(form)s as form, %(unit)s as unit
        from official_record
        where sensor_id = %(sensor)s and period = %(period)s and start >= %(from)s and start < %(to)s
          and (%(revisions)s or (%(as_of)s::timestamptz is null and replaced_at is null)
               or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)))
          and (%(status)s::text[] is null or status = any(%(status)s))
        order by start, revision
    ) r
) to stdout;

-- name: record_rows
-- The records of one sensor as rows, for a workbook.
select start, date_add(start, %(step)s::interval, %(park_zone)s) as "end", mean, min, max, expected, received, samples, status,
       (%(words)s::text[])[array_position(%(statuses)s::text[], status)] as status_words, flag, judgeable, converted,
       reference_o2, mean_8h, amount, mass, method, edition, revision, cause, made_at, replaced_at
from official_record
where sensor_id = %(sensor)s and period = %(period)s and start >= %(from)s and start < %(to)s
  and (%(revisions)s or (%(as_of)s::timestamptz is null and replaced_at is null)
       or (made_at <= %(as_of)s and (replaced_at is null or replaced_at > %(as_of)s)))
  and (%(status)s::text[] is null or status = any(%(status)s))
order by start, revision;
