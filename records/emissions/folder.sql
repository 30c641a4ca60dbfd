-- Permits, cuts, declared and calculated amounts and the water balance from files; what a person changed in the database stays.

-- name: park
-- The park of a folder.
select id from park where code = %(code)s;

-- name: known
-- What the files may name: enterprises, stations with their enterprise, and water meters; and what is declared already.
select (select coalesce(jsonb_object_agg(e.code, e.id), '{}') from enterprise e where e.park_id = %(park_id)s),
       (select coalesce(jsonb_object_agg(st.code, jsonb_build_array(st.id, st.enterprise_id)), '{}')
        from station st where st.park_id = %(park_id)s),
       (select coalesce(jsonb_object_agg(st.code || ' ' || x.quantity, x.id), '{}')
        from sensor x join station st on st.id = x.station_id
        where st.park_id = %(park_id)s and x.form = '' and x.quantity = any(%(quantities)s::text[])),
       (select array_agg(code order by position) from emission_pollutant),
       (select coalesce(jsonb_agg(jsonb_build_array(d.enterprise_id, d.pollutant, d.year, d.quarter, d.month)), '[]')
        from declared_emission d join enterprise e on e.id = d.enterprise_id where e.park_id = %(park_id)s);

-- name: put_allowance
-- A permit of the file.
insert into allowance as a (enterprise_id, station_id, pollutant, year, kg, permit, valid_from, valid_to, document, changed_by,
                            changed_at)
values (%(enterprise_id)s, %(station_id)s, %(pollutant)s, %(year)s, %(kg)s, %(permit)s, %(valid_from)s, %(valid_to)s,
        %(document)s, 'import', %(now)s)
on conflict (enterprise_id, station_id, pollutant, year, valid_from) do update set
    kg = excluded.kg, permit = excluded.permit, valid_to = excluded.valid_to, document = excluded.document,
    changed_at = excluded.changed_at
where a.changed_by = 'import' and (a.kg, a.permit, a.valid_to, a.document) is distinct from
      (excluded.kg, excluded.permit, excluded.valid_to, excluded.document);

-- name: put_reduction
-- A cut of the file.
insert into reduction as r (park_id, pollutant, base_year, base_kg, cut_percent, due_year, document, changed_by, changed_at)
values (%(park_id)s, %(pollutant)s, %(base_year)s, %(base_kg)s, %(cut_percent)s, %(due_year)s, %(document)s, 'import', %(now)s)
on conflict (park_id, pollutant, due_year) do update set
    base_year = excluded.base_year, base_kg = excluded.base_kg, cut_percent = excluded.cut_percent,
    document = excluded.document, changed_at = excluded.changed_at
where r.changed_by = 'import' and (r.base_year, r.base_kg, r.cut_percent, r.document) is distinct from
      (excluded.base_year, excluded.base_kg, excluded.cut_percent, excluded.document);

-- name: put_declared
-- A declaration of the file.
insert into declared_emission as d (enterprise_id, pollutant, year, quarter, month, kg, document, changed_by, changed_at)
values (%(enterprise_id)s, %(pollutant)s, %(year)s, %(quarter)s, %(month)s, %(kg)s, %(document)s, 'import', %(now)s)
on conflict (enterprise_id, pollutant, year, quarter, month) do update set
    kg = excluded.kg, document = excluded.document, changed_at = excluded.changed_at
where d.changed_by = 'import' and (d.kg, d.document) is distinct from (excluded.kg, excluded.document);

-- name: put_calculated
-- A calculated amount of the file.
insert into calculated_emission as c (enterprise_id, pollutant, month, source, kg, method, document, changed_by, changed_at)
values (%(enterprise_id)s, %(pollutant)s, %(month)s, %(source)s, %(kg)s, %(method)s, %(document)s, 'import', %(now)s)
on conflict (enterprise_id, pollutant, month, source) do update set
    kg = excluded.kg, method = excluded.method, document = excluded.document, changed_at = excluded.changed_at
where c.changed_by = 'import' and (c.kg, c.method, c.document) is distinct from
      (excluded.kg, excluded.method, excluded.document);

-- name: put_meter
-- A meter of the water balance.
insert into water_balance as w (park_id, role, sensor_id, sign, changed_by, changed_at)
values (%(park_id)s, %(role)s, %(sensor_id)s, %(sign)s, 'import', %(now)s)
on conflict (park_id, role, sensor_id) do update set sign = excluded.sign, changed_at = excluded.changed_at
where w.sign <> excluded.sign;

-- name: drop_meters
-- Meters that are in the balance no more.
delete from water_balance where park_id = %(park_id)s
  and (role, sensor_id) not in (select * from unnest(%(roles)s::text[], %(sensors)s::int[]));

-- name: audit
-- Who loaded what.
insert into audit (at, actor, action, object, detail)
values (%(now)s, %(actor)s, 'emissions_loaded', %(object)s, %(detail)s);
