-- What a replay reads: stored readings as binary columns, and the rule.

-- name: readings
-- Stored readings of some sensors in [since, until): one row a sensor, its readings packed as the bytes of the wire
-- format, because a row of the protocol each costs more than judging.
select sensor_id,
       string_agg(timestamptz_send(time) || float8send(value) || charsend(flag) || charsend(mark) || int4send(lag_s),
                  ''::bytea) as packed
from reading
where sensor_id = any(%(sensors)s) and time >= %(since)s and time < %(until)s
group by sensor_id

-- name: rule
-- The version of a rule that is in force.
select code, version, kind, class, name_zh, name_en, applies, parameters, enabled, source
from rule
where code = %(code)s and retired_at is null;
