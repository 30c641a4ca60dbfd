-- How well the alarms serve their operator; drills are left out of everything, and so are alerts that never sounded
-- unless they are asked for. An annunciation is an event of type annunciated or level_raised of a live alert.

-- name: windows
-- Annunciations in each ten minutes of the period.
select date_bin(interval '10 minutes', ev.at, %(from)s) as start, count(*) as n
from alert_event ev join alert a on a.id = ev.alert_id
where ev.type in ('annunciated', 'reactivated', 'level_raised') and a.annunciated_at is not null and not a.drill
  and ev.at >= %(from)s and ev.at < %(to)s
group by 1 order by 1;

-- name: now
-- What is open at this moment.
select count(*) as open, count(*) filter (where not acked and suppressed = 'none') as unacknowledged,
       count(*) filter (where suppressed = 'shelved') as shelved,
       count(*) filter (where suppressed in ('by_design', 'out_of_service')) as suppressed,
       count(*) filter (where condition = 'unknown') as unknown,
       count(*) filter (where condition in ('active', 'unknown') and raised_at < %(now)s::timestamptz - interval '24 hours') as standing,
       count(*) filter (where origin = 'retrospective' and not acked) as retrospective_unread
from alert where ended_at is null and not drill;

-- name: levels
-- Annunciated alerts of the period by class and level.
select class, level, count(*) as n from alert
where annunciated_at >= %(from)s and annunciated_at < %(to)s and not drill group by class, level order by class, level;

-- name: answers
-- How long the first acknowledgement took.
select count(*) as n, percentile_cont(0.5) within group (order by extract(epoch from acked_at - annunciated_at)) as median_s,
       percentile_cont(0.95) within group (order by extract(epoch from acked_at - annunciated_at)) as p95_s
from alert
where annunciated_at >= %(from)s and annunciated_at < %(to)s and acked_at >= annunciated_at and not drill;

-- name: loudest
-- The ten points that sounded most.
select a.rule, a.target_kind, a.target_id, st.code as station, st.name_zh, st.name_en, count(*) as n
from alert_event ev join alert a on a.id = ev.alert_id left join station st on st.id = a.station_id
where ev.type in ('annunciated', 'reactivated', 'level_raised') and a.annunciated_at is not null and not a.drill
  and ev.at >= %(from)s and ev.at < %(to)s
group by 1, 2, 3, 4, 5, 6 order by n desc, 1, 2, 3 limit 10;

-- name: chattering
-- Alerts that came back three times or more within one minute.
select alert_id, max(n) as times from (
    select ev.alert_id, count(*) over (partition by ev.alert_id order by ev.at range between interval '1 minute' preceding
                                       and current row) as n
    from alert_event ev join alert a on a.id = ev.alert_id
    where ev.type in ('raised', 'reactivated') and not a.drill and ev.at >= %(from)s and ev.at < %(to)s
) c where n >= 3 group by alert_id order by times desc, alert_id limit 100;
