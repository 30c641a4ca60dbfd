-- Marks on data, their vouchers, and the files that prove anything.

-- name: marks
-- Marks with their vouchers, newest first.
select m.id, jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       st.enterprise, p.timezone,
       case when x.id is not null then jsonb_build_object('id', x.id, 'quantity', x.quantity, 'form', x.form,
           'name_zh', x.name_zh, 'name_en', x.name_en) end as sensor,
       m.kind, m.code, m.effect, m.starts_at, m.ends_at, m.reason, m.filed_by, m.filed_at, m.voucher_due, m.state,
       m.decided_by, m.decided_at, m.note,
       coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'media_type', a.media_type,
                         'bytes', length(a.content), 'sha256', encode(a.sha256, 'hex'), 'uploaded_by', a.uploaded_by,
                         'uploaded_at', a.uploaded_at) order by a.id)
                 from attachment a where a.object = 'mark ' || m.id), '[]') as vouchers
from data_mark m
join station_shown st on st.id = m.station_id
join park p on p.code = st.park
left join sensor_shown x on x.id = m.sensor_id
where (%(after)s::bigint is null or m.id < %(after)s) and (%(id)s::bigint is null or m.id = %(id)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(enterprise)s::text is null
       or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
  and (%(state)s::text[] is null or m.state = any(%(state)s))
  and (%(kind)s::text is null or m.kind = %(kind)s)
  and (%(from)s::timestamptz is null or m.ends_at > %(from)s)
  and (%(to)s::timestamptz is null or m.starts_at < %(to)s)
  and (%(without_voucher)s::boolean is null
       or not exists (select from attachment a where a.object = 'mark ' || m.id) = %(without_voucher)s)
order by m.id desc limit %(limit)s;

-- name: place_of
-- What a mark needs to know of its station, and of its sensor if one is named.
select st.id, st.code, st.enterprise_id, e.sector, p.timezone,
       %(sensor)s::int is null or exists (select from sensor x where x.id = %(sensor)s and x.station_id = st.id) as has_sensor
from station st join park p on p.id = st.park_id left join enterprise e on e.id = st.enterprise_id where st.id = %(station)s;

-- name: station_of
-- The station of a sensor that this reader may see.
select station_id from sensor where id = %(sensor)s;

-- name: sealed_within
-- The first finalised month of the enterprise of a station that a time touches.
select to_char(s.month, 'YYYY-MM') as month from sealed_month s
join station st on st.enterprise_id = s.enterprise_id join park p on p.id = st.park_id
where st.id = %(station)s and s.month::timestamp at time zone p.timezone < %(ends_at)s
  and (s.month + interval '1 month') at time zone p.timezone > %(starts_at)s
order by s.month limit 1;

-- name: hold_station
-- A station, so that two marks of it are filed one after the other.
select id from station where id = %(station)s for no key update;

-- name: said_already
-- A mark that stands and says the same of the same time.
select id from data_mark
where station_id = %(station)s and sensor_id is not distinct from %(sensor)s::int and kind = %(kind)s and code = %(code)s
  and starts_at = %(starts_at)s and ends_at = %(ends_at)s and state not in ('withdrawn', 'refused')
order by id limit 1;

-- name: file_mark
-- A mark is filed.
insert into data_mark (station_id, sensor_id, kind, code, effect, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)
values (%(station)s, %(sensor)s, %(kind)s, %(code)s, %(effect)s, %(starts_at)s, %(ends_at)s, %(reason)s, %(actor)s, %(now)s,
        %(voucher_due)s, 'filed')
returning id;

-- name: hold
-- A mark and nobody else's hand on it until the transaction ends.
select m.id, m.station_id, st.enterprise_id, m.starts_at, m.ends_at, m.filed_by, m.state,
       (select a.enterprise_id from account a where a.username = m.filed_by) as filer_enterprise_id,
       (select count(*) from attachment a where a.object = 'mark ' || m.id)::int as vouchers
from data_mark m join station st on st.id = m.station_id where m.id = %(id)s for update of m;

-- name: settle
-- A mark gets another state.
update data_mark set state = %(state)s, decided_by = %(actor)s, decided_at = %(now)s, note = %(note)s where id = %(id)s;

-- name: attach
-- A file that proves something.
insert into attachment (object, enterprise_id, name, media_type, content, sha256, uploaded_by, uploaded_at)
values (%(object)s, %(enterprise_id)s, %(name)s, %(media_type)s, %(content)s, %(sha256)s, %(actor)s, %(now)s) returning id;

-- name: attached
-- The same file at the same object.
select id from attachment where object = %(object)s and sha256 = %(sha256)s;

-- name: attachment
-- A file as it was uploaded.
select name, media_type, content, encode(sha256, 'hex') as sha256 from attachment where id = %(id)s;
