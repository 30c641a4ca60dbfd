-- What loggers have computed themselves, and how it compares with what we make of their readings.

-- name: records
-- Records of loggers, newest period first; only the newest revision of each unless all are asked for.
select r.sensor_id, s.station, s.quantity, s.form, s.name_zh, s.name_en, s.unit, s.decimals, r.period, r.start, r.revision,
       r.avg, r.min, r.max, r.cou, r.flag::text as flag, r.eflag, r.sample_time, r.mn, r.resent, r.received_at
from reported_record r join sensor_shown s on s.id = r.sensor_id
where r.start >= %(from)s and r.start < %(to)s
  and (%(period)s::text is null or r.period = %(period)s)
  and (%(sensor)s::int is null or r.sensor_id = %(sensor)s)
  and (%(station)s::text is null or s.station = %(station)s or s.station_id::text = %(station)s)
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(revisions)s::boolean or not exists (
      select from reported_record n
      where n.sensor_id = r.sensor_id and n.period = r.period and n.start = r.start and n.revision > r.revision))
  and (%(after_start)s::timestamptz is null
       or (r.start, r.sensor_id, r.period, r.revision) < (%(after_start)s, %(after_sensor)s, %(after_period)s, %(after_revision)s))
order by r.start desc, r.sensor_id desc, r.period desc, r.revision desc
limit %(limit)s;

-- name: records_out
-- Records of some sensors as a file, period after period; what a spreadsheet would take for a formula is quoted.
copy (
    select to_json(r.start) #>> '{}' as start, r.period, s.station, s.quantity, s.form, s.unit, r.avg, r.min, r.max, r.cou,
           r.flag, case when r.eflag ~ '^[=+@-]' and r.eflag !~ '^[+-][0-9.]+$' then '''' else '' end || r.eflag as eflag,
           r.revision, r.resent, to_json(r.sample_time) #>> '{}' as sample_time,
           to_json(r.received_at) #>> '{}' as received_at, r.mn, r.sensor_id
    from reported_record r join sensor_shown s on s.id = r.sensor_id
    where r.start >= %(from)s and r.start < %(to)s
      and (%(period)s::text is null or r.period = %(period)s)
      and r.sensor_id = any(%(sensors)s)
      and (%(revisions)s::boolean or not exists (
          select from reported_record n
          where n.sensor_id = r.sensor_id and n.period = r.period and n.start = r.start and n.revision > r.revision))
    order by r.start, r.sensor_id, r.period, r.revision
) to stdout (format csv, header);

-- name: compared_station
-- A station, whose it is, its zone, its logger and the length of that one's minute periods [min]; none where no logger
-- belongs to it.
select st.id, st.code, st.name_zh, st.name_en, e.name_zh as enterprise_zh, e.name_en as enterprise_en, p.timezone, l.mn,
       l.minute_interval_min
from station st join park p on p.id = st.park_id
left join enterprise e on e.id = st.enterprise_id
join lateral (
    select mn, minute_interval_min from logger where station_id = st.id order by admitted desc, mn limit 1
) l on true
where st.code = %(station)s or st.id::text = %(station)s order by st.id limit 1;

-- name: compare
-- The logger's value beside ours over [from, to), and how they differ; ``totals`` stand on every row, and alone where nothing
-- is listed; newest first, or ``forward``. Ours is the mean of the valid readings of the period, minute by minute weighted by
-- their number, without those that are the logger's own means (mark R): it would be compared with itself. All readings are
-- looked through for them, not each minute for one: that takes half a minute for 446,400 minutes. Equal: no further apart than
-- the tolerance allows, or than one step of the last printed digit. Few: ours has too small a part of the samples that the
-- sensor owes in the period, so it accuses nobody.
with chosen as (
    select id, quantity, form, name_zh, name_en, unit, decimals, period_s from sensor_shown
    where station_id = %(station_id)s and active and admitted and (%(quantity)s::text is null or quantity = %(quantity)s)
), theirs as (
    select distinct on (r.sensor_id, r.start) r.sensor_id, r.start, r.avg, r.flag::text as flag, r.revision, r.resent,
           r.mn
    from reported_record r
    where r.sensor_id in (select id from chosen) and r.period = %(period)s and r.start >= %(from)s and r.start < %(to)s
    order by r.sensor_id, r.start, r.revision desc
), adopted as (
    select r.sensor_id, date_trunc('minute', r.time) as minute, sum(r.value) as value
    from reading r
    where r.sensor_id = any(array(select id from chosen)) and r.mark = 'R' and r.flag = 'N'
      and r.time >= %(from)s and r.time < %(to)s
    group by 1, 2
), ours as (
    select m.sensor_id,
           case %(period)s::text when 'minute' then date_bin(%(minutes)s * interval '1 minute', m.time, '2000-01-01Z')
                else date_trunc(%(period)s, m.time, %(zone)s) end as start,
           sum(m.total - coalesce(a.value, 0)) / nullif(sum(m.n_valid - (a.value is not null)::int), 0) as avg,
           sum(m.n_valid - (a.value is not null)::int)::bigint as n
    from minute m left join adopted a on a.sensor_id = m.sensor_id and a.minute = m.time
    where m.sensor_id in (select id from chosen) and m.time >= %(from)s and m.time < %(to)s
    group by 1, 2
), beside as (
    select coalesce(t.sensor_id, o.sensor_id) as sensor_id, coalesce(t.start, o.start) as start, t.avg as logger,
           o.avg as ours, coalesce(o.n, 0) as n, t.flag, t.revision, t.resent, t.mn
    from theirs t full join ours o on o.sensor_id = t.sensor_id and o.start = t.start
    where t.avg is not null or o.avg is not null
), owed as (
    select b.*, greatest(1, floor(case %(period)s::text
               when 'minute' then 60 * %(minutes)s::int when 'hour' then 3600
               else extract(epoch from date_add(b.start, interval '1 day', %(zone)s) - b.start) end / c.period_s))::bigint as expected
    from beside b join chosen c on c.id = b.sensor_id
), judged as (
    select b.*, c.quantity, c.form, c.name_zh, c.name_en, c.unit, c.decimals, b.logger - b.ours as difference,
           (b.logger - b.ours) / nullif(abs(b.ours), 0) as relative,
           case when b.ours is null then 'only_logger' when b.logger is null then 'only_ours'
                when b.n < %(share)s::float8 * b.expected then 'few'
                when abs(b.logger - b.ours) <= greatest(%(tolerance)s::float8 * greatest(abs(b.ours), abs(b.logger)),
                                                        10.0 ^ (-c.decimals)) then 'equal'
                else 'different' end as verdict
    from owed b join chosen c on c.id = b.sensor_id
), totals as (
    select jsonb_build_object(
        'compared', count(*) filter (where verdict in ('equal', 'different')),
        'equal', count(*) filter (where verdict = 'equal'), 'different', count(*) filter (where verdict = 'different'),
        'only_logger', count(*) filter (where verdict = 'only_logger'),
        'only_ours', count(*) filter (where verdict = 'only_ours'),
        'few', count(*) filter (where verdict = 'few')) as totals
    from judged
), listed as (
    select * from judged
    where verdict = any(%(verdicts)s::text[])
      and (%(after_start)s::timestamptz is null or (start, sensor_id) < (%(after_start)s, %(after_sensor)s))
    order by case when not %(forward)s::boolean then start end desc, case when not %(forward)s then sensor_id end desc,
             start, sensor_id
    limit %(limit)s
)
select t.totals, l.* from totals t left join listed l on true
order by case when not %(forward)s then l.start end desc, case when not %(forward)s then l.sensor_id end desc,
         l.start, l.sensor_id;
