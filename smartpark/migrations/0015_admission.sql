-- A logger that is not wanted is not offered for admission, however often it calls.

alter table logger
    add column refused_at timestamptz,
    add column refused_by text,
    add check ((refused_at is null) = (refused_by is null));
grant select (refused_at, refused_by) on logger to smartpark_enterprise;

-- Whoever admits it wants it.
create function welcome_logger() returns trigger language plpgsql as $$
begin
    new.refused_at := null;
    new.refused_by := null;
    return new;
end $$;
create trigger logger_welcomed before insert or update on logger for each row
    when (new.admitted and new.refused_at is not null) execute function welcome_logger();

-- What of loggers waits in quarantine, and the cause. Of an admitted logger nothing has no station that was tried since, but
-- by a wrong password; what it encrypts has a check that does not fit while its key is wrong or unknown.
create view held_message with (security_invoker = true) as
select l.mn, q.id, q.received_at, q.last_seen_at, q.detail, q.items, q.seen, q.peer, q.payload,
       case when q.reason = 'unknown_station' and l.admitted and q.last_seen_at >= l.admitted_at then 'wrong_password'
            when q.reason = 'unknown_station' then 'not_admitted'
            when q.reason = 'bad_crc' and l.has_key then 'wrong_key'
            when q.reason = 'bad_crc' then 'no_key' else q.reason end as reason
from quarantine q join logger l on l.mn = split_part(q.topic, '/', 4)
where q.released_at is null and split_part(q.topic, '/', 3) = 'hj212';
grant select on held_message to smartpark_enterprise;
