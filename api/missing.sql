-- Hours in which something due is missing, and why.

-- name: missing_hours
-- Hours with missing minutes, newest first.
select h.station_id, jsonb_build_object('id', st.id, 'code', st.code, 'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       st.enterprise, h.hour, h.due, h.present, h.sensor_due, h.sensor_present, h.cause, h.minutes, h.evidence,
       h.decided_at, h.resolved_at
from missing_hour h join station_shown st on st.id = h.station_id
where h.hour >= %(from)s and h.hour < %(to)s
  and (%(cause)s::text is null or h.cause = %(cause)s)
  and (%(resolved)s::boolean is null or (h.resolved_at is not null) = %(resolved)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(enterprise)s::text is null
       or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
  and (%(after_hour)s::timestamptz is null or (h.hour, h.station_id) < (%(after_hour)s, %(after_station)s))
order by h.hour desc, h.station_id desc limit %(limit)s;

-- name: decided
-- From when on anything was due, and until when hours are decided; null: nothing yet.
select (select minute from ledger where stored > 0 order by minute limit 1) as since,
       (select done_until from record_progress where job = 'missing hours') as until;

-- name: missing_by_cause
-- The same hours counted by cause; minutes are those that this cause itself explains.
with chosen as (
    select h.* from missing_hour h join station_shown st on st.id = h.station_id
    where h.hour >= %(from)s and h.hour < %(to)s
      and (%(resolved)s::boolean is null or (h.resolved_at is not null) = %(resolved)s)
      and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
      and (%(enterprise)s::text is null
           or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
)
select c.cause, (select count(*) from chosen where chosen.cause = c.cause) as hours,
       (select coalesce(sum((minutes ->> c.cause)::int), 0) from chosen)::bigint as minutes
from unnest(array['enterprise', 'network', 'platform', 'unknown']) with ordinality as c (cause, place) order by c.place;
