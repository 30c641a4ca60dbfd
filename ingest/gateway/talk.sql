-- What is said to loggers and what they answer.

-- name: pending
-- What waits to be said and what is being said, oldest first, with how the logger is spoken to.
select c.id, c.mn, c.cn, c.parameters, c.cause, c.state, coalesce(c.second_at, c.requested_at), c.qn, c.tries, c.sent_at,
       c.answered_at, c.qn_rtn, c.frames, l.edition, l.system, l.password, l.encryption_key,
       l.admitted and l.station_id is not null, st.kind, p.timezone
from logger_command c
join logger l on l.mn = c.mn
left join station st on st.id = l.station_id
left join park p on p.id = st.park_id
where c.state in ('queued', 'sent', 'accepted')
order by c.id;

-- name: last_qn
-- The newest QN that went to a logger.
select max(qn) from logger_command where mn = %(mn)s;

-- name: claim
-- A request is about to go out: it does once this is committed.
update logger_command set state = 'sent', qn = %(qn)s, tries = %(tries)s, sent_at = %(sent_at)s
where id = %(id)s and state = 'queued';

-- name: put_back
-- The process that had sent it was killed: it goes out again, the same, when its logger is there.
update logger_command set state = 'queued' where id = %(id)s;

-- name: note
-- Where an exchange stands now.
update logger_command set
    state = %(state)s, tries = %(tries)s, sent_at = %(sent_at)s, answered_at = %(answered_at)s, qn_rtn = %(qn_rtn)s,
    exe_rtn = %(exe_rtn)s, frames = %(frames)s, finished_at = %(finished_at)s, result = result || %(result)s::jsonb
where id = %(id)s
returning result;

-- name: expire
-- A person does not wait for ever for a logger that is not there: it was not sent, or not heard.
update logger_command set state = 'timed_out', finished_at = %(now)s where id = %(id)s and state = 'queued';

-- name: tell_time
-- Loggers that asked for calibration are told the time, each at most once a minute.
insert into logger_command (mn, cn, cause, state, requested_by, requested_at)
select l.mn, %(cn)s, 'clock', 'queued', 'system', %(now)s
from logger l
where l.mn = any(%(mns)s) and l.admitted and not exists (
    select from logger_command c
    where c.mn = l.mn and c.cause = 'clock'
      and (c.state = 'queued' or c.requested_at > %(now)s::timestamptz - interval '1 minute')
)
order by l.mn;

-- name: set_password
-- The logger has taken its new password.
update logger set password = %(password)s where mn = %(mn)s;

-- name: set_minute_interval
-- How long the minute periods of the logger are [min].
update logger set minute_interval_min = %(minutes)s where mn = %(mn)s and minute_interval_min <> %(minutes)s;
