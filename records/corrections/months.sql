-- Months of an enterprise: their sheet, what stands in the way of finalising one, what changed after.

-- name: place
-- An enterprise, its park's zone, and the month's bounds.
select e.id, e.park_id, e.code, e.name_zh, e.name_en, p.timezone,
       %(month)s::date::timestamp at time zone p.timezone as starts_at,
       (%(month)s::date + interval '1 month') at time zone p.timezone as ends_at
from enterprise e join park p on p.id = e.park_id
where e.code = %(enterprise)s or e.id::text = %(enterprise)s order by e.id limit 1;

-- name: alone
-- One person at a time finalises months of an enterprise.
select pg_advisory_xact_lock(hashtextextended('finalise ' || %(id)s::text, 0));

-- name: sensors
-- What an enterprise owed in a month at its outlets, each sensor with its record of the month. What is out of use by now owed
-- what hours were made of.
select s.id as sensor_id, st.id as station_id, st.code as station, st.name_zh as station_zh, st.name_en as station_en, st.kind,
       st.outlet_kind, s.quantity, s.form, s.name_zh, s.name_en, s.unit, s.decimals, r.revision, r.status, r.mean, r.min, r.max,
       r.expected, r.received, r.samples, r.flag::text as flag, r.converted, r.reference_o2, r.amount, r.mass, r.method, r.edition,
       r.cause, r.made_at
from sensor_shown s
join sensor x on x.id = s.id and x.admitted
join station_shown st on st.id = s.station_id
left join record r on r.sensor_id = s.id and r.period = 'month' and r.start = %(starts_at)s
where st.enterprise_id = %(id)s and st.stream_class = 'emission'
  and s.due_since < %(ends_at)s and (s.due_until is null or s.due_until > %(starts_at)s)
  and (x.active and st.active or exists (
      select from record h
      where h.sensor_id = s.id and h.period = 'hour' and h.start >= %(starts_at)s and h.start < %(ends_at)s))
order by st.code, s.quantity, s.form;

-- name: counted
-- Hours of sensors by their place in the rates.
select sensor_id, class, cause, status, received > 0 as came, count(*)::int as number
from rated_hour where sensor_id = any(%(sensors)s::int[]) and start >= %(starts_at)s and start < %(ends_at)s
group by 1, 2, 3, 4, 5;

-- name: substituted
-- What stands for missing hours of a month [kg], and how many hours it stands for.
select sensor_id, sum(mass) as mass, count(mass)::int as hours, count(*)::int as missing
from substitution where sensor_id = any(%(sensors)s::int[]) and hour >= %(starts_at)s and hour < %(ends_at)s
group by 1;

-- name: unclosed
-- Sensors whose month is not closed: no record of it or of its last hour, or hours that wait to be made anew. Of what is out of
-- use no hour is closed any more.
select s.id as sensor_id, st.code as station, x.quantity, x.form,
       (select count(*) from record_due d where d.sensor_id = s.id and d.hour >= %(starts_at)s and d.hour < %(ends_at)s)::int as waiting
from unnest(%(sensors)s::int[]) as s (id) join sensor x on x.id = s.id join station st on st.id = x.station_id
where x.active and st.active and (
      not exists (select from record r where r.sensor_id = s.id and r.period = 'month' and r.start = %(starts_at)s)
      or (x.due_until is null or x.due_until >= %(ends_at)s) and not exists (
          select from record r
          where r.sensor_id = s.id and r.period = 'hour' and r.start = %(ends_at)s::timestamptz - interval '1 hour'))
   or exists (select from record_due d where d.sensor_id = s.id and d.hour >= %(starts_at)s and d.hour < %(ends_at)s)
order by st.code, x.quantity, x.form;

-- name: marks_open
-- Marks of a month that nobody has decided.
select m.id, st.code as station, m.sensor_id, m.kind, m.code, m.starts_at, m.ends_at, m.voucher_due
from data_mark m join station st on st.id = m.station_id
where st.enterprise_id = %(id)s and m.state = 'filed' and m.starts_at < %(ends_at)s and m.ends_at > %(starts_at)s
order by m.id;

-- name: corrections_open
-- Corrections of a month that wait for a second person.
select c.id, st.code as station, c.sensor_id, c.kind, c.starts_at, c.ends_at, c.made_by
from correction c join sensor s on s.id = c.sensor_id join station st on st.id = s.station_id
where st.enterprise_id = %(id)s and c.state = 'waiting_second' and c.starts_at < %(ends_at)s and c.ends_at > %(starts_at)s
order by c.id;

-- name: as_kept
-- Figures as the database keeps them: its numbers may be written otherwise.
select %(figures)s::jsonb as figures;

-- name: seal
-- A finalised month.
insert into sealed_month (enterprise_id, month, sealed_by, sealed_at, figures, sha256)
values (%(id)s, %(month)s, %(actor)s, %(now)s, %(figures)s, %(sha256)s) returning id;

-- name: sealed
-- A finalised month as it was frozen.
select id, sealed_by, sealed_at, figures, encode(sha256, 'hex') as sha256 from sealed_month
where enterprise_id = %(id)s and month = %(month)s::date;

-- name: changes
-- Revisions of records of a month that were made after an instant, each with the revision before it; newest first.
with revised as (
    select sensor_id, period, start, revision, status, mean, min, max, samples, converted, amount, mass, cause, made_at from record
    where sensor_id = any(%(sensors)s::int[]) and start >= %(starts_at)s and start < %(ends_at)s and period in ('hour','day','month')
    union all
    select sensor_id, period, start, revision, status, mean, min, max, samples, converted, amount, mass, cause, made_at
    from record_revision
    where sensor_id = any(%(sensors)s::int[]) and start >= %(starts_at)s and start < %(ends_at)s and period in ('hour','day','month')
)
select n.sensor_id, s.station, s.quantity, s.form, s.name_zh, s.name_en, s.unit, s.decimals, n.period, n.start, n.revision, n.cause,
       n.made_at,
       case when b.revision is not null then jsonb_build_object('status', b.status, 'mean', b.mean, 'min', b.min, 'max', b.max,
           'samples', b.samples, 'converted', b.converted, 'amount', b.amount, 'mass', b.mass) end as before,
       jsonb_build_object('status', n.status, 'mean', n.mean, 'min', n.min, 'max', n.max, 'samples', n.samples,
           'converted', n.converted, 'amount', n.amount, 'mass', n.mass) as after
from revised n
join sensor_shown s on s.id = n.sensor_id
left join revised b on b.sensor_id = n.sensor_id and b.period = n.period and b.start = n.start and b.revision = n.revision - 1
where n.made_at > %(sealed_at)s
order by n.made_at desc, array_position(array['month','day','hour'], n.period), n.start, n.sensor_id
limit %(limit)s;
