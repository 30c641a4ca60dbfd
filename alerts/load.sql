-- Rulebooks and limits into their tables; what a person changed there stays.

-- name: lock
-- One load at a time.
select pg_advisory_xact_lock(hashtextextended('alerts load', 0));

-- name: current_rules
-- The version of each rule that is in force.
select code, version, kind, class, name_zh, name_en, applies, parameters, enabled, source, created_by
from rule where retired_at is null;

-- name: retire_rule
-- The version in force ends.
update rule set retired_at = %(now)s where code = %(code)s and retired_at is null;

-- name: last_version
-- The highest version of a rule that ever was.
select coalesce(max(version), 0) as version from rule where code = %(code)s;

-- name: insert_rule
-- A new version of a rule.
insert into rule (code, version, kind, class, name_zh, name_en, applies, parameters, enabled, source, created_at,
                  created_by)
values (%(code)s, %(version)s, %(kind)s, %(class)s, %(name_zh)s, %(name_en)s, %(applies)s, %(parameters)s,
        %(enabled)s, %(source)s, %(now)s, 'import');

-- name: current_limits
-- The limits that are there, by code.
select code, quantity, form, station_id, enterprise_id, outlet_kind, station_kind, basis, stage, value, unit,
       reference_o2, region, kind, standard, clause, valid_from, valid_to, verified, source, version, changed_by
from limit_value;

-- name: insert_limit
-- A new limit.
insert into limit_value (code, quantity, form, station_id, enterprise_id, outlet_kind, station_kind, basis, stage,
                         value, unit, reference_o2, region, kind, standard, clause, valid_from, valid_to, verified,
                         source, changed_at)
values (%(code)s, %(quantity)s, %(form)s, %(station_id)s, %(enterprise_id)s, %(outlet_kind)s, %(station_kind)s,
        %(basis)s, %(stage)s, %(value)s, %(unit)s, %(reference_o2)s, %(region)s, %(kind)s, %(standard)s, %(clause)s,
        %(valid_from)s, %(valid_to)s, %(verified)s, %(source)s, %(now)s);

-- name: update_limit
-- A limit that is written differently now.
update limit_value
set quantity = %(quantity)s, form = %(form)s, station_id = %(station_id)s, enterprise_id = %(enterprise_id)s,
    outlet_kind = %(outlet_kind)s, station_kind = %(station_kind)s, basis = %(basis)s, stage = %(stage)s,
    value = %(value)s, unit = %(unit)s, reference_o2 = %(reference_o2)s, region = %(region)s, kind = %(kind)s,
    standard = %(standard)s, clause = %(clause)s, valid_from = %(valid_from)s, valid_to = %(valid_to)s,
    verified = %(verified)s, source = %(source)s, version = version + 1, changed_at = %(now)s
where code = %(code)s;

-- name: quantities
-- The quantities the database knows.
select code from quantity;

-- name: stations
-- Stations by code.
select code, id from station;

-- name: enterprises
-- Enterprises by code.
select code, id from enterprise;

-- name: bump
-- Long-running processes reload.
update revision set version = version + 1 where name = 'rules';
