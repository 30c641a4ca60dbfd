-- What judging official records reads and writes besides alerts themselves.

-- name: points
-- Some sensors that are in use, with station, enterprise and park.
select s.id as sensor_id, s.quantity, s.form, q.name_zh as quantity_zh, q.name_en as quantity_en, q.unit, q.decimals,
       s.period_s, s.span_low, s.span_high, s.due_since, s.due_until,
       st.id as station_id, st.code as station, st.kind as station_kind, st.stream_class, st.outlet_kind,
       st.name_zh as station_zh, st.name_en as station_en, st.attributes ->> 'region' as region,
       e.id as enterprise_id, e.code as enterprise, e.name_zh as enterprise_zh, e.name_en as enterprise_en,
       p.id as park_id, p.timezone
from sensor s
join quantity q on q.code = s.quantity
join station st on st.id = s.station_id
join park p on p.id = st.park_id
left join enterprise e on e.id = st.enterprise_id
where s.id = any(%(sensors)s)
order by s.id;

-- name: newest
-- The newest judgeable period of some sensors after an instant, without the periods that are being judged.
select w.sensor_id, w.period, w.converted, max(r.start) as start
from unnest(%(sensors)s::int[], %(periods)s::text[], %(converted)s::boolean[], %(since)s::timestamptz[])
     as w (sensor_id, period, converted, since)
join record r on r.sensor_id = w.sensor_id and r.period = w.period and r.start > w.since and r.judgeable
    and (not w.converted or r.converted is not null)
where not exists (
    select from unnest(%(fact_sensors)s::int[], %(fact_periods)s::text[], %(fact_starts)s::timestamptz[])
        as f (sensor_id, period, start)
    where f.sensor_id = r.sensor_id and f.period = r.period and f.start = r.start)
group by w.sensor_id, w.period, w.converted;

-- name: spoken
-- What alerts said of these periods, and of the other periods of an occurrence that is open.
select ap.alert_id, ap.sensor_id, ap.rule, ap.start, ap.value, ap.over
from alert_period ap
left join alert a on a.id = ap.alert_id and a.ended_at is null
where (ap.rule, ap.sensor_id) in (select * from unnest(%(rules)s::text[], %(sensors)s::int[]))
  and (ap.start = any(%(starts)s) or (ap.over and ap.start >= (a.evidence ->> 'from')::timestamptz))
order by ap.start;

-- name: speak
-- An alert speaks of these periods now.
insert into alert_period (alert_id, sensor_id, rule, period, start, revision, value, over)
select * from unnest(%(alerts)s::bigint[], %(sensors)s::int[], %(rules)s::text[], %(periods)s::text[],
                     %(starts)s::timestamptz[], %(revisions)s::int[], %(values)s::float8[], %(overs)s::boolean[])
on conflict (sensor_id, rule, period, start) do update
set alert_id = excluded.alert_id, revision = excluded.revision, value = excluded.value, over = excluded.over;

-- name: withdrawn
-- Open alerts of official periods whose rule is gone or has another basis, or whose sensor is out of use.
select a.rule, a.target_id, a.evidence
from alert a
join rule r on r.code = a.rule and r.version = a.rule_version
join sensor s on s.id = a.target_id
join station st on st.id = s.station_id
where a.ended_at is null and a.condition <> 'normal' and a.target_kind = 'sensor'
  and r.kind = 'limit' and r.parameters ->> 'basis' in ('hour', 'day')
  and not (s.active and s.admitted and st.active and exists (
      select from rule n where n.code = a.rule and n.retired_at is null and n.enabled and n.kind = 'limit'
          and n.parameters ->> 'basis' = r.parameters ->> 'basis'))
order by a.id;

-- name: kept
-- Records that could not be judged and are due to be tried again, as they stand now.
select r.sensor_id, r.period, r.start,
       ((r.start at time zone p.timezone) + case r.period when 'day' then interval '1 day' else interval '1 hour' end)
           at time zone p.timezone as "end",
       r.mean as value, r.converted, r.judgeable, r.revision, r.cause, r.made_at, r.expected, r.samples, r.status,
       r.flag::text as flag
from unjudged_record u
join record r on r.sensor_id = u.sensor_id and r.period = u.period and r.start = u.start
join sensor s on s.id = r.sensor_id
join station st on st.id = s.station_id
join park p on p.id = st.park_id
where u.next_at <= %(now)s
order by u.next_at limit 500;

-- name: keep
-- Records that could not be judged, and when they are tried again: soon at first, four times a day in the end.
insert into unjudged_record as u (sensor_id, period, start, why, failed_at, next_at)
select f.sensor_id, f.period, f.start, f.why, %(now)s::timestamptz, %(now)s::timestamptz + interval '5 minutes'
from unnest(%(sensors)s::int[], %(periods)s::text[], %(starts)s::timestamptz[], %(whys)s::text[])
     as f (sensor_id, period, start, why)
where f.why is not null
on conflict (sensor_id, period, start) do update
set why = excluded.why, tries = u.tries + 1,
    next_at = excluded.failed_at + interval '5 minutes' * least(power(2, u.tries), 72);

-- name: forget
-- Records that were judged after all.
delete from unjudged_record u
using unnest(%(sensors)s::int[], %(periods)s::text[], %(starts)s::timestamptz[], %(whys)s::text[])
      as f (sensor_id, period, start, why)
where u.sensor_id = f.sensor_id and u.period = f.period and u.start = f.start and f.why is null;
