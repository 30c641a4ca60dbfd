-- What goes upward can be held against what was sent before it, and a missing hour against every sensor that is due.

-- Since when a sensor that waited is admitted; null: it never waited. What it sent before is stored as it was sent.
alter table sensor add column admitted_at timestamptz;
update sensor s set admitted_at = s.due_since
where s.admitted and exists (select from sensor_unit u where u.sensor_id = s.id and u.valid_from = s.due_since);

create function note_admission() returns trigger language plpgsql as $$
begin
    new.admitted_at := now();
    return new;
end $$;
create trigger sensor_admitted before update on sensor for each row
    when (new.admitted and not old.admitted) execute function note_admission();

-- Sensors whose values may go upward, from ``since`` on: a minute after admission ingest has reloaded its units.
create view upward_sensor as
select id, station_id, quantity, form, left(quantity, 2) = 'x_' as own,
       coalesce(admitted_at + interval '1 minute', '-infinity'::timestamptz) as since
from sensor where active and admitted;

alter table upward_item
    add column words int,                        -- of loggers, each revision one, that were known when its figures were made
    add column digest bytea,                     -- of the content that went under first_sent_at, which is its QN
    add column refusal text;                     -- why the receiver does not take it; null once it did

alter table upward_state add column last_error_at timestamptz;

-- ``present`` are from now on the minutes in which everything came that was due, of whatever sensor.
alter table missing_hour
    add column sensor_due int,                   -- minutes of all sensors; null: decided before they were counted
    add column sensor_present int;
