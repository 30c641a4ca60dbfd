-- name: limit_watches
-- Every sensor under an enforced limit rule: the limits of its most specific place and kind, by stage. Two limits of
-- one rank (two editions, two regions) give both their values: strict raises perhaps, loose raises for certain.
with candidate as (
    select s.id as sensor_id, r.code as rule, r.kind as rule_kind, r.class, r.parameters, l.stage, l.value, l.kind,
           rank() over (
               partition by s.id, r.code, l.stage
               order by case when l.station_id is not null then 0 when l.enterprise_id is not null then 1
                             when l.outlet_kind is not null then 2 when l.station_kind is not null then 3 else 4 end,
                        array_position(array['setpoint','permit','agreement','local','industry','integrated'], l.kind)
           ) as place
    from rule r
    join sensor s on s.active
    join station st on st.id = s.station_id and st.active
    join park p on p.id = st.park_id
    left join enterprise e on e.id = st.enterprise_id
    join limit_value l on l.quantity = s.quantity and l.form = s.form and l.verified
        and (l.station_id is null or l.station_id = st.id)
        and (l.enterprise_id is null or l.enterprise_id = st.enterprise_id)
        and (l.outlet_kind is null or l.outlet_kind = st.outlet_kind)
        and (l.station_kind is null or l.station_kind = st.kind)
        and l.valid_from <= %(at)s and (l.valid_to is null or l.valid_to > %(at)s)
        and l.basis = coalesce(r.parameters->>'basis', 'instant')
        and (r.parameters->'limit_kinds' is null or r.parameters->'limit_kinds' ? l.kind)
        and r.parameters->'stages' ? l.stage
    where r.kind = 'limit' and r.enabled and r.retired_at is null and p.code = %(park)s
      and coalesce(r.parameters->>'basis', 'instant') = 'instant'
      and (r.applies->'kinds' is null or r.applies->'kinds' ? st.kind)
      and (r.applies->'quantities' is null or r.applies->'quantities' ? s.quantity)
      and (r.applies->'forms' is null or r.applies->'forms' ? s.form)
      and (r.applies->'outlet_kinds' is null or r.applies->'outlet_kinds' ? st.outlet_kind)
      and (r.applies->'enterprises' is null or r.applies->'enterprises' ? e.code)
      and (r.applies->'stations' is null or r.applies->'stations' ? st.code)
)
select st.code as station, s.quantity, s.form, s.id, s.period_s, st.stream_class, c.rule, c.class, c.stage,
       min(c.value) as low, max(c.value) as high, bool_or(c.kind = 'setpoint') as reached_counts,
       coalesce((c.parameters->>'on_delay_s')::float8, 0) as on_delay_s
from candidate c
join sensor s on s.id = c.sensor_id
join station st on st.id = s.station_id
where c.place = 1
group by st.code, s.quantity, s.form, s.id, s.period_s, st.stream_class, c.rule, c.class, c.stage, c.parameters
order by s.id, c.rule, c.stage;

-- name: state_watches
-- Every sensor under an enabled state rule, with what violates it.
select st.code as station, s.quantity, s.form, s.id, s.period_s, st.stream_class, r.code as rule, r.class,
       r.parameters->'violates' as violates, coalesce((r.parameters->>'on_delay_s')::float8, 0) as on_delay_s
from rule r
join sensor s on s.active
join station st on st.id = s.station_id and st.active
join park p on p.id = st.park_id
left join enterprise e on e.id = st.enterprise_id
where r.kind = 'state' and r.enabled and r.retired_at is null and p.code = %(park)s
  and (r.applies->'kinds' is null or r.applies->'kinds' ? st.kind)
  and (r.applies->'quantities' is null or r.applies->'quantities' ? s.quantity)
  and (r.applies->'forms' is null or r.applies->'forms' ? s.form)
  and (r.applies->'outlet_kinds' is null or r.applies->'outlet_kinds' ? st.outlet_kind)
  and (r.applies->'enterprises' is null or r.applies->'enterprises' ? e.code)
  and (r.applies->'stations' is null or r.applies->'stations' ? st.code)
order by s.id, r.code;

-- name: sensor_ids
-- The sensors of a park by station, quantity and form.
select st.code, s.quantity, s.form, s.id, st.id
from sensor s
join station st on st.id = s.station_id
join park p on p.id = st.park_id
where p.code = %(park)s;
