-- Special emission limits hold only where a station says so, as in judging; the view took either by chance.

create or replace view sensor_limit with (security_invoker = true) as
select distinct on (s.id, l.basis, l.stage)
       s.id as sensor_id, l.id as limit_id, l.stage, l.basis, l.value, l.unit, l.kind, l.standard, l.clause, l.verified
from sensor s
join station st on st.id = s.station_id
join limit_value l on l.quantity = s.quantity and l.form = s.form
    and (l.station_id is null or l.station_id = st.id)
    and (l.enterprise_id is null or l.enterprise_id = st.enterprise_id)
    and (l.outlet_kind is null or l.outlet_kind = st.outlet_kind)
    and (l.station_kind is null or l.station_kind = st.kind)
    and (l.region = '' or l.region = st.attributes ->> 'region')
where l.valid_from <= now() and (l.valid_to is null or now() < l.valid_to)
order by s.id, l.basis, l.stage, l.verified desc, (l.station_id is null), (l.enterprise_id is null), (l.outlet_kind is null),
         (l.station_kind is null),
         array_position(array['setpoint','permit','agreement','local','industry','integrated'], l.kind), l.valid_from desc, l.id;
