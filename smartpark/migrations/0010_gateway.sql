-- What a gateway that runs for years needs: two passwords while one is changed, an edition that follows the logger, indexes.

alter table logger
    add column other_password text,              -- it may also use this one: it was told to, or used it before
    add column other_since timestamptz,          -- since when either may be
    add column heard_edition smallint;           -- what edition was taken from: its frames; null: somebody has said it
update logger set heard_edition = edition where last_seen is not null;
create index logger_undecided on logger (mn) where other_password is not null;

-- The table of requests grows for years: what is asked of it each second does not.
create index logger_command_clock on logger_command (mn, id desc) where cause = 'clock';
create index logger_command_old on logger_command (requested_at) where cause <> 'person';
create index logger_gap_asked on logger_gap (command_id) where command_id is not null;
create index logger_gap_end on logger_gap (to_time);
