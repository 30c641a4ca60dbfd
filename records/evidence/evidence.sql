-- Everything behind one hour of one sensor.

-- name: sensor
-- The sensor, its place and whose it is.
select s.id, s.station_id, s.station, st.name_zh as station_zh, st.name_en as station_en, s.kind, s.stream_class, s.quantity, s.form,
       s.name_zh, s.name_en, s.unit, s.decimals, s.period_s, s.timezone, s.tag, e.code as enterprise, e.name_zh as enterprise_zh,
       e.name_en as enterprise_en, q.old_codes, x.admitted_at
from sensor_shown s join sensor x on x.id = s.id join station st on st.id = s.station_id join quantity q on q.code = s.quantity
left join enterprise e on e.id = s.enterprise_id
where s.id = %(sensor)s;

-- name: record
-- The hour as it stands.
select revision, status, judgeable, mean, min, max, expected, received, samples, flag::text as flag, converted, reference_o2, amount,
       mass, method, edition, cause, made_at
from record where sensor_id = %(sensor)s and period = 'hour' and start = %(from)s;

-- name: revisions
-- The hour as it stood before, oldest first.
select revision, status, judgeable, mean, min, max, expected, received, samples, flag::text as flag, converted, reference_o2, amount,
       mass, method, edition, cause, made_at, replaced_at
from record_revision where sensor_id = %(sensor)s and period = 'hour' and start = %(from)s order by revision;

-- name: minutes
-- Minutes of some sensors.
select sensor_id, time, n, n_valid, mean, min, max, last, flags from minute
where sensor_id = any(%(sensors)s::int[]) and time >= %(from)s and time < %(to)s order by sensor_id, time;

-- name: opening
-- The newest value of a counter before the hour, at most eight days old.
select last from minute where sensor_id = %(sensor)s and time < %(from)s and time >= %(from)s::timestamptz - interval '8 days'
  and n_valid > 0 order by time desc limit 1;

-- name: held
-- The newest result of a slow analyser before the hour, as far back as it holds.
select mean, n, n_valid, trim(flags) as flags from minute
where sensor_id = %(sensor)s and time < %(from)s and time >= %(from)s::timestamptz - %(back)s::interval and n_valid > 0
order by time desc limit 1;

-- name: units
-- How what the sender sent became what is stored, oldest first; null: from the beginning.
select null::timestamptz as since, factor, shift from sensor where id = %(sensor)s
union all select valid_from, factor, shift from sensor_unit where sensor_id = %(sensor)s
order by since nulls first;

-- name: reading_kept
-- Whether readings of the station of that hour are still there.
select 1 from reading r join sensor s on s.id = r.sensor_id
where s.station_id = %(station_id)s and r.time >= %(from)s and r.time < %(to)s limit 1;

-- name: readings
-- Readings of the hour, with when they came.
select time, value, flag::text as flag, mark::text as mark, time + lag_s * interval '1 second' as received_at from reading
where sensor_id = %(sensor)s and time >= %(from)s and time < %(to)s order by time;

-- name: conflicts
-- Second, different values that came for readings of the hour.
select time, value, flag::text as flag, other_value, other_flag::text as other_flag, source, received_at from reading_conflict
where sensor_id = %(sensor)s and time >= %(from)s and time < %(to)s order by time, received_at;

-- name: frames
-- Frames of the station's loggers whose data are of the hour, as they came.
select f.received_at, f.mn, f.st, f.cn, f.qn, f.data_time, f.resent, f.source, f.peer, f.frame
from logger l join raw_frame f on f.mn = l.mn
where l.station_id = %(station_id)s and f.data_time >= %(from)s and f.data_time < %(to)s
order by f.received_at, f.qn, f.cn;

-- name: inputs
-- Sensors whose values go into the hour, each with its own record of it.
select s.id as sensor_id, s.quantity, s.name_zh, s.name_en, s.unit, r.status, r.mean, r.samples, r.revision, r.expected
from sensor_shown s left join record r on r.sensor_id = s.id and r.period = 'hour' and r.start = %(from)s
where s.id = any(%(sensors)s::int[]) order by s.id;

-- name: limits
-- Limits of hour and day that were in force during the hour, with their clause.
select l.basis, l.stage, l.form, l.value, l.unit, l.reference_o2, l.kind, l.standard, l.clause, l.since, nullif(l.until, 'infinity') as until,
       v.code, v.source
from record_limit l join limit_value v on v.id = l.limit_id
where l.sensor_id = %(sensor)s and l.since <= %(from)s and l.until > %(from)s order by l.basis, l.stage, l.form;

-- name: reported
-- What the logger computed itself over the hour, every word of it.
select revision, avg, min, max, cou, flag::text as flag, eflag, sample_time, mn, resent, received_at from reported_record
where sensor_id = %(sensor)s and period = 'hour' and start = %(from)s order by revision;

-- name: marks
-- Marks of the station that touch the hour, whatever became of them.
select id, sensor_id, kind, code, starts_at as "from", ends_at as "to", reason, state, filed_by, filed_at, voucher_due, decided_by,
       decided_at, note
from data_mark
where station_id = %(station_id)s and (sensor_id is null or sensor_id = any(%(sensors)s::int[])) and starts_at < %(to)s and ends_at > %(from)s
order by id;

-- name: corrections
-- Corrections of the sensor and its inputs that touch the hour, in the order in which they are laid over it.
select id, sensor_id, kind, starts_at as "from", ends_at as "to", factor, shift, value, reason, state, made_by, made_at, decided_by,
       decided_at, note
from correction where sensor_id = any(%(sensors)s::int[]) and starts_at < %(to)s and ends_at > %(from)s order by decided_at, id;

-- name: files
-- Files that prove something about marks and corrections.
select id, object, name, media_type, encode(sha256, 'hex') as sha256, length(content) as bytes, uploaded_by, uploaded_at from attachment
where object = any(%(objects)s::text[]) order by id;

-- name: alerts
-- Alerts of the sensor that stood during the hour or speak of it.
select id, rule, rule_version, class, level, stage, state, origin, value, limit_value, unit, clause, raised_at, cleared_at, text_zh, text_en
from alert_shown a
where sensor_id = %(sensor)s
  and (raised_at < %(to)s and coalesce(cleared_at, ended_at, 'infinity') >= %(from)s
       or exists (select from alert_period p where p.alert_id = a.id and p.sensor_id = %(sensor)s and p.start = %(from)s and p.period = 'hour'))
order by raised_at, id;

-- name: missing
-- Why minutes of the hour are missing.
select due, present, cause, minutes, evidence, decided_at, resolved_at from missing_hour
where station_id = %(station_id)s and hour = %(from)s;

-- name: months
-- The finalised month of the enterprise that the hour lies in.
select m.id, to_char(m.month, 'YYYY-MM') as month, m.sealed_by, m.sealed_at, encode(m.sha256, 'hex') as sha256
from sealed_month m join sensor_shown s on s.enterprise_id = m.enterprise_id
where s.id = %(sensor)s and m.month = date_trunc('month', %(from)s::timestamptz at time zone s.timezone)::date;

-- name: digests
-- The chain by its digests alone.
select id, previous, digest from chain_entry order by id;
