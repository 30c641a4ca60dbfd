-- What follows a change of a mark.

-- name: note_due
-- Every hour that a mark touches and that is over has to be made anew, of its sensor or of all of its station.
insert into record_due (sensor_id, hour, cause, noted_at)
select x.id, h.hour, %(cause)s::text, %(now)s::timestamptz
from data_mark m
join station st on st.id = m.station_id
join park p on p.id = st.park_id
join sensor x on x.station_id = m.station_id and (m.sensor_id is null or x.id = m.sensor_id) and x.admitted
cross join generate_series(date_trunc('hour', m.starts_at, p.timezone), m.ends_at - interval '1 microsecond',
                           interval '1 hour') as h (hour)
where m.id = %(id)s and h.hour + interval '1 hour' <= %(now)s;

-- name: note
-- One line of the audit trail.
insert into audit (at, actor, action, object, detail) values (%(at)s, %(actor)s, %(action)s, %(object)s, %(detail)s);

-- name: lapsing
-- Marks whose deadline has passed, and nobody else's hand on them until the transaction ends: a voucher that is being added is
-- waited for.
select id from data_mark where state = 'filed' and voucher_due <= %(now)s order by id for update;

-- name: fall_back
-- Those of them that nobody has proved.
update data_mark m set state = 'fallen_back', decided_by = 'system', decided_at = %(now)s
where m.id = any(%(ids)s::bigint[]) and m.state = 'filed'
  and not exists (select from attachment a where a.object = 'mark ' || m.id)
returning m.id, m.voucher_due;
