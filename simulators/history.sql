-- name: make_stage
-- Minutes on their way into the table; a minute that is there already stays.
create temp table if not exists history_stage (
    sensor_id int, time timestamptz, n int, n_valid int, total float8, min float8, max float8, last float8,
    last_at timestamptz, flags text
) on commit delete rows;

-- name: copy_stage
-- Minutes for a period in which some are already.
copy history_stage from stdin with (format binary);

-- name: copy_minutes
-- Straight into the table, for periods in which nothing is.
copy minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags) from stdin with (format binary);

-- name: insert_minutes
-- What the table does not have yet.
insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)
select sensor_id, time, n, n_valid, total, min, max, last, last_at, flags from history_stage
order by sensor_id, time
on conflict do nothing;

-- name: minutes_there
-- How many minutes of a period are there, so that a second run goes on where the first has ended.
select count(*) from minute where time >= %(first)s and time < %(last)s;

-- name: first_receipt
-- When the live feed began.
select min(minute) from ledger;

-- name: note_hours
-- Records are to be made of these hours: one note a station, of which all sensors are made anew.
insert into record_due (sensor_id, hour, cause, noted_at)
select min(x.id), h.hour, 'demo', %(now)s::timestamptz
from sensor x
cross join generate_series(%(first)s::timestamptz, %(last)s::timestamptz, interval '1 hour') as h (hour)
where x.id = any(%(sensors)s::int[])
group by x.station_id, h.hour;
