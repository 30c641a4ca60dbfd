-- The water balance of a park.

-- name: meters
-- Meters of each role.
select b.role, b.sign, b.sensor_id, st.code as station, st.name_zh, st.name_en, x.quantity
from water_balance b join sensor x on x.id = b.sensor_id join station st on st.id = x.station_id
where b.park_id = %(park_id)s order by b.role, st.code, x.quantity;

-- name: volumes
-- What meters counted [m³] in a period, the hours that were due and those that are valid.
select t.sensor_id, sum(t.amount) as m3, sum(t.due)::int as due_hours, sum(t.valid)::int as valid_hours
from (
    select r.sensor_id, r.start, r.amount, r.expected as due, r.samples as valid from record r
    where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'day'
      and r.start >= %(days_from)s::timestamptz and r.start < %(days_to)s::timestamptz
    union all
    select r.sensor_id, r.start, r.amount, 1, r.valid::int from record r
    where r.sensor_id = any(%(sensors)s::int[]) and r.period = 'hour'
      and ((r.start >= %(from)s::timestamptz and r.start < %(head_to)s::timestamptz)
           or (r.start >= %(tail_from)s::timestamptz and r.start < %(to)s::timestamptz)
           or (r.start >= %(recent)s::timestamptz and r.start < %(days_to)s::timestamptz
               and not exists (select from record d where d.sensor_id = r.sensor_id and d.period = 'day'
                               and d.start = date_trunc('day', r.start, %(zone)s))))
) t
group by t.sensor_id;
