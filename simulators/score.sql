-- name: make_sent
-- What was sent, beside what is stored.
create temp table sent (sensor_id int not null, time timestamptz not null, value float8 not null, flag text not null,
                        sure boolean not null) on commit preserve rows;

-- name: copy_sent
-- Take in what the truth file says was sent.
copy sent (sensor_id, time, value, flag, sure) from stdin with (format binary);

-- name: index_sent
-- Find what was sent by sensor and instant.
create index on sent (sensor_id, time);

-- name: analyse_sent
-- Let the planner know how much was sent.
analyze sent;

-- name: lost
-- Confirmed readings that are not stored.
select count(*) from (select distinct sensor_id, time from sent where sure) s
where not exists (select from reading r where r.sensor_id = s.sensor_id and r.time = s.time);

-- name: lost_examples
-- The first of them.
select st.code, n.quantity, s.time
from (select distinct sensor_id, time from sent where sure) s
join sensor n on n.id = s.sensor_id
join station st on st.id = n.station_id
where not exists (select from reading r where r.sensor_id = s.sensor_id and r.time = s.time)
order by s.time limit 5;

-- name: stored
-- Readings that were sent and are stored; those whose value or flag is none that was sent for that instant; those
-- stored more than once.
select count(*), count(*) filter (where not exists (
           select from sent s where s.sensor_id = r.sensor_id and s.time = r.time and s.flag = r.flag::text
                              and abs(s.value - r.value) <= 1e-9 * greatest(1, abs(s.value)))),
       count(*) - count(distinct (r.sensor_id, r.time))
from reading r
where exists (select from sent s where s.sensor_id = r.sensor_id and s.time = r.time);

-- name: invented
-- Readings between the first and the last instant of a sensor that nobody sent.
select count(*)
from reading r
join (select sensor_id, min(time) as first, max(time) as last from sent group by 1) s
  on s.sensor_id = r.sensor_id and r.time between s.first and s.last
where not exists (select from sent x where x.sensor_id = r.sensor_id and x.time = r.time);

-- name: minutes
-- Whole minutes whose count of readings is too high, and too low.
with span as (
    select sensor_id, date_trunc('minute', min(time)) + interval '1 minute' as first, date_trunc('minute', max(time)) as last
    from sent group by 1
), counted as (
    select r.sensor_id, date_trunc('minute', r.time) as minute, count(*) as n
    from reading r join span s on s.sensor_id = r.sensor_id and r.time >= s.first and r.time < s.last
    group by 1, 2
), rolled as (
    select m.sensor_id, m.time as minute, m.n
    from minute m join span s on s.sensor_id = m.sensor_id and m.time >= s.first and m.time < s.last
)
select count(*) filter (where coalesce(rolled.n, 0) > coalesce(counted.n, 0)),
       count(*) filter (where coalesce(rolled.n, 0) < coalesce(counted.n, 0))
from counted full join rolled using (sensor_id, minute);

-- name: conflicts
-- Second, different values for a stored instant.
select count(*) from reading_conflict c
where exists (select from sent s where s.sensor_id = c.sensor_id and s.time = c.time);

-- name: ledger
-- The ledger of the park's stations from a minute on.
select coalesce(sum(l.received), 0)::bigint, coalesce(sum(l.stored), 0)::bigint, coalesce(sum(l.duplicate), 0)::bigint,
       coalesce(sum(l.quarantined), 0)::bigint, coalesce(sum(l.gap), 0)::bigint,
       count(*) filter (where l.received <> l.stored + l.duplicate + l.quarantined)
from ledger l
left join station st on st.id = l.station_id
left join park p on p.id = st.park_id
where l.minute >= date_trunc('minute', %(since)s::timestamptz) and (p.code = %(park)s or l.station_id = 0);

-- name: quarantined
-- Messages refused since an instant, by reason.
select reason, sum(seen)::bigint from quarantine where last_seen_at >= %(since)s and topic like %(topics)s group by 1;

-- name: alerts
-- Alerts of the park that were open in the period of the data, or raised in it.
select a.id, a.rule, r.kind, a.target_kind, st.code, s.quantity, s.form, e.code, a.stage, a.origin, a.condition,
       a.raised_at, (select min(v.at) from alert_event v where v.alert_id = a.id and v.type = 'annunciated'
                     and v.at >= %(since)s), a.occurrences, jsonb_array_length(a.members)
from alert a
join park p on p.id = a.park_id
left join rule r on r.code = a.rule and r.version = a.rule_version
left join sensor s on s.id = a.sensor_id
left join station st on st.id = coalesce(s.station_id, a.station_id)
left join enterprise e on e.id = coalesce(a.enterprise_id, case when a.target_kind = 'enterprise' then a.target_id end)
where p.code = %(park)s and a.raised_at <= %(last)s and coalesce(a.ended_at, 'infinity') >= %(first)s
order by a.id;
