-- What records are made of, and how a change becomes a revision.

-- name: version
-- Grows when the catalogue or the limits change.
select sum(version)::bigint from revision where name in ('catalogue', 'rules');

-- name: sensors
-- Every sensor that was ever let in, with how far apart its data come [min].
with pace as materialized (
    select station_id, max(minute_interval_min) as minutes from logger where admitted group by 1
)
select x.id, x.station_id, st.kind, x.quantity, x.form, q.unit,
       greatest(ceil(x.period_s / 60.0), p.minutes, 1)::int as step_min,
       case when x.active and st.active then x.due_since end as due_since, x.due_until, park.timezone,
       coalesce(st.attributes ->> 'gas_state', 'dry_standard') as gas_state
from sensor x
join station st on st.id = x.station_id
join park on park.id = st.park_id
join quantity q on q.code = x.quantity
left join pace p on p.station_id = x.station_id
where x.admitted;

-- name: references
-- The reference oxygen [%] at which measured values are judged, from when to when, where no converted value is sent.
select l.sensor_id, l.since, least(l.until, timestamptz '9999-01-01Z') as until, l.reference_o2
from record_limit l
join sensor s on s.id = l.sensor_id and s.form = ''
join station st on st.id = s.station_id and st.kind = 'stack'
where l.form = 'Zs' and l.basis = 'hour' and l.reference_o2 is not null and not exists (
    select from sensor z where z.station_id = s.station_id and z.quantity = s.quantity and z.form = 'Zs' and z.active)
order by 1, 2;

-- name: alone
-- One at a time makes records or supposes them, until the end of the transaction.
select pg_advisory_xact_lock(hashtextextended('smartpark records', 0));

-- name: began
-- From when on hours are closed: the first message that this platform ever stored, and how far it has got.
select (select date_trunc('hour', min(minute)) from ledger where stored > 0),
       (select done_until from record_progress where job = 'record hours');

-- name: note_progress
-- Hours before this instant are closed.
insert into record_progress (job, done_until) values ('record hours', %(until)s)
on conflict (job) do update set done_until = excluded.done_until;

-- name: due
-- What has to be made anew, oldest note first.
select d.id, x.station_id, d.hour, d.cause from record_due d join sensor x on x.id = d.sensor_id
order by d.id limit %(limit)s;

-- name: orphans
-- Notes about sensors that are no more.
delete from record_due d where not exists (select from sensor x where x.id = d.sensor_id);

-- name: done
-- These notes are dealt with.
delete from record_due where id = any(%(ids)s);

-- name: after_counters
-- The first hour with data after an hour, of counters whose amount depends on the reading before.
select p.sensor_id, date_trunc('hour', n.time)
from unnest(%(sensors)s::int[], %(hours)s::timestamptz[]) as p (sensor_id, hour)
cross join lateral (
    select m.time from minute m where m.sensor_id = p.sensor_id and m.time >= p.hour + interval '1 hour'
      and m.time < p.hour + interval '8 days' and m.time < %(until)s order by m.time limit 1
) n;

-- name: minutes
-- The minutes of some hours, in the binary format: every column of fixed width.
copy (
    select m.sensor_id, m.time, m.n, m.n_valid, coalesce(m.mean, 'NaN'), coalesce(m.min, 'NaN'), coalesce(m.max, 'NaN'),
           coalesce(m.last, 'NaN'), rpad(m.flags, 8)
    from unnest(%(sensors)s::int[], %(hours)s::timestamptz[]) as p (sensor_id, hour)
    join minute m on m.sensor_id = p.sensor_id and m.time >= p.hour and m.time < p.hour + interval '1 hour'
    where m.time >= %(first)s::timestamptz and m.time < %(last)s::timestamptz
    order by 1, 2
) to stdout (format binary);

-- name: openings
-- The newest minute before an hour of sensors that look back, at most so far.
select p.sensor_id, p.hour, m.time, m.last, coalesce(m.mean, 'NaN'), m.n, m.n_valid, m.flags
from unnest(%(sensors)s::int[], %(hours)s::timestamptz[], %(backs)s::interval[]) as p (sensor_id, hour, back)
cross join lateral (
    select time, last, mean, n, n_valid, flags from minute m
    where m.sensor_id = p.sensor_id and m.time < p.hour and m.time >= p.hour - p.back and m.n_valid > 0
      and m.time >= %(first)s::timestamptz and m.time < %(last)s::timestamptz order by m.time desc limit 1
) m;

-- name: marks
-- Marks that hold over a time.
select station_id, sensor_id, starts_at, ends_at from data_mark
where station_id = any(%(stations)s) and state in ('filed', 'confirmed') and ends_at > %(first)s and starts_at < %(last)s
order by id;

-- name: corrections
-- Corrections that hold over a time, in the order in which they were confirmed: that in which they are applied.
select sensor_id, kind, starts_at, ends_at, decided_at, coalesce(factor, 1), coalesce(shift, 0), coalesce(value, 'NaN')
from correction
where sensor_id = any(%(sensors)s) and state = 'confirmed' and ends_at > %(first)s and starts_at < %(last)s
order by decided_at, id;

-- name: suppose
-- A correction as if it were confirmed.
update correction set state = 'confirmed', decided_at = %(now)s where id = %(id)s returning sensor_id, starts_at, ends_at;

-- name: stored
-- Records as they stand, of some sensors, a period and a time.
select sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag::text, converted,
       reference_o2, mean_8h, amount, mass, method, edition
from record where sensor_id = any(%(sensors)s) and period = %(period)s and start >= %(first)s and start < %(last)s;

-- name: parts
-- The parts of some longer periods, with what weighs each: the volume, or the speed, of a neighbour.
select d.ordinal, r.start, r.status, r.judgeable, r.mean, r.min, r.max, r.received, r.samples, r.flag::text, r.converted,
       r.mean_8h, r.amount, r.mass, case d.weight when 'amount' then p.amount else p.mean end
from unnest(%(sensors)s::int[], %(partners)s::int[], %(weights)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
     with ordinality as d (sensor_id, partner, weight, start, until, ordinal)
join record r on r.sensor_id = d.sensor_id and r.period = %(part)s and r.start >= d.start and r.start < d.until
left join record p on p.sensor_id = d.partner and p.period = %(part)s and p.start = r.start
     and p.start >= %(first)s::timestamptz and p.start < %(last)s::timestamptz
where r.start >= %(first)s::timestamptz and r.start < %(last)s::timestamptz
order by d.ordinal, r.start;

-- name: stage
-- Where records land before they are compared with those there are; empty after each commit.
create temporary table if not exists staged_record (
    sensor_id int, period text, start timestamptz, status text, judgeable boolean, mean float8, min float8, max float8,
    expected int, received int, samples int, flag "char", converted float8, reference_o2 float8, mean_8h float8,
    amount float8, mass float8, method text, edition text
) on commit delete rows;

-- name: clear_stage
-- Before the next set of one transaction.
truncate staged_record;

-- name: copy_stage
-- Records on their way.
copy staged_record from stdin;

-- name: keep
-- What is about to change goes to the revisions.
insert into record_revision (sensor_id, period, start, revision, status, judgeable, mean, min, max, expected, received, samples,
    flag, converted, reference_o2, mean_8h, amount, mass, method, edition, cause, made_at, replaced_at)
select r.sensor_id, r.period, r.start, r.revision, r.status, r.judgeable, r.mean, r.min, r.max, r.expected, r.received,
       r.samples, r.flag, r.converted, r.reference_o2, r.mean_8h, r.amount, r.mass, r.method, r.edition, r.cause, r.made_at,
       greatest(%(now)s::timestamptz, r.made_at)
from staged_record s
join record r on r.sensor_id = s.sensor_id and r.period = s.period and r.start = s.start
where r.start >= %(first)s and r.start <= %(last)s
  and (r.status, r.judgeable, r.mean, r.min, r.max, r.expected, r.received, r.samples, r.flag, r.converted, r.reference_o2,
       r.mean_8h, r.amount, r.mass, r.method, r.edition) is distinct from
      (s.status, s.judgeable, s.mean, s.min, s.max, s.expected, s.received, s.samples, s.flag, s.converted, s.reference_o2,
       s.mean_8h, s.amount, s.mass, s.method, s.edition);

-- name: write
-- Change what differs, insert what is new; returns both, with what stood before.
with changed as (
    update record r set
        status = s.status, judgeable = s.judgeable, mean = s.mean, min = s.min, max = s.max, expected = s.expected,
        received = s.received, samples = s.samples, flag = s.flag, converted = s.converted, reference_o2 = s.reference_o2,
        mean_8h = s.mean_8h, amount = s.amount, mass = s.mass, method = s.method, edition = s.edition,
        revision = r.revision + 1, cause = %(cause)s, made_at = greatest(%(now)s::timestamptz, r.made_at)
    from staged_record s
    join record_revision o on o.sensor_id = s.sensor_id and o.period = s.period and o.start = s.start
    where r.sensor_id = s.sensor_id and r.period = s.period and r.start = s.start and r.start >= %(first)s and r.start <= %(last)s
      and o.revision = r.revision
    returning r.sensor_id, r.period, r.start, r.revision, o.status as old_status, o.mean as old_mean, o.mass as old_mass,
              r.status, r.mean, r.mass, r.converted, r.judgeable, r.expected, r.samples, r.flag::text as flag, r.cause
),
added as (
    insert into record (sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, converted,
        reference_o2, mean_8h, amount, mass, method, edition, revision, cause, made_at)
    select s.*, 1, %(first_cause)s, %(now)s from staged_record s
    where not exists (select from record r where r.sensor_id = s.sensor_id and r.period = s.period and r.start = s.start
                      and r.start >= %(first)s and r.start <= %(last)s)
    order by s.sensor_id, s.period, s.start
    returning sensor_id, period, start, revision, status, mean, mass, converted, judgeable, expected, samples,
              flag::text as flag, cause
)
select sensor_id, period, start, revision, old_status, old_mean, old_mass, status, mean, mass, converted, judgeable, expected, samples,
       flag, cause
from changed
union all
select sensor_id, period, start, revision, null, null, null, status, mean, mass, converted, judgeable, expected, samples, flag,
       cause
from added
order by 3, 1;

-- name: bases
-- What hours came to before any mark, and when that was written: the newest such revision of each.
select distinct on (b.sensor_id, b.start) b.made_at, b.sensor_id, b.period, b.start, b.status, b.judgeable, b.mean, b.min, b.max,
       b.expected, b.received, b.samples, b.flag::text, b.converted, b.reference_o2, b.mean_8h, b.amount, b.mass, b.method,
       b.edition
from unnest(%(sensors)s::int[], %(hours)s::timestamptz[]) as p (sensor_id, hour)
cross join lateral (
    select sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, converted,
           reference_o2, mean_8h, amount, mass, method, edition, revision, made_at
    from record r where r.sensor_id = p.sensor_id and r.period = 'hour' and r.start = p.hour
      and r.start >= %(first)s::timestamptz and r.start < %(last)s::timestamptz
    union all
    select sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, converted,
           reference_o2, mean_8h, amount, mass, method, edition, revision, made_at
    from record_revision r where r.sensor_id = p.sensor_id and r.period = 'hour' and r.start = p.hour
) b
where b.status <> 'marked'
order by b.sensor_id, b.start, b.revision desc;
