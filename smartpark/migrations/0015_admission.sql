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
