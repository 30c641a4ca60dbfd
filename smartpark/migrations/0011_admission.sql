-- A logger that goes to another enterprise brings nothing along of what it said at the one before.

-- Since when it speaks for this enterprise; null: it has spoken for no other.
alter table logger add column station_since timestamptz;

create function date_logger() returns trigger language plpgsql as $$
begin
    if (select enterprise_id from station where id = old.station_id)
       is distinct from (select enterprise_id from station where id = new.station_id) then
        new.station_since := now();
    end if;
    return new;
end $$;
create trigger logger_moves before update of station_id on logger for each row
    when (old.station_id is not null and old.station_id is distinct from new.station_id)
    execute function date_logger();

-- Of the many loggers that never moved one set of numbers decides; only of those that did, row after row is looked up.
-- What a logger says late about the time before is of that time.
grant select (station_since) on logger to smartpark_enterprise;
do $$
declare
    shown record;
begin
    for shown in select * from (values
        ('raw_frame',      'least(raw_frame.received_at, raw_frame.data_time)'),
        ('logger_report',  'least(logger_report.received_at, logger_report.time)'),
        ('logger_session', 'logger_session.opened_at'),
        ('logger_command', 'logger_command.requested_at'),
        ('logger_gap',     'logger_gap.from_time')
    ) as policy (name, at)
    loop
        execute format('drop policy own on %I', shown.name);
        execute format('create policy own on %I for select to smartpark_enterprise using (
            mn in (select mn from logger where station_since is null)
            or exists (select from logger l where l.mn = %I.mn and l.station_since <= %s))', shown.name, shown.name, shown.at);
    end loop;
end $$;
