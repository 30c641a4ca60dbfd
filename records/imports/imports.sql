-- What an import asks the database and tells it. Statements over minutes name their period, so that only its chunks are read.

-- name: park
-- A park and its zone.
select id, timezone from park where code = %(park)s;

-- name: parks
-- The codes of all parks, for whoever has written another.
select code from park order by code;

-- name: sensors
-- What can be imported in a park, with the unit and the plausible range of its quantity, and since when it delivers itself.
select x.id, x.station_id, st.code, x.quantity, x.form, x.period_s, st.stream_class, q.unit, q.molar_mass,
       q.plausible_low, q.plausible_high,
       least(x.due_since, (select min(g.time) from reading g where g.sensor_id = x.id)) as live_since
from sensor x
join station st on st.id = x.station_id
join quantity q on q.code = x.quantity
where st.park_id = %(park_id)s and x.admitted;

-- name: job_of
-- The import of this file by this mapping, if there was one.
select id, state, position, line, refused_bytes, counts from import_job
where file_sha256 = %(file_sha256)s and mapping_sha256 = %(mapping_sha256)s;

-- name: new_job
-- Begin an import.
insert into import_job (park_id, file, file_sha256, bytes, mapping, mapping_sha256, state, started_by, began_at)
values (%(park_id)s, %(file)s, %(file_sha256)s, %(bytes)s, %(mapping)s, %(mapping_sha256)s, 'running', %(by)s, %(now)s)
returning id;

-- name: advance_job
-- How far an import has come, in the transaction of its minutes.
update import_job set state = 'running', position = %(position)s, line = %(line)s, refused_bytes = %(refused_bytes)s,
    counts = %(counts)s, first_minute = least(first_minute, %(first)s), last_minute = greatest(last_minute, %(last)s)
where id = %(id)s;

-- name: end_job
-- An import has ended, or stopped on the way.
update import_job set state = %(state)s, ended_at = %(now)s where id = %(id)s;

-- name: make_stage
-- Minutes on their way into the table; row is their place among the columns of the block.
create temp table if not exists import_stage (
    row int, sensor_id int, time timestamptz, n int, n_valid int, total float8, min float8, max float8, last float8,
    last_at timestamptz, flags text
) on commit delete rows;

-- name: copy_stage
-- Minutes of sensors that have some in this period.
copy import_stage from stdin with (format binary);

-- name: copy_minutes
-- Straight into the table, for what is not there.
copy minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags) from stdin with (format binary);

-- name: busy
-- Which of the sensors have a minute in a period.
select s.id from unnest(%(sensors)s::int[]) as s (id)
where exists (select from minute m where m.sensor_id = s.id and m.time >= %(first)s and m.time <= %(last)s);

-- name: there
-- What is there of the minutes of the stage.
select s.row, coalesce(m.mean, m.last), m.flags
from import_stage s
join minute m on m.sensor_id = s.sensor_id and m.time = s.time
where m.time >= %(first)s and m.time <= %(last)s;

-- name: insert_minutes
-- What nobody else has stored since it was asked for.
insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)
select sensor_id, time, n, n_valid, total, min, max, last, last_at, flags from import_stage
order by sensor_id, time
on conflict do nothing
returning sensor_id, time;

-- name: clear_stage
-- Make room for other rows in the same transaction.
truncate import_stage;

-- name: copy_due
-- The hours whose minutes have changed.
copy record_due (sensor_id, hour, cause, noted_at) from stdin with (format binary);

-- name: add_ledger
-- What became of the items of a station that came in a minute.
insert into ledger (minute, source, station_id, received, stored, duplicate, quarantined)
values (date_trunc('minute', %(now)s::timestamptz), 'import', %(station_id)s, %(received)s, %(stored)s, %(duplicate)s,
        %(quarantined)s)
on conflict (minute, source, station_id) do update set
    received = ledger.received + excluded.received, stored = ledger.stored + excluded.stored,
    duplicate = ledger.duplicate + excluded.duplicate, quarantined = ledger.quarantined + excluded.quarantined;
