-- Which hours came, which are valid, and the rates that follow; all out of view rated_hour.

-- name: sensors_due
-- Sensors of stations that are chosen, those that were due within the time, with their station and enterprise.
select x.id, x.quantity, x.form, x.name_zh, x.name_en, x.station_id, st.enterprise_id,
       jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       st.kind, st.enterprise, x.timezone
from sensor_shown x join station_shown st on st.id = x.station_id
where x.admitted and x.due_since is not null and x.due_since < %(to)s and (x.due_until is null or x.due_until > %(from)s)
  and (%(quantities)s::text[] is null or x.quantity = any(%(quantities)s) and x.form = '')
  and st.stream_class = any(%(streams)s::text[])
  and (%(kind)s::text[] is null or st.kind = any(%(kind)s))
  and (%(park)s::text is null or st.park = %(park)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(enterprise)s::text is null
       or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
order by st.code, x.quantity, x.form;

-- name: covered_days
-- Of each sensor and local day the hours that were due, came, are valid, and those in which it stood still; marks and outages
-- apart: most hours have neither, and so many rows have to be read plainly.
select r.sensor_id, (r.start at time zone %(zone)s)::date as day,
       count(*) filter (where r.status not in ('stopped', 'no_flow')) as due,
       count(*) filter (where r.received > 0 and r.status not in ('stopped', 'no_flow')) as received,
       count(*) filter (where r.status = 'valid') as valid,
       count(*) filter (where r.status in ('stopped', 'no_flow')) as not_due
from record r join sensor x on x.id = r.sensor_id
where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'hour'
  and r.start >= %(from)s::timestamptz and r.start < %(to)s::timestamptz
  and greatest(x.due_since, x.admitted_at) < r.start + interval '1 hour' and (x.due_until is null or x.due_until > r.start)
group by 1, 2;

-- name: special_days
-- Of each sensor and local day the hours that a condition mark takes out of what is due, and those that this platform lost.
with touched as materialized (
    select x.id as sensor_id, h.hour
    from data_mark m join sensor x on x.station_id = m.station_id and (m.sensor_id is null or m.sensor_id = x.id)
    cross join generate_series(date_trunc('hour', m.starts_at), m.ends_at - interval '1 microsecond', interval '1 hour') as h (hour)
    where m.state in ('filed', 'confirmed') and coalesce(m.effect, m.kind) not in ('invalid', 'device')
      and m.ends_at > %(from)s::timestamptz and m.starts_at < %(to)s::timestamptz
    union
    select x.id, h.hour from missing_hour h join sensor x on x.station_id = h.station_id
    where h.minutes ->> 'platform' is not null and h.hour >= %(from)s::timestamptz and h.hour < %(to)s::timestamptz
)
select r.sensor_id, (r.start at time zone %(zone)s)::date as day,
       count(*) filter (where r.class = 'platform') as platform,
       count(*) filter (where r.class <> 'platform') as not_due,
       count(*) filter (where r.class <> 'platform' and r.received > 0) as came,
       array_agg(r.start) filter (where r.class = 'platform') as lost
from touched t join rated_hour r on r.sensor_id = t.sensor_id and r.start = t.hour
where r.sensor_id = any(%(sensors)s::int[]) and r.start >= %(from)s::timestamptz and r.start < %(to)s::timestamptz
  and r.class in ('platform', 'stopped', 'exempt') and r.status not in ('stopped', 'no_flow')
group by 1, 2;

-- name: hour_places
-- Of each line and local day its hours since midnight and the place of the worst status of its sensors in the order of letters.
with worst as (
    select l.line, r.start, min(array_position(%(order)s::text[], r.status))::int as place
    from unnest(%(sensors)s::int[], %(lines)s::int[]) as l (sensor_id, line)
    join sensor x on x.id = l.sensor_id
    join record r on r.sensor_id = l.sensor_id and r.period = 'hour'
    where r.start >= %(from)s::timestamptz and r.start < %(to)s::timestamptz
      and greatest(x.due_since, x.admitted_at) < r.start + interval '1 hour' and (x.due_until is null or x.due_until > r.start)
    group by 1, 2
)
select line, (start at time zone %(zone)s)::date as day,
       array_agg((extract(epoch from start) / 3600)::int) as hours, array_agg(place) as places
from worst group by 1, 2;

-- name: counted_hours
-- Hours of pollutants by their place in the rates, those of the month and of the months before it in its quarter.
select sensor_id, start >= %(from)s::timestamptz and start < %(to)s::timestamptz as in_month, class, cause, status,
       received > 0 as came, count(*)::int as number
from rated_hour
where sensor_id = any(%(sensors)s::int[]) and start >= %(quarter)s::timestamptz and start < %(quarter_end)s::timestamptz
group by 1, 2, 3, 4, 5, 6;

-- name: marks_within
-- Marks that touch a time, with how many vouchers prove them.
select m.id, m.station_id, m.sensor_id, m.kind, m.code, m.starts_at, m.ends_at, m.state, m.voucher_due,
       (select count(*) from attachment a where a.object = 'mark ' || m.id)::int as vouchers
from data_mark m
where m.station_id = any(%(stations)s::int[]) and m.ends_at > %(from)s and m.starts_at < %(to)s
order by m.starts_at, m.id;

-- name: made_until
-- Hours of records there are before this instant.
select max(start) + interval '1 hour' as until from record
where period = 'hour' and sensor_id = any(%(sensors)s::int[]) and start >= %(from)s::timestamptz and start < %(to)s::timestamptz;

-- name: hours_behind
-- The hours behind a number of the rates, oldest first.
select h.sensor_id, h.quantity, h.start, h.status, h.class, h.cause, h.expected, h.received, h.samples, h.minutes,
       case when m.id is not null then jsonb_build_object('id', m.id, 'kind', m.kind, 'code', m.code, 'state', m.state) end as mark
from rated_hour h left join data_mark m on m.id = h.mark_id
where h.sensor_id = any(%(sensors)s::int[]) and h.start >= %(from)s::timestamptz and h.start < %(to)s::timestamptz
  and h.class = any(%(classes)s::text[])
  and (%(after_start)s::timestamptz is null or (h.start, h.sensor_id) > (%(after_start)s, %(after_sensor)s))
order by h.start, h.sensor_id limit %(limit)s;
