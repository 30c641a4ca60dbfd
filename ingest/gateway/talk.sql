-- What is said to loggers and what they answer.

-- name: pending
-- What waits to be said and what is being said, oldest first, with how the logger is spoken to.
select c.id, c.mn, c.cn, c.parameters, c.cause, c.state, coalesce(c.second_at, c.requested_at), c.qn, c.tries, c.sent_at,
       c.answered_at, c.qn_rtn, c.frames, l.edition, l.system, l.password, l.encryption_key,
       l.admitted and l.station_id is not null, st.kind, p.timezone, l.other_password is not null
from logger_command c
join logger l on l.mn = c.mn
left join station st on st.id = l.station_id
left join park p on p.id = st.park_id
where c.state in ('queued', 'sent', 'accepted')
order by c.id;

-- name: last_qns
-- The newest QN that went to each of these loggers: among its newest requests, which do not always go out in their order.
select l.mn, n.qn
from unnest(%(mns)s::text[]) as l (mn)
cross join lateral (
    select max(c.qn) as qn from (
        select c.qn from logger_command c where c.mn = l.mn and c.qn is not null order by c.id desc limit 20
    ) c
) n
where n.qn is not null;

-- name: claim
-- Requests are about to go out: they do once this is committed.
update logger_command c set state = 'sent', qn = n.qn, tries = n.tries, sent_at = %(sent_at)s
from unnest(%(ids)s::bigint[], %(qns)s::text[], %(tries)s::smallint[]) as n (id, qn, tries)
where c.id = n.id and c.state = 'queued';

-- name: put_back
-- The process that had sent them was killed: they go out again, the same, when their logger is there.
update logger_command set state = 'queued' where id = any(%(ids)s);

-- name: note
-- Where exchanges stand now.
update logger_command c set
    state = n.state, tries = n.tries, sent_at = n.sent_at, answered_at = n.answered_at, qn_rtn = n.qn_rtn,
    exe_rtn = n.exe_rtn, frames = n.frames, finished_at = n.finished_at, result = c.result || n.result
from unnest(%(ids)s::bigint[], %(states)s::text[], %(tries)s::smallint[], %(sent)s::timestamptz[],
            %(answered)s::timestamptz[], %(qn_rtns)s::smallint[], %(exe_rtns)s::smallint[], %(frames)s::int[],
            %(finished)s::timestamptz[], %(results)s::jsonb[])
     as n (id, state, tries, sent_at, answered_at, qn_rtn, exe_rtn, frames, finished_at, result)
where c.id = n.id
returning c.id, c.result;

-- name: expire
-- A person does not wait for ever for a logger that is not there: it was not sent, or not heard.
update logger_command set state = 'timed_out', finished_at = %(now)s where id = any(%(ids)s) and state = 'queued';

-- name: tell_time
-- Loggers that asked for calibration are told the time, each at most once a minute.
insert into logger_command (mn, cn, cause, state, requested_by, requested_at)
select l.mn, %(cn)s, 'clock', 'queued', 'system', %(now)s
from logger l
where l.mn = any(%(mns)s) and l.admitted and not exists (
    select from (
        select c.state, c.requested_at from logger_command c
        where c.mn = l.mn and c.cause = 'clock' order by c.id desc limit 1
    ) c
    where c.state = 'queued' or c.requested_at > %(now)s::timestamptz - interval '1 minute'
)
order by l.mn;

-- name: offer_password
-- A logger is about to be told a new password: it may use it from now on, whether we hear of that or not.
update logger set other_password = %(password)s, other_since = %(now)s
where mn = %(mn)s and password is distinct from %(password)s;

-- name: set_password
-- The logger says that it has taken its new password; it may still use the one before.
update logger set password = %(password)s, other_password = password, other_since = %(now)s
where mn = %(mn)s and password is distinct from %(password)s;

-- name: undecided
-- Loggers that may use one of two passwords.
select mn, password, other_password, other_since from logger where other_password is not null order by mn;

-- name: swap_passwords
-- Loggers that use the other password.
update logger set password = other_password, other_password = password, other_since = %(now)s where mn = any(%(mns)s);

-- name: forget_passwords
-- Loggers that have kept to one password long enough.
update logger set other_password = null, other_since = null where mn = any(%(mns)s);

-- name: set_minute_interval
-- How long the minute periods of the logger are [min].
update logger set minute_interval_min = %(minutes)s where mn = %(mn)s and minute_interval_min <> %(minutes)s;
