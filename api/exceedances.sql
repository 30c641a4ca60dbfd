-- Hours and days over their limit, how the rest complied, and the hour that is running. Limits are those in force at the
-- time of the data; what may not be judged and what a mark covers is in none of it.

-- name: over_sensors
-- The sensors with any hour or day over its limit in [from, to).
select coalesce(array_agg(distinct j.sensor_id), '{}') as sensors
from record_judged j
join sensor s on s.id = j.sensor_id
join station st on st.id = s.station_id
join park p on p.id = st.park_id
where j.over and j.start >= %(from)s and j.start < %(to)s and j.period in ('hour', 'day')
  and st.stream_class = 'emission'
  and (%(park)s::text is null or p.code = %(park)s)
  and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(sensor)s::int is null or s.id = %(sensor)s)
  and (%(enterprise)s::text is null
       or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s));

-- name: exceedances
-- What some sensors exceeded in [from, to), with the run each period stands in and the exceeding days of 30.
with every as (
    select distinct on (j.sensor_id, j.form, j.period, j.start) j.*, s.quantity, p.timezone,
           (j.start at time zone p.timezone)::date as day
    from record_judged j
    join sensor s on s.id = j.sensor_id
    join station st on st.id = s.station_id
    join park p on p.id = st.park_id
    where j.over and j.sensor_id = any(%(sensors)s::int[]) and j.period in ('hour', 'day')
      and j.start >= %(from)s::timestamptz - interval '31 days' and j.start < %(to)s
    order by j.sensor_id, j.form, j.period, j.start, j.stage in ('HH', 'LL') desc
), numbered as (
    select *,
           case period when 'hour' then floor(extract(epoch from start) / 3600) else day - '1970-01-01'::date end
               - row_number() over (partition by sensor_id, form, period order by start) as island,
           row_number() over (partition by sensor_id, form, day order by start, period) = 1 as opens_day
    from every
), counted as (
    select *, row_number() over (partition by sensor_id, form, period, island order by start) as run,
           count(*) filter (where opens_day)
               over (partition by sensor_id, form order by day range between interval '29 days' preceding and current row)
               as exceeding_days
    from numbered
), listed as (
    select *,
           case when stage in ('H', 'HH') and limit_value > 0 then (value - limit_value) / limit_value end as ratio,
           case period when 'hour' then start + interval '1 hour'
               else (start at time zone timezone + interval '1 day') at time zone timezone end as "end"
    from counted
    where start >= %(from)s and (%(period)s::text is null or period = %(period)s)
), placed as (
    select *, count(*) over () as total,
           row_number() over (order by case when %(sort)s = 'factor' then ratio end desc nulls last, start desc, sensor_id,
                              form, period) as place
    from listed
), page as (
    select * from placed where %(after)s::bigint is null or place > %(after)s order by place limit %(limit)s
)
select p.place, p.total, p.sensor_id,
       case when e.id is not null then jsonb_build_object('id', e.id, 'code', e.code, 'name_zh', e.name_zh,
           'name_en', e.name_en) end as enterprise,
       jsonb_build_object('id', st.id, 'code', st.code, 'kind', st.kind, 'outlet_kind', st.outlet_kind,
           'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       jsonb_build_object('code', q.code, 'name_zh', q.name_zh, 'name_en', q.name_en, 'unit', q.unit,
           'decimals', q.decimals) as quantity,
       p.form, p.period, p.start, p."end", p.timezone, p.value, p.stage,
       jsonb_build_object('id', p.limit_id, 'value', p.limit_value, 'unit', p.unit, 'reference_o2', p.reference_o2,
           'kind', p.kind, 'standard', p.standard, 'clause', p.clause, 'stage', p.stage) as "limit",
       p.run::int, p.exceeding_days::int, p.flag::text as flag, p.samples, p.expected, p.revision, p.cause, p.made_at,
       coalesce(f.made_at, p.made_at) as found_at, coalesce(f.revision, p.revision) as found_revision,
       coalesce(f.cause, p.cause) as found_cause, coalesce(m.marks, '[]'::jsonb) as marks,
       coalesce(k.corrections, '[]'::jsonb) as corrections, a.alert
from page p
join quantity q on q.code = p.quantity
join station st on st.id = p.station_id
left join enterprise e on e.id = st.enterprise_id
join sensor s on s.id = p.sensor_id
left join lateral (
    select v.revision, v.cause, v.made_at from record_revision v
    where v.sensor_id = p.sensor_id and v.period = p.period and v.start = p.start and v.judgeable
      and over_limit(case when p.form = s.form then v.mean else v.converted end, p.limit_value, p.stage)
    order by v.revision limit 1
) f on true
left join lateral (
    select jsonb_agg(jsonb_build_object('id', d.id, 'kind', d.kind, 'code', d.code, 'state', d.state) order by d.id) as marks
    from data_mark d
    where d.station_id = p.station_id and (d.sensor_id is null or d.sensor_id = p.sensor_id)
      and d.starts_at < p."end" and d.ends_at > p.start
) m on true
left join lateral (
    select jsonb_agg(jsonb_build_object('id', x.id, 'kind', x.kind, 'state', x.state) order by x.id) as corrections
    from correction x where x.sensor_id = p.sensor_id and x.starts_at < p."end" and x.ends_at > p.start
) k on true
left join lateral (
    select jsonb_build_object('id', al.id, 'state', al.state, 'acked', al.acked, 'origin', al.origin) as alert
    from alert_period ap join alert al on al.id = ap.alert_id
    where ap.sensor_id = p.sensor_id and ap.period = p.period and ap.start = p.start and ap.over
    order by al.id desc limit 1
) a on true
order by p.place;

-- name: compliance
-- How many hours and days of [from, to) could be judged, and how many were over: of each sensor and form with a limit.
with judged as (
    select j.sensor_id, j.form, j.period, j.start, j.station_id, bool_or(j.over) as over,
           max(case when j.over and j.stage in ('H', 'HH') and j.limit_value > 0
               then array[(j.value - j.limit_value) / j.limit_value, j.value, j.limit_value] end) as worst
    from record_judged j
    join sensor s on s.id = j.sensor_id
    join station st on st.id = s.station_id
    join park p on p.id = st.park_id
    where j.start >= %(from)s and j.start < %(to)s and j.period in ('hour', 'day')
      and (%(period)s::text is null or j.period = %(period)s)
      and st.stream_class = 'emission'
      and (%(park)s::text is null or p.code = %(park)s)
      and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
      and (%(quantity)s::text is null or s.quantity = %(quantity)s)
      and (%(sensor)s::int is null or s.id = %(sensor)s)
      and (%(enterprise)s::text is null
           or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
    group by j.sensor_id, j.form, j.period, j.start, j.station_id
), counted as (
    select sensor_id, form, station_id,
           count(*) filter (where period = 'hour')::int as hours_judged,
           count(*) filter (where period = 'hour' and over)::int as hours_over,
           count(*) filter (where period = 'day')::int as days_judged,
           count(*) filter (where period = 'day' and over)::int as days_over,
           max(worst) as worst
    from judged group by sensor_id, form, station_id
)
select c.sensor_id, c.form, c.hours_judged, c.hours_over, c.days_judged, c.days_over, c.worst,
       case when e.id is not null then jsonb_build_object('id', e.id, 'code', e.code, 'name_zh', e.name_zh,
           'name_en', e.name_en) end as enterprise,
       jsonb_build_object('id', st.id, 'code', st.code, 'kind', st.kind, 'outlet_kind', st.outlet_kind,
           'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       jsonb_build_object('code', q.code, 'name_zh', q.name_zh, 'name_en', q.name_en, 'unit', q.unit,
           'decimals', q.decimals) as quantity
from counted c
join sensor s on s.id = c.sensor_id
join quantity q on q.code = s.quantity
join station st on st.id = c.station_id
left join enterprise e on e.id = st.enterprise_id
order by e.code nulls last, e.id, st.code, q.code, c.form;

-- name: unjudged
-- Outlets with valid hours in [from, to) of pollutants that no limit of an hour or a day, in either form, held in that time;
-- ``partly``: others of the outlet had one. Oxygen in water and carbon dioxide are concentrations, but no pollutants.
with due as (
    select s.station_id, s.quantity,
           bool_or(exists (select from record_limit l
                           where l.sensor_id = s.id and l.since < %(to)s and l.until > %(from)s)) as has_limit
    from sensor s
    join station st on st.id = s.station_id
    join park p on p.id = st.park_id
    join quantity q on q.code = s.quantity
    where st.stream_class = 'emission' and st.kind in ('stack', 'wastewater')
      and replace(q.unit, '³', '3') in ('mg/m3', 'µg/m3', 'ug/m3', 'ng/m3', 'mg/L', 'µg/L', 'ug/L')
      and q.code not in ('w01009', 'a05001')
      and exists (select from record r where r.sensor_id = s.id and r.period = 'hour' and r.judgeable
                    and r.start >= %(from)s and r.start < %(to)s)
      and (%(park)s::text is null or p.code = %(park)s)
      and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
      and (%(quantity)s::text is null or s.quantity = %(quantity)s)
      and (%(sensor)s::int is null or s.id = %(sensor)s)
      and (%(enterprise)s::text is null
           or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
    group by s.station_id, s.quantity
)
select case when e.id is not null then jsonb_build_object('id', e.id, 'code', e.code, 'name_zh', e.name_zh,
           'name_en', e.name_en) end as enterprise,
       jsonb_build_object('id', st.id, 'code', st.code, 'kind', st.kind, 'outlet_kind', st.outlet_kind,
           'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       bool_or(d.has_limit) as partly,
       jsonb_agg(jsonb_build_object('code', q.code, 'name_zh', q.name_zh, 'name_en', q.name_en, 'unit', q.unit,
           'decimals', q.decimals) order by q.code) filter (where not d.has_limit) as quantities
from due d
join quantity q on q.code = d.quantity
join station st on st.id = d.station_id
left join enterprise e on e.id = st.enterprise_id
group by e.id, st.id
having not bool_and(d.has_limit)
order by e.code nulls last, e.id, st.code;

-- name: running_hours
-- The minutes so far of the hour that begins at ``hour``, of every outlet with an hourly limit in force, and of the
-- oxygen beside a measured value that is judged at reference oxygen.
with held as (
    select distinct on (l.sensor_id, l.form) l.*
    from record_limit l
    where l.basis = 'hour' and l.stage in ('H', 'HH') and l.since <= %(hour)s and l.until > %(hour)s
    order by l.sensor_id, l.form, l.value
), chosen as (
    select h.*, s.form as sensor_form, s.quantity, s.station_id, s.period_s, s.span_high, o.id as oxygen_id
    from held h
    join sensor s on s.id = h.sensor_id
    join station st on st.id = s.station_id
    join park p on p.id = st.park_id
    left join sensor o on h.form <> s.form and o.station_id = s.station_id and o.quantity = 'a19001' and o.active
    where s.active and s.admitted and st.active and st.stream_class = 'emission' and s.due_since is not null
      and (%(park)s::text is null or p.code = %(park)s)
      and (%(station)s::text is null or st.code = %(station)s or st.id::text = %(station)s)
      and (%(enterprise)s::text is null
           or st.enterprise_id in (select id from enterprise where code = %(enterprise)s or id::text = %(enterprise)s))
      and (h.form = s.form or o.id is not null and not exists (
          select from sensor z where z.station_id = s.station_id and z.quantity = s.quantity and z.form = h.form and z.active))
), so_far as materialized (
    select m.sensor_id, count(*)::int as minutes, avg(m.mean) as mean
    from minute m
    where m.sensor_id in (select sensor_id from chosen union select oxygen_id from chosen where oxygen_id is not null)
      and m.time >= %(hour)s and m.time < %(hour)s::timestamptz + interval '1 hour' and m.time <= %(now)s and m.n_valid > 0
    group by m.sensor_id
)
select c.sensor_id, c.form, c.form <> c.sensor_form as converted, c.period_s, c.span_high, c.reference_o2,
       coalesce(f.minutes, 0) as minutes, f.mean, ox.mean as oxygen,
       case when e.id is not null then jsonb_build_object('id', e.id, 'code', e.code, 'name_zh', e.name_zh,
           'name_en', e.name_en) end as enterprise,
       jsonb_build_object('id', st.id, 'code', st.code, 'kind', st.kind, 'outlet_kind', st.outlet_kind,
           'name_zh', st.name_zh, 'name_en', st.name_en) as station,
       jsonb_build_object('code', q.code, 'name_zh', q.name_zh, 'name_en', q.name_en, 'unit', q.unit,
           'decimals', q.decimals) as quantity,
       jsonb_build_object('id', c.limit_id, 'value', c.value, 'unit', c.unit, 'reference_o2', c.reference_o2,
           'kind', c.kind, 'standard', c.standard, 'clause', c.clause, 'stage', c.stage) as "limit"
from chosen c
join quantity q on q.code = c.quantity
join station st on st.id = c.station_id
left join enterprise e on e.id = st.enterprise_id
left join so_far f on f.sensor_id = c.sensor_id
left join so_far ox on ox.sensor_id = c.oxygen_id
order by c.sensor_id, c.form;
