-- The platforms above us. Every put_... returns one row when something was added or changed, none otherwise.

-- name: put_receiver
-- A receiver, new or as the folder has it now.
insert into upward_receiver (park_id, code, name_zh, name_en, protocol, address, edition, password, encryption_key, secret)
values (%(park_id)s, %(code)s, %(name_zh)s, %(name_en)s, %(protocol)s, %(address)s, %(edition)s, %(password)s,
        %(encryption_key)s, %(secret)s)
on conflict (park_id, code) do update set
    name_zh = excluded.name_zh, name_en = excluded.name_en, protocol = excluded.protocol, address = excluded.address,
    edition = excluded.edition, password = excluded.password, encryption_key = excluded.encryption_key,
    secret = excluded.secret, active = true
where (upward_receiver.name_zh, upward_receiver.name_en, upward_receiver.protocol, upward_receiver.address,
       upward_receiver.edition, upward_receiver.password, upward_receiver.encryption_key, upward_receiver.secret,
       upward_receiver.active)
   is distinct from
      (excluded.name_zh, excluded.name_en, excluded.protocol, excluded.address, excluded.edition, excluded.password,
       excluded.encryption_key, excluded.secret, true)
returning (xmax = 0) as added;

-- name: put_point
-- A station of a receiver; what it gets begins now, and anew when it comes back.
insert into upward_point (receiver_id, station_id, mn, system, periods, since)
values ((select id from upward_receiver where park_id = %(park_id)s and code = %(receiver)s),
        (select id from station where park_id = %(park_id)s and code = %(station)s),
        %(mn)s, %(system)s, %(periods)s, now())
on conflict (receiver_id, station_id) do update set
    mn = excluded.mn, system = excluded.system, periods = excluded.periods, until = null,
    since = case when upward_point.until is null then upward_point.since else excluded.since end
where (upward_point.mn, upward_point.system, upward_point.periods, upward_point.until)
   is distinct from (excluded.mn, excluded.system, excluded.periods, null)
returning (xmax = 0) as added;

-- name: retire_receivers
-- Receivers that the folder no longer has get nothing more.
update upward_receiver set active = false where park_id = %(park_id)s and active and code <> all(%(codes)s) returning code;

-- name: retire_points
-- Stations that a receiver no longer gets end now; what was due before stays due.
update upward_point p set until = now()
from upward_receiver r, station s
where r.id = p.receiver_id and s.id = p.station_id and r.park_id = %(park_id)s and p.until is null
  and not exists (
      select from unnest(%(receivers)s::text[], %(stations)s::text[]) as kept (receiver, station)
      where kept.receiver = r.code and kept.station = s.code)
returning s.code;

-- name: receivers
-- The receivers of a park for export, each with its stations.
select r.code, r.name_zh, r.name_en, r.protocol, r.address, r.edition, r.password, r.encryption_key, r.secret,
       coalesce(jsonb_agg(jsonb_build_object('station', s.code, 'mn', u.mn, 'system', u.system, 'periods', u.periods)
                          order by s.code collate "C") filter (where s.id is not null), '[]') as stations
from upward_receiver r join park p on p.id = r.park_id
left join upward_point u on u.receiver_id = r.id and u.until is null
left join station s on s.id = u.station_id and s.active
where p.code = %(code)s and r.active
group by r.id order by r.id;
