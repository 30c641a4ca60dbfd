-- What people of the demo do with its records.

-- name: park
-- The park of the demo, its zone, and the enterprise of its clerk.
select p.id, p.code, p.timezone, (select a.enterprise_id from account a where a.demo and a.role = 'enterprise' order by a.id limit 1)
from park p order by p.id limit 1;

-- name: alone
-- One at a time.
select pg_advisory_xact_lock(hashtextextended('records demo', 0));

-- name: has_past
-- Whether records of a time are there.
select exists (select from record where period = 'hour' and start >= %(from)s and start < %(to)s);

-- name: is_done
-- Whether this was done before.
select exists (select from audit where action = 'demo.filed' and object = %(stage)s);

-- name: note
-- One line of the audit trail.
insert into audit (at, actor, action, object, detail) values (%(at)s, %(actor)s, %(action)s, %(object)s, %(detail)s);

-- name: troubles
-- Runs of hours of outlets in which something was the matter by their flag.
with odd as (
    select distinct st.id as station_id, st.code as station, st.enterprise_id, r.flag::text as flag, r.start
    from record r
    join sensor x on x.id = r.sensor_id and x.form = ''
    join emission_pollutant e on e.quantity = x.quantity
    join station st on st.id = x.station_id and st.stream_class = 'emission'
    where r.period = 'hour' and r.start >= %(from)s and r.start < %(to)s and r.status <> 'valid'
      and r.flag in ('C', 'D', 'M', 'F', '-') and st.enterprise_id is not null
), numbered as (
    select *, start - interval '1 hour' * row_number() over (partition by station_id, flag order by start) as run from odd
)
select station_id, station, enterprise_id, flag, min(start) as starts_at, max(start) + interval '1 hour' as ends_at
from numbered group by station_id, station, enterprise_id, flag, run order by max(start) desc, station;

-- name: file_mark
-- A mark is filed.
insert into data_mark (station_id, kind, code, effect, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)
values (%(station_id)s, %(kind)s, %(code)s, %(effect)s, %(starts_at)s, %(ends_at)s, %(reason)s, %(actor)s, %(at)s,
        %(voucher_due)s, 'filed')
returning id;

-- name: decide_mark
-- The bureau decides a mark.
update data_mark set state = %(state)s, decided_by = %(actor)s, decided_at = %(at)s, note = %(note)s where id = %(id)s;

-- name: attach
-- A file that proves something.
insert into attachment (object, enterprise_id, name, media_type, content, sha256, uploaded_by, uploaded_at)
values (%(object)s, %(enterprise_id)s, %(name)s, %(media_type)s, %(content)s, %(sha256)s, %(actor)s, %(at)s) returning id;

-- name: slip
-- Hours in which a pollutant of an outlet is hundreds of times what it usually is: a slip of its unit.
with usual as (
    select r.sensor_id, percentile_cont(0.5) within group (order by r.mean) as mean
    from record r join sensor x on x.id = r.sensor_id join station st on st.id = x.station_id
    where r.period = 'hour' and r.valid and r.start >= %(from)s and r.start < %(to)s
      and st.stream_class = 'emission' and st.enterprise_id is not null and x.quantity ~ '^(a2|a3|w01018|w2)'
    group by r.sensor_id having percentile_cont(0.5) within group (order by r.mean) > 0
)
select r.sensor_id, st.enterprise_id, min(r.start) as starts_at, max(r.start) + interval '1 hour' as ends_at
from usual u
join record r on r.sensor_id = u.sensor_id and r.period = 'hour' and r.valid and r.start >= %(from)s and r.start < %(to)s
join sensor x on x.id = r.sensor_id join station st on st.id = x.station_id
where r.mean between 300 * u.mean and 3000 * u.mean
group by 1, 2 order by 1 limit 1;

-- name: exceeded
-- The newest hour over its limit at an outlet, but not of a sensor.
select j.sensor_id, st.enterprise_id, j.start as starts_at, j.start + interval '1 hour' as ends_at
from record_judged j join station st on st.id = j.station_id
where j.period = 'hour' and j.over and j.start >= %(from)s and j.start < %(to)s and j.sensor_id <> %(but)s
  and st.stream_class = 'emission' and st.enterprise_id is not null
order by j.start desc, j.sensor_id limit 1;

-- name: checked
-- Gas analysers of stacks with their spans: whose drift is checked.
select x.id as sensor_id, x.quantity, st.enterprise_id, x.span_high - coalesce(x.span_low, 0) as span
from sensor x join station st on st.id = x.station_id
where st.kind = 'stack' and x.active and x.form = '' and x.quantity in ('a21026', 'a21002') and x.span_high > coalesce(x.span_low, 0)
  and st.enterprise_id is not null
order by st.code, x.quantity;

-- name: enter_check
-- A check of drift is written down.
insert into drift_check (sensor_id, kind, at, standard, measured, span, source, entered_by, entered_at, note)
values (%(sensor_id)s, %(kind)s, %(at)s, %(standard)s, %(measured)s, %(span)s, 'person', %(actor)s, %(now)s, %(note)s)
on conflict (sensor_id, kind, at) do nothing returning id;

-- name: dust
-- The hours of the day on which the air was dustiest by far.
with hours as (
    select r.start, avg(r.mean) as mean
    from record r join sensor x on x.id = r.sensor_id join station st on st.id = x.station_id
    where r.period = 'hour' and r.valid and r.start >= %(from)s and r.start < %(to)s and x.quantity = 'a34002' and st.kind = 'air'
    group by r.start
), usual as (
    select percentile_cont(0.5) within group (order by mean) as mean from hours
), worst as (
    select start, mean from hours order by mean desc limit 1
)
select min(h.start), max(h.start) + interval '1 hour'
from hours h, usual u, worst w
where w.mean > 4 * u.mean and h.mean > 2 * u.mean
  and h.start between w.start - interval '18 hours' and w.start + interval '18 hours'
having count(*) > 0;

-- name: declare_episode
-- A sand-dust episode of the whole park.
insert into sand_episode (park_id, name, starts_at, ends_at, document, declared_by, declared_at)
values (%(park_id)s, %(name)s, %(starts_at)s, %(ends_at)s, %(document)s, %(actor)s, %(now)s) returning id;

-- name: episode_paper
-- The file of an episode's document.
update sand_episode set attachment_id = %(attachment_id)s where id = %(id)s;

-- name: declare
-- What an enterprise declares of a month; what is declared already stays.
insert into declared_emission (enterprise_id, pollutant, year, month, kg, document, changed_by, changed_at)
values (%(enterprise_id)s, %(pollutant)s, %(year)s, %(month)s, %(kg)s, %(document)s, %(actor)s, %(now)s)
on conflict do nothing;

-- name: enterprises
-- Enterprises with outlets.
select e.id, e.code from enterprise e
where exists (select from station st where st.enterprise_id = e.id and st.active and st.stream_class = 'emission'
              and st.kind in ('stack', 'wastewater'))
order by e.id;
