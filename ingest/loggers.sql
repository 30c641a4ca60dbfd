-- What loggers send besides instant values. Statements that touch many rows sort them by their full key first.

-- name: recent_frames
-- Digests of the newest frames of the last minutes, newest first: a logger that had no answer sends them again.
select substr(sha256(frame), 1, 16) from raw_frame
where received_at > now() - %s::interval order by received_at desc limit %s;

-- name: copy_frame
-- Frames as they came.
copy raw_frame (received_at, mn, st, cn, qn, pno, data_time, resent, source, peer, frame) from stdin (format binary);

-- name: reported
-- Every revision of some periods that loggers have computed, in order.
select u.sensor_id, u.period, u.start, k.revision, k.avg, k.min, k.max, k.cou, k.flag::text, k.eflag, k.sample_time, k.mn,
       k.received_at
from unnest(%s::int[], %s::text[], %s::timestamptz[]) as u (sensor_id, period, start)
cross join lateral (
    select * from reported_record r
    where r.sensor_id = u.sensor_id and r.period = u.period and r.start = u.start
    offset 0
) k
order by u.sensor_id, u.period, u.start, k.revision;

-- name: keep_reported
-- New revisions of what loggers have computed.
insert into reported_record (sensor_id, period, start, revision, avg, min, max, cou, flag, eflag, sample_time, mn, resent,
                             received_at)
select sensor_id, period, start, revision, avg, min, max, cou, flag::"char", eflag, sample_time, mn, resent, received_at
from unnest(%s::int[], %s::text[], %s::timestamptz[], %s::int[], %s::float8[], %s::float8[], %s::float8[],
            %s::float8[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::bool[], %s::timestamptz[])
     as s (sensor_id, period, start, revision, avg, min, max, cou, flag, eflag, sample_time, mn, resent, received_at)
on conflict do nothing
returning sensor_id, period, start, revision;

-- name: bare_minutes
-- Which minutes [start, end) hold no reading of their sensor; by their place in the lists, from 1.
select m.place
from unnest(%(sensors)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
     with ordinality as m (sensor_id, starts, ends, place)
where not exists (
    select from reading r
    where r.sensor_id = m.sensor_id and r.time >= m.starts and r.time < m.ends
      and r.time >= %(first)s and r.time < %(last)s
)
order by m.place;

-- name: keep_report
-- Anything else a logger tells about one instant; the same again is nothing new.
insert into logger_report (mn, cn, time, digest, data, resent, received_at)
values (%(mn)s, %(cn)s, %(time)s, sha256(convert_to(%(data)s::text, 'UTF8')), %(data)s::text::jsonb, %(resent)s,
        %(received_at)s)
on conflict do nothing
returning mn;

-- name: note_strangers
-- Device numbers that nobody has admitted wait to be seen.
insert into logger (mn, admitted, first_seen, last_seen)
select mn, false, %(now)s, %(now)s from unnest(%(mns)s::text[]) as seen (mn) order by mn
on conflict (mn) do update set
    first_seen = coalesce(logger.first_seen, excluded.first_seen), last_seen = excluded.last_seen;

-- name: register_quantity
-- A code that the registry does not know; its unit is known when somebody admits it.
insert into quantity (code, name_zh, name_en, unit, decimals, registered, source)
select %(code)s, %(code)s, %(code)s, '', 3, false, 'sent by the logger of station ' || st.code
from station st where st.id = %(station_id)s
  and (select count(*) from sensor s where s.station_id = st.id and not s.admitted) < %(most)s
  and not exists (select from quantity q where %(code)s = any(q.old_codes))
on conflict do nothing;

-- name: register_sensor
-- A sensor that waits for admission; an old code is a sensor of the quantity that it stands for.
insert into sensor (station_id, quantity, form, period_s, unit, admitted)
select %(station_id)s, q.code, %(form)s, 60, '', false
from quantity q
where (q.code = %(code)s or %(code)s = any(q.old_codes))
  and (select count(*) from sensor s where s.station_id = %(station_id)s and not s.admitted) < %(most)s
order by (q.code = %(code)s) desc limit 1
on conflict do nothing;

-- name: bump_catalogue
-- Long-running processes reload.
update revision set version = version + 1 where name = 'catalogue';
