-- Months that are finalised or wait for it.

-- name: months
-- Months of a year that have begun, of enterprises with outlets: newest month first, by enterprise; changes are revisions made
-- after it was finalised.
with owner as (
    select e.id, e.code, e.name_zh, e.name_en, p.timezone from enterprise e join park p on p.id = e.park_id
    where (%(enterprise)s::text is null or e.code = %(enterprise)s or e.id::text = %(enterprise)s)
      and exists (select from station st where st.enterprise_id = e.id and st.stream_class = 'emission' and st.active)
), month as (
    select o.*, m::date as month, m at time zone o.timezone as starts_at, (m + interval '1 month') at time zone o.timezone as ends_at
    from owner o
    cross join generate_series(make_date(%(year)s, 1, 1)::timestamp, make_date(%(year)s, 12, 1), interval '1 month') as m
)
select jsonb_build_object('id', m.id, 'code', m.code, 'name_zh', m.name_zh, 'name_en', m.name_en) as enterprise,
       to_char(m.month, 'YYYY-MM') as month,
       case when s.id is not null then 'sealed' when m.ends_at > %(now)s then 'open'
            when w.marks + w.corrections > 0 then 'waiting' else 'ready' end as state,
       w.marks, w.corrections, s.sealed_by, s.sealed_at, coalesce(c.changes, 0) as changes
from month m
left join sealed_month s on s.enterprise_id = m.id and s.month = m.month
cross join lateral (
    select (select count(*) from data_mark d join station st on st.id = d.station_id
            where st.enterprise_id = m.id and d.state = 'filed' and d.starts_at < m.ends_at and d.ends_at > m.starts_at) as marks,
           (select count(*) from correction k join sensor x on x.id = k.sensor_id join station st on st.id = x.station_id
            where st.enterprise_id = m.id and k.state = 'waiting_second' and k.starts_at < m.ends_at and k.ends_at > m.starts_at) as corrections
) w
left join lateral (
    select (select count(*) from record r
            where r.sensor_id = any(own.sensors) and r.period in ('hour','day','month') and r.start >= m.starts_at
              and r.start < m.ends_at and r.made_at > s.sealed_at)
         + (select count(*) from record_revision r
            where r.sensor_id = any(own.sensors) and r.period in ('hour','day','month') and r.start >= m.starts_at
              and r.start < m.ends_at and r.made_at > s.sealed_at) as changes
    from (select array_agg(x.id) as sensors from sensor x join station st on st.id = x.station_id
          where st.enterprise_id = m.id and st.stream_class = 'emission') own
) c on s.id is not null
where m.starts_at <= %(now)s
order by m.month desc, m.code;
