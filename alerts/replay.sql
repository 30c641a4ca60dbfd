-- What a replay reads: stored readings as binary columns, and the rule.

-- name: readings
-- Stored readings of some sensors in [since, until); read as COPY BINARY, where every row has the same length.
select sensor_id, time, value, flag, mark, lag_s
from reading
where sensor_id = any(%(sensors)s) and time >= %(since)s and time < %(until)s
order by sensor_id, time

-- name: rule
-- The version of a rule that is in force.
select code, version, kind, class, name_zh, name_en, applies, parameters, enabled, source
from rule
where code = %(code)s and retired_at is null;
