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
-- Of each sensor and local day the hours that were due, came, are valid, were lost by us, and those in which it stood still.
select sensor_id, (start at time zone %(zone)s)::date as day,
       count(*) filter (where class not in ('stopped', 'no_flow', 'exempt')) as due,
       count(*) filter (where class not in ('stopped', 'no_flow', 'exempt') and received > 0) as received,
       count(*) filter (where class = 'valid') as valid,
       count(*) filter (where class = 'platform') as platform,
       count(*) filter (where class in ('stopped', 'no_flow', 'exempt')) as not_due
from rated_hour
where sensor_id = any(%(sensors)s::int[]) and start >= %(from)s::timestamptz and start < %(to)s::timestamptz
group by 1, 2;

-- name: hour_places
-- Of each sensor and hour the place of its status in the order of letters.
select sensor_id, start,
       array_position(%(order)s::text[], case class when 'platform' then class else status end) as place
from rated_hour
where sensor_id = any(%(sensors)s::int[]) and start >= %(from)s::timestamptz and start < %(to)s::timestamptz;

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
