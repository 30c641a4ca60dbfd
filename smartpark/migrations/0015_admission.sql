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

-- What was refused, with the loggers that it may be about, and which of several causes of the same reason it is, as the
-- sentence of ingest begins, which is told anew with every refusal.
create view refused_message with (security_invoker = true) as
select q.id, q.topic, array_to_string((string_to_array(q.topic, '/'))[1:4], '/') as sender,
       case when split_part(q.topic, '/', 3) = 'hj212' then split_part(q.topic, '/', 4) end as mn,
       q.reason, c.cause, q.detail,
       (select coalesce(jsonb_agg(jsonb_build_object('mn', l.mn, 'admitted', l.admitted,
            'since', case when l.admitted then l.admitted_at end) order by l.mn), '[]')
        from logger l
        where l.mn = split_part(q.topic, '/', 4) and split_part(q.topic, '/', 3) = 'hj212'
           or c.cause = 'logger_delivers' and l.station_id = q.station_id and l.admitted) as loggers,
       q.source, q.station_id, st.code as station, q.items, q.seen,
       length(q.payload) as bytes, q.received_at, q.last_seen_at, q.released_at, q.released_by, q.peer, q.payload
from quarantine q left join station st on st.id = q.station_id
cross join lateral (
    select case
        -- In its own topic a station is refused only where a logger delivers for it.
        when q.reason = 'wrong_feed' then
            case when split_part(q.topic, '/', 3) = st.kind or strpos(q.detail, ' takes its data from HJ 212 ') > 0
                 then 'logger_delivers' end
        when split_part(q.topic, '/', 3) <> 'hj212' then null
        when q.reason = 'unknown_station' then
            case when starts_with(q.detail, 'PW of ') then 'wrong_password' else 'not_admitted' end
        when q.reason = 'bad_crc' then
            case when strpos(q.detail, ' SM4 key ') > 0 then 'wrong_key'
                 when strpos(q.detail, ' no key is set') > 0 then 'no_key' else 'wrong_check' end
    end as cause
) c;
grant select on refused_message to smartpark_enterprise;
