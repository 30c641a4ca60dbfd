-- Sessions of loggers, and how each logger does.

-- name: close_left_over
-- Sessions that a killed process left open ended with their last frame.
update logger_session set closed_at = last_at, closed_by = 'us' where closed_at is null;

-- name: all_offline
-- After a start of ours everybody has to call again.
update logger set online = false, since = %s where online;

-- name: begin
-- Loggers that spoke for the first time on a connection.
insert into logger_session (mn, peer, opened_at, last_at)
select * from unnest(%(mns)s::text[], %(peers)s::text[], %(opened)s::timestamptz[], %(last)s::timestamptz[])
returning id, mn, peer, opened_at;

-- name: note_sessions
-- How sessions go on, or that they ended.
update logger_session s set
    last_at = n.last_at, frames = s.frames + n.frames, defects = s.defects + n.defects,
    closed_at = n.closed_at, closed_by = n.closed_by
from unnest(%(ids)s::bigint[], %(last)s::timestamptz[], %(frames)s::bigint[], %(defects)s::bigint[],
            %(closed)s::timestamptz[], %(by)s::text[])
     as n (id, last_at, frames, defects, closed_at, closed_by)
where s.id = n.id;

-- name: note_loggers
-- How each logger does, one row a logger; its deviations are words separated by blanks. Its edition is the one that it
-- spoke last, unless somebody has said another.
update logger l set
    first_seen = coalesce(l.first_seen, n.last_at),
    last_seen = greatest(l.last_seen, n.last_at),
    frames = l.frames + n.frames,
    defects = l.defects + n.defects,
    edition = case when l.edition is null or l.edition = l.heard_edition then coalesce(n.edition, l.edition)
                   else l.edition end,
    heard_edition = case when l.edition is null or l.edition = l.heard_edition then coalesce(n.edition, l.heard_edition) end,
    system = coalesce(n.system, l.system),
    peer = n.peer,
    clock_offset_s = coalesce(n.offset_s, l.clock_offset_s),
    deviations = case when string_to_array(n.deviations, ' ') <@ l.deviations then l.deviations else (
        select array_agg(distinct d order by d) from unnest(l.deviations || string_to_array(n.deviations, ' ')) d
    ) end,
    since = case when l.online = n.online then l.since else n.since end,
    online = n.online
from unnest(%(mns)s::text[], %(last)s::timestamptz[], %(frames)s::bigint[], %(defects)s::bigint[], %(editions)s::smallint[],
            %(systems)s::text[], %(peers)s::text[], %(offsets)s::float8[], %(deviations)s::text[], %(online)s::bool[],
            %(since)s::timestamptz[])
     as n (mn, last_at, frames, defects, edition, system, peer, offset_s, deviations, online, since)
where l.mn = n.mn;
