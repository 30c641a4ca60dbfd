-- Findings about data, and checks of drift.

-- name: findings
-- Findings, newest first; waiting: nobody has looked yet.
select f.id, jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       st.enterprise, jsonb_build_object('id', x.id, 'quantity', x.quantity, 'form', x.form, 'name_zh', x.name_zh,
                                         'name_en', x.name_en) as sensor,
       f.kind, f.starts_at, f.ends_at, f.evidence, f.text_zh, f.text_en, f.found_at, f.reviewed_by, f.reviewed_at, f.outcome, f.note
from data_finding f join sensor_shown x on x.id = f.sensor_id join station_shown st on st.id = x.station_id
where (%(after)s::bigint is null or f.id < %(after)s) and (%(id)s::bigint is null or f.id = %(id)s)
  and (%(waiting)s::boolean is null or (f.reviewed_at is null) = %(waiting)s)
  and (%(kind)s::text[] is null or f.kind = any(%(kind)s))
  and (%(from)s::timestamptz is null or f.ends_at > %(from)s)
  and (%(to)s::timestamptz is null or f.starts_at < %(to)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(enterprise)s::text is null
       or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
order by f.id desc limit %(limit)s;

-- name: waiting_by_kind
-- How many findings of each kind nobody has looked at.
select kind, count(*)::int as waiting from data_finding where reviewed_at is null group by 1;

-- name: review
-- What somebody says of a finding; said again it replaces what was said, the audit has both.
update data_finding set outcome = %(outcome)s, note = %(note)s, reviewed_by = %(actor)s, reviewed_at = %(now)s
where id = %(id)s returning id;

-- name: drift_checks
-- Zero and span checks, newest first.
select d.id, jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       jsonb_build_object('id', x.id, 'quantity', x.quantity, 'form', x.form, 'name_zh', x.name_zh, 'name_en', x.name_en) as sensor,
       d.kind, d.at, d.standard, d.measured, d.span, d.drift, d.source, d.entered_by, d.entered_at, d.note
from drift_check d join sensor_shown x on x.id = d.sensor_id join station_shown st on st.id = x.station_id
where (%(after_at)s::timestamptz is null or (d.at, d.id) < (%(after_at)s, %(after_id)s::bigint))
  and (%(id)s::bigint is null or d.id = %(id)s)
  and (%(sensor)s::int is null or d.sensor_id = %(sensor)s)
  and (%(from)s::timestamptz is null or d.at >= %(from)s)
  and (%(to)s::timestamptz is null or d.at < %(to)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(enterprise)s::text is null
       or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
order by d.at desc, d.id desc limit %(limit)s;

-- name: span_of
-- A sensor that this reader may see, with its full scale.
select id, span_high - coalesce(span_low, 0) as span from sensor where id = %(sensor)s;

-- name: enter_check
-- A check is written down, once for each instant.
insert into drift_check (sensor_id, kind, at, standard, measured, span, source, entered_by, entered_at, note)
values (%(sensor)s, %(kind)s, %(at)s, %(standard)s, %(measured)s, %(span)s, 'person', %(actor)s, %(now)s, %(note)s)
on conflict (sensor_id, kind, at) do nothing returning id;
