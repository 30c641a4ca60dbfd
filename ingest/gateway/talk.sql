-- What is said to loggers and what they answer.

-- name: pending
-- What waits to be said and what is being said, oldest first, with how the logger is spoken to.
select c.id, c.mn, c.cn, c.parameters, c.cause, c.state, coalesce(c.second_at, c.requested_at), c.qn, c.tries, c.sent_at,
       c.answered_at, c.qn_rtn, c.frames, l.edition, l.system, l.password, l.encryption_key,
       l.admitted and l.station_id is not null, st.kind, p.timezone, l.other_password,
       l.other_state in ('confirmed', 'used')
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
-- A logger is about to be told a new password: it may use it from now on, whether we hear of that or not. One that was
-- offered before is forgotten; the same one said again counts no longer for that.
update logger set other_password = %(password)s, other_since = %(now)s, other_state = 'offered'
where mn = %(mn)s and password is distinct from %(password)s and other_password is distinct from %(password)s;

-- name: set_password
-- The logger says that it has taken the password it was offered; it may still use the one before for a while. Where
-- somebody has said another one meanwhile, that counts.
update logger set password = other_password, other_password = password,
    other_since = case when password is not null then %(now)s::timestamptz end,
    other_state = case when password is not null then 'confirmed' end
where mn = %(mn)s and other_password = %(password)s and other_state = 'offered';

-- name: changes
-- Loggers that may use one of two passwords, and whether the request that sets one is open.
select l.mn, l.password, l.other_password, l.other_state, l.other_since,
       exists (select from logger_command c where c.mn = l.mn and c.cn = %(cn)s and c.state in ('sent', 'accepted'))
from logger l where l.other_password is not null order by l.mn;

-- name: follow_to_password
-- Loggers that use what they were offered.
update logger set password = other_password, other_password = password,
    other_since = case when password is not null then %(now)s::timestamptz end,
    other_state = case when password is not null then 'used' end
where mn = any(%(mns)s) and other_state = 'offered';

-- name: password_used
-- Loggers that use the password which they have confirmed.
update logger set other_state = 'used' where mn = any(%(mns)s) and other_state = 'confirmed';

-- name: return_to_password
-- Loggers that have kept the password before, whatever they confirmed.
update logger set password = other_password, other_password = null, other_since = null, other_state = null
where mn = any(%(mns)s) and other_state = 'confirmed';

-- name: forget_passwords
-- Loggers of which one password counts from now on.
update logger set other_password = null, other_since = null, other_state = null where mn = any(%(mns)s);

-- name: set_minute_interval
-- How long the minute periods of the logger are [min].
update logger set minute_interval_min = %(minutes)s where mn = %(mn)s and minute_interval_min <> %(minutes)s;
