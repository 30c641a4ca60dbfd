-- What people, gaps and clocks ask of loggers.

-- name: commands
-- Requests to loggers, newest first; a new password among the parameters is hidden.
select c.id, c.mn,
       case when st.id is not null then jsonb_build_object(
           'id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) end as station,
       c.cn, c.parameters || case when c.parameters ? 'NewPW' then '{"NewPW": "******"}' else '{}' end::jsonb as parameters,
       c.cause, c.reason, c.state, c.requested_by, c.requested_at,
       case when c.state = 'waiting_second' then c.requested_at + interval '24 hours' end as expires_at,
       c.second_by, c.second_at, c.qn, c.tries, c.sent_at, c.answered_at, c.qn_rtn, c.exe_rtn, c.frames, c.result,
       c.finished_at
from logger_command c join logger l on l.mn = c.mn left join station st on st.id = l.station_id
where (%(after)s::bigint is null or c.id < %(after)s)
  and (%(id)s::bigint is null or c.id = %(id)s)
  and (%(mn)s::text is null or c.mn = %(mn)s)
  and (%(state)s::text[] is null or c.state = any(%(state)s))
order by c.id desc limit %(limit)s;

-- name: addressee
-- The logger that is asked, with the time zone of its park.
select l.mn, l.admitted, p.timezone
from logger l left join station st on st.id = l.station_id left join park p on p.id = st.park_id where l.mn = %(mn)s;

-- name: ask
-- Ask something of a logger.
insert into logger_command (mn, cn, parameters, cause, reason, state, requested_by, requested_at)
values (%(mn)s, %(cn)s, %(parameters)s, 'person', %(reason)s, %(state)s, %(actor)s, %(now)s) returning id;

-- name: locked
-- One request, held until the transaction ends.
select id, mn, cn, state, requested_by, requested_at from logger_command where id = %(id)s for update;

-- name: sign
-- A second person signs: it may go out.
update logger_command set state = 'queued', second_by = %(actor)s, second_at = %(now)s where id = %(id)s;

-- name: cancel
-- It is not to be sent any more.
update logger_command set state = 'cancelled', finished_at = %(now)s where id = %(id)s;
