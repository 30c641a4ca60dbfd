-- What people enter about emissions: permits, assigned cuts, declarations, calculated amounts; and what stands for hours.

-- name: enterprise_meant
-- Enterprises of a park by number or code.
select id, code, park_id from enterprise
where park_id = %(park_id)s and (code = %(enterprise)s or id::text = %(enterprise)s) order by code <> %(enterprise)s limit 1;

-- name: outlet_meant
-- Stations of a park by number or code.
select id, code, enterprise_id, kind from station
where park_id = %(park_id)s and (code = %(station)s or id::text = %(station)s) order by code <> %(station)s limit 1;

-- name: allowances
-- Permits, of an enterprise, of a year.
select a.id, en.code as enterprise, en.name_zh as enterprise_zh, st.code as station, a.pollutant, a.year, a.kg, a.permit,
       a.valid_from, a.valid_to, a.document, a.changed_by, a.changed_at
from allowance a join enterprise en on en.id = a.enterprise_id left join station st on st.id = a.station_id
where (%(id)s::int is null or a.id = %(id)s) and (%(after)s::int is null or a.id > %(after)s)
  and (%(enterprise)s::text is null or en.code = %(enterprise)s) and (%(year)s::int is null or a.year = %(year)s)
  and (%(pollutant)s::text is null or a.pollutant = %(pollutant)s)
order by a.id limit %(limit)s;

-- name: add_allowance
-- A permit; nothing where the same one stands already.
insert into allowance (enterprise_id, station_id, pollutant, year, kg, permit, valid_from, valid_to, document, changed_by,
                       changed_at)
values (%(enterprise_id)s, %(station_id)s, %(pollutant)s, %(year)s, %(kg)s, %(permit)s, %(valid_from)s, %(valid_to)s,
        %(document)s, %(actor)s, %(now)s)
on conflict do nothing returning id;

-- name: change_allowance
-- A permit as it is from now on; nothing where another one stands in its way.
update allowance set enterprise_id = %(enterprise_id)s, station_id = %(station_id)s, pollutant = %(pollutant)s,
    year = %(year)s, kg = %(kg)s, permit = %(permit)s, valid_from = %(valid_from)s, valid_to = %(valid_to)s,
    document = %(document)s, changed_by = %(actor)s, changed_at = %(now)s
where id = %(id)s and not exists (
    select from allowance o where o.id <> %(id)s and o.enterprise_id = %(enterprise_id)s
      and o.station_id is not distinct from %(station_id)s::int and o.pollutant = %(pollutant)s and o.year = %(year)s
      and o.valid_from = %(valid_from)s)
returning id;

-- name: reductions
-- Assigned cuts.
select r.id, p.code as park, r.pollutant, r.base_year, r.base_kg, r.cut_percent, r.due_year, r.document, r.changed_by,
       r.changed_at
from reduction r join park p on p.id = r.park_id
where (%(id)s::int is null or r.id = %(id)s) and (%(after)s::int is null or r.id > %(after)s)
  and (%(park)s::text is null or p.code = %(park)s) and (%(pollutant)s::text is null or r.pollutant = %(pollutant)s)
order by r.id limit %(limit)s;

-- name: add_reduction
-- An assigned cut; nothing where there is one for that year.
insert into reduction (park_id, pollutant, base_year, base_kg, cut_percent, due_year, document, changed_by, changed_at)
values (%(park_id)s, %(pollutant)s, %(base_year)s, %(base_kg)s, %(cut_percent)s, %(due_year)s, %(document)s, %(actor)s,
        %(now)s)
on conflict do nothing returning id;

-- name: change_reduction
-- An assigned cut as it is from now on; nothing where another one stands in its way.
update reduction set park_id = %(park_id)s, pollutant = %(pollutant)s, base_year = %(base_year)s, base_kg = %(base_kg)s,
    cut_percent = %(cut_percent)s, due_year = %(due_year)s, document = %(document)s, changed_by = %(actor)s,
    changed_at = %(now)s
where id = %(id)s and not exists (
    select from reduction o where o.id <> %(id)s and o.park_id = %(park_id)s and o.pollutant = %(pollutant)s
      and o.due_year = %(due_year)s)
returning id;

-- name: declared_emissions
-- What enterprises declared.
select d.id, en.code as enterprise, en.name_zh as enterprise_zh, d.pollutant, d.year, d.quarter, d.month, d.kg, d.document,
       d.changed_by, d.changed_at
from declared_emission d join enterprise en on en.id = d.enterprise_id
where (%(id)s::int is null or d.id = %(id)s) and (%(after)s::int is null or d.id > %(after)s)
  and (%(enterprise)s::text is null or en.code = %(enterprise)s) and (%(year)s::int is null or d.year = %(year)s)
  and (%(pollutant)s::text is null or d.pollutant = %(pollutant)s)
order by d.id limit %(limit)s;

-- name: declared_over
-- Whether another declaration covers part of a quarter or month.
select d.id from declared_emission d
where d.enterprise_id = %(enterprise_id)s and d.pollutant = %(pollutant)s and d.year = %(year)s
  and (%(id)s::int is null or d.id <> %(id)s)
  and coalesce(d.quarter, (d.month + 2) / 3) = coalesce(%(quarter)s::int, (%(month)s::int + 2) / 3)
  and (d.month is null or %(month)s::int is null or d.month = %(month)s)
limit 1;

-- name: add_declared
-- What an enterprise declares; nothing where it did so already.
insert into declared_emission (enterprise_id, pollutant, year, quarter, month, kg, document, changed_by, changed_at)
values (%(enterprise_id)s, %(pollutant)s, %(year)s, %(quarter)s, %(month)s, %(kg)s, %(document)s, %(actor)s, %(now)s)
on conflict do nothing returning id;

-- name: change_declared
-- A declaration as it is from now on.
update declared_emission set enterprise_id = %(enterprise_id)s, pollutant = %(pollutant)s, year = %(year)s,
    quarter = %(quarter)s, month = %(month)s, kg = %(kg)s, document = %(document)s, changed_by = %(actor)s,
    changed_at = %(now)s
where id = %(id)s returning id;

-- name: calculated_emissions
-- What is calculated.
select c.id, en.code as enterprise, en.name_zh as enterprise_zh, c.pollutant, c.month, c.source, c.kg, c.method, c.document,
       c.changed_by, c.changed_at
from calculated_emission c join enterprise en on en.id = c.enterprise_id
where (%(id)s::int is null or c.id = %(id)s) and (%(after)s::int is null or c.id > %(after)s)
  and (%(enterprise)s::text is null or en.code = %(enterprise)s)
  and (%(year)s::int is null or extract(year from c.month) = %(year)s)
  and (%(pollutant)s::text is null or c.pollutant = %(pollutant)s)
order by c.id limit %(limit)s;

-- name: add_calculated
-- An amount that was calculated; nothing where the same source has one of that month.
insert into calculated_emission (enterprise_id, pollutant, month, source, kg, method, document, changed_by, changed_at)
values (%(enterprise_id)s, %(pollutant)s, %(month)s, %(source)s, %(kg)s, %(method)s, %(document)s, %(actor)s, %(now)s)
on conflict do nothing returning id;

-- name: change_calculated
-- An amount that was calculated as it is from now on; nothing where another one stands in its way.
update calculated_emission set enterprise_id = %(enterprise_id)s, pollutant = %(pollutant)s, month = %(month)s,
    source = %(source)s, kg = %(kg)s, method = %(method)s, document = %(document)s, changed_by = %(actor)s,
    changed_at = %(now)s
where id = %(id)s and not exists (
    select from calculated_emission o where o.id <> %(id)s and o.enterprise_id = %(enterprise_id)s
      and o.pollutant = %(pollutant)s and o.month = %(month)s and o.source = %(source)s)
returning id;

-- name: substitutions
-- Missing hours of emission sensors and what stands for them, oldest first.
select s.sensor_id, st.code as station, e.pollutant, s.hour as start, s.hour + interval '1 hour' as end, s.mass as kg,
       s.method, s.standard, s.verified, s.of_values, s.capture_percent, s.made_at
from substitution s
join emission_sensor e on e.sensor_id = s.sensor_id
join station st on st.id = e.station_id
where e.park_id = %(park_id)s and s.hour >= %(from)s and s.hour < %(to)s
  and (%(station)s::int is null or st.id = %(station)s) and (%(pollutant)s::text is null or e.pollutant = %(pollutant)s)
  and (%(after_hour)s::timestamptz is null or (s.hour, s.sensor_id) > (%(after_hour)s::timestamptz, %(after_sensor)s::int))
order by s.hour, s.sensor_id limit %(limit)s;
