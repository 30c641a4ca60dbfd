-- Who lets a logger or a code in: what follows for station and catalogue is done by the tables themselves.

-- name: logger_now
-- A logger, held until the transaction ends, and the station it is admitted to.
select l.mn, l.admitted, l.station_id, st.code as station
from logger l left join station st on st.id = l.station_id where l.mn = %(mn)s for update of l;

-- name: admit_logger
-- A logger belongs to a station; what is not said stays as it was, an empty password or key is none. Of two passwords none
-- but the first counts where one is said, and where the logger comes anew.
update logger set station_id = %(station_id)s, admitted = true,
    admitted_at = case when admitted then admitted_at else %(now)s end,
    admitted_by = case when admitted then admitted_by else %(actor)s end,
    password = case when %(password)s::text is null then password else nullif(%(password)s, '') end,
    (other_password, other_since, other_state) = (
        select o.other_password, o.other_since, o.other_state from logger o
        where o.mn = %(mn)s and %(password)s::text is null and o.admitted and o.station_id = %(station_id)s),
    encryption_key = case when %(encryption_key)s::text is null then encryption_key else nullif(%(encryption_key)s, '') end,
    edition = coalesce(%(edition)s, edition),
    minute_interval_min = coalesce(%(minute_interval_min)s, minute_interval_min)
where mn = %(mn)s;

-- name: dismiss_logger
-- A logger is let in no more; where it belonged is kept, and the first of two passwords.
update logger set admitted = false, other_password = null, other_since = null, other_state = null where mn = %(mn)s;

-- name: waiting_messages
-- What is in quarantine because nobody knew the logger, or had its key: what is encrypted has a check that does not fit.
-- How much that is in all; what is refused again comes last.
select id, count(*) over () as n from quarantine
where released_at is null and split_part(topic, '/', 3) = 'hj212' and split_part(topic, '/', 4) = %(mn)s
  and (reason = 'unknown_station' or (reason = 'bad_crc' and exists (select from logger where mn = %(mn)s and has_key)))
order by last_seen_at, id limit %(limit)s;

-- name: unregistered
-- Codes that loggers send and nobody has admitted, with what came of them so far; none of a logger that was dismissed.
select s.id, jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       s.quantity as code, s.form, q.registered, case when q.registered then q.name_zh end as name_zh,
       case when q.registered then q.name_en end as name_en, case when q.registered then q.unit end as unit,
       (select m.time from minute m where m.sensor_id = s.id order by m.time limit 1) as first_at,
       l.time as last_at, l.value, l.flag::text as flag,
       (select coalesce(sum(m.n), 0) from minute m
        where m.sensor_id = s.id and m.time >= %(now)s::timestamptz - interval '1 day') as count_day
from sensor s
join station st on st.id = s.station_id
join quantity q on q.code = s.quantity
left join latest l on l.sensor_id = s.id
where not s.admitted and s.active and (%(after)s::int is null or s.id > %(after)s)
  and (exists (select from logger g where g.station_id = st.id and g.admitted)
       or not exists (select from logger g where g.station_id = st.id and g.admitted_at is not null))
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
order by s.id limit %(limit)s;

-- name: sensor_waiting
-- A sensor, held until the transaction ends, with its quantity.
select s.id, s.station_id, s.quantity, s.form, s.admitted, s.active, q.registered, q.unit, q.molar_mass
from sensor s join quantity q on q.code = s.quantity where s.id = %(id)s for update of s;

-- name: register
-- A code becomes a quantity of the registry, in the unit that its sender uses.
update quantity set name_zh = %(name_zh)s, name_en = %(name_en)s, unit = %(unit)s, registered = true,
    source = 'admitted by ' || %(actor)s::text
where code = %(code)s;

-- name: admit_sensor
-- A sensor is due and judged from now on; stored = sent * factor + shift.
update sensor set admitted = true, unit = %(unit)s, factor = %(factor)s, shift = %(shift)s,
    name_zh = coalesce(%(name_zh)s, name_zh), name_en = coalesce(%(name_en)s, name_en),
    span_low = %(span_low)s, span_high = %(span_high)s, period_s = coalesce(%(period_s)s, period_s),
    due_since = coalesce(due_since, %(now)s)
where id = %(id)s;

-- name: unit_from_now
-- The sender's unit, from now on; what is stored already stays as it is.
insert into sensor_unit (sensor_id, valid_from, unit, factor, shift, changed_by)
values (%(id)s, %(now)s, %(unit)s, %(factor)s, %(shift)s, %(actor)s);

-- name: dismiss_sensor
-- A code is not wanted: its values go to quarantine from now on.
update sensor set active = false where id = %(id)s;

-- name: catalogue_changed
-- Long-running processes reload.
update revision set version = version + 1 where name = 'catalogue';
