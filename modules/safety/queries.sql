-- What the safety page asks beside points, alerts and cameras.

-- name: sources
-- Major hazard sources, worst level first.
select h.id, h.code, h.name_zh, h.name_en, h.level, h.substances, h.responsible, e.code as enterprise,
       e.name_zh as enterprise_zh, e.name_en as enterprise_en
from hazard_source h join enterprise e on e.id = h.enterprise_id
where h.park_id = %(park_id)s and h.active order by h.level, h.code;

-- name: windows
-- Filed maintenance windows that run now.
select w.kind, w.starts_at, w.ends_at, w.reason, w.filed_by, st.code as station, st.name_zh, st.name_en,
       st.hazard_source_id, q.name_zh as quantity_zh, q.name_en as quantity_en
from maintenance_window w
join station st on st.id = w.station_id
left join sensor s on s.id = w.sensor_id
left join quantity q on q.code = s.quantity
where st.park_id = %(park_id)s and w.cancelled_at is null
  and w.starts_at <= %(now)s::timestamptz and %(now)s::timestamptz < w.ends_at
order by w.ends_at;

-- name: drills
-- Drills that run now: their alerts are in no count.
select d.starts_at, d.ends_at, d.reason, st.name_zh, st.name_en
from drill d left join station st on st.id = d.station_id
where d.park_id = %(park_id)s and d.ended_early_at is null
  and d.starts_at <= %(now)s::timestamptz and %(now)s::timestamptz < d.ends_at;

-- name: raised_by_day
-- Alerts raised on each of the last seven days of the park, by class; a drill is never counted.
select (a.raised_at at time zone p.timezone)::date as day, a.class, count(*) as raised
from alert a join park p on p.id = a.park_id
where a.park_id = %(park_id)s and not a.drill
  and a.raised_at >= %(day_start)s::timestamptz - interval '6 days' and a.raised_at <= %(now)s::timestamptz
group by 1, 2 order by 1, 2;
