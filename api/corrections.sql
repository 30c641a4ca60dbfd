-- Corrections as people read them, and the months that are finalised.

-- name: sensor_seen
-- Whether the reader may see a sensor.
select id from sensor_shown where id = %(id)s;

-- name: corrections
-- Corrections, newest first.
select c.id, c.sensor_id, jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       st.enterprise, jsonb_build_object('code', s.quantity, 'name_zh', s.name_zh, 'name_en', s.name_en, 'unit', s.unit,
                                         'decimals', s.decimals) as quantity,
       s.form, c.kind, c.starts_at as "from", c.ends_at as "to", c.factor, c.shift, c.value, c.reason, c.state, c.made_by, c.made_at,
       c.decided_by, c.decided_at, c.note
from correction c join sensor_shown s on s.id = c.sensor_id join station_shown st on st.id = s.station_id
where (%(id)s::bigint is null or c.id = %(id)s)
  and (%(state)s::text[] is null or c.state = any(%(state)s))
  and (%(sensor)s::int is null or c.sensor_id = %(sensor)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(enterprise)s::text is null
       or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
  and (%(from)s::timestamptz is null or c.ends_at > %(from)s)
  and (%(to)s::timestamptz is null or c.starts_at < %(to)s)
  and (%(after)s::bigint is null or c.id < %(after)s)
order by c.id desc limit %(limit)s;

-- name: sensors_touched
-- What some sensors measure, and in which form.
select id, form, jsonb_build_object('code', quantity, 'name_zh', name_zh, 'name_en', name_en, 'unit', unit,
                                    'decimals', decimals) as quantity
from sensor_shown where id = any(%(sensors)s::int[]);

-- name: snapshots
-- The records a correction touched as they stood when it was proposed, and as they were expected to become.
select before, after from correction where id = %(id)s;

-- name: alerts_touched
-- Alerts of a sensor that stood over [from, to), or that speak of an hour or day of that time.
select id, rule, class, level, state, origin, raised_at, cleared_at, text_zh, text_en from alert_shown a
where sensor_id = %(sensor)s
  and (raised_at < %(to)s and coalesce(cleared_at, ended_at, 'infinity') >= %(from)s
       or exists (select from alert_period p
                  where p.alert_id = a.id and p.sensor_id = %(sensor)s and p.start < %(to)s
                    and p.start + case p.period when 'day' then interval '1 day' else interval '1 hour' end > %(from)s))
order by raised_at, id;

-- name: months_touched
-- Finalised months of a sensor's enterprise that share time with [from, to).
select m.id, to_char(m.month, 'YYYY-MM') as month, m.sealed_by, m.sealed_at
from sealed_month m join sensor_shown s on s.enterprise_id = m.enterprise_id
where s.id = %(sensor)s and m.month::timestamp at time zone s.timezone < %(to)s
  and (m.month + interval '1 month') at time zone s.timezone > %(from)s
order by m.month;
