-- What the economy page asks.

-- name: figures
-- The park's own monthly figures of two years, oldest first.
select indicator, month, value, status, source, confirmed_at, confirmed_by, demo
from figure
where park_id = %(park_id)s and enterprise_id is null and month >= %(since)s::date
order by indicator, month;

-- name: of_enterprises
-- What enterprises reported for one month.
select f.indicator, f.value, f.status, f.demo, e.code as enterprise, e.name_zh as enterprise_zh, e.name_en as enterprise_en
from figure f join enterprise e on e.id = f.enterprise_id
where f.park_id = %(park_id)s and f.month = %(month)s::date
order by e.code, f.indicator;

-- name: newest_month
-- The newest month with a figure of an enterprise; null: none.
select max(month) as month from figure where park_id = %(park_id)s and enterprise_id is not null;
