-- Sessions of loggers, and how each logger does.

-- name: close_left_over
-- Sessions that a killed process left open ended with their last frame.
update logger_session set closed_at = last_at, closed_by = 'us' where closed_at is null;

-- name: all_offline
-- After a start of ours everybody has to call again.
update logger set online = false, since = %s where online;

-- name: begin
-- A logger spoke for the first time on a connection.
insert into logger_session (mn, peer, opened_at, last_at) values (%s, %s, %s, %s) returning id;

-- name: note_session
-- How a session goes on, or that it ended.
update logger_session set
    last_at = %(last_at)s, frames = frames + %(frames)s, defects = defects + %(defects)s,
    closed_at = %(closed_at)s, closed_by = %(closed_by)s
where id = %(id)s;

-- name: note_logger
-- How a logger does; the end of an older connection says nothing while a newer one is open.
update logger l set
    first_seen = coalesce(first_seen, %(last_at)s),
    last_seen = greatest(last_seen, %(last_at)s),
    frames = frames + %(frames)s,
    defects = defects + %(defects)s,
    edition = coalesce(edition, %(edition)s),
    system = coalesce(%(system)s, system),
    peer = %(peer)s,
    clock_offset_s = coalesce(%(offset_s)s, clock_offset_s),
    deviations = (select coalesce(array_agg(distinct d order by d), '{}') from unnest(deviations || %(deviations)s::text[]) d),
    since = case when l.online = here.online then l.since else %(since)s end,
    online = here.online
from (select %(online)s or exists (select from logger_session s where s.mn = %(mn)s and s.closed_at is null) as online) here
where l.mn = %(mn)s;
