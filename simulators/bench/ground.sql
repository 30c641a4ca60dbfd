-- name: park
-- The park of the bench.
insert into park (code, name_zh, name_en, timezone, lat, lon)
values ('bench', '性能测试园区', 'Bench park', 'Asia/Shanghai', 39.45, 106.68);

-- name: quantities
-- What its sensors measure; the registry's words are not needed here.
insert into quantity (code, name_zh, name_en, unit, plausible_low, plausible_high, source)
select q, q, q, 'mg/m³', -1000, 100000, 'bench' from unnest(%(quantities)s::text[]) q
on conflict do nothing;

-- name: stations
-- Half of them are asked for alone, so the kinds alternate; both travel on the feed rest.
insert into station (park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class, outlet_kind)
select p.id, 's' || n, case when n %% 2 = 0 then 'voc' else 'air' end, '站' || n, 'Station ' || n,
       39.45 + n * 0.0001, 106.68, 'rest', case when n %% 2 = 0 then 'emission' else 'ambient' end, null
from generate_series(0, %(stations)s - 1) n, park p where p.code = 'bench';

-- name: sensors
-- One of every quantity at every station.
insert into sensor (station_id, quantity, period_s, due_since, span_low, span_high, unit)
select st.id, q, 60, now() - interval '30 days', 0, 100, 'mg/m³'
from station st, unnest(%(quantities)s::text[]) q;

-- name: limits
-- Four stages for every quantity: four slots for every sensor.
insert into limit_value (code, quantity, basis, stage, value, unit, kind, standard, clause, valid_from, verified, source)
select q || '-' || stage, q, 'instant', stage, value, 'mg/m³', 'integrated', 'bench', stage, '2020-01-01', true, 'bench'
from unnest(%(quantities)s::text[]) q, (values ('LL', 5.0), ('L', 10.0), ('H', 80.0), ('HH', 90.0)) as v (stage, value);

-- name: rules
-- So many limit rules that every sensor falls under exactly one: a quantity and a group of stations each.
insert into rule (code, version, kind, class, name_zh, name_en, applies, parameters, source)
select 'bench_' || q || '_' || g, 1, 'limit', 'alarm', '测试规则', 'Bench rule',
       jsonb_build_object('quantities', jsonb_build_array(q),
                          'stations', (select jsonb_agg('s' || n) from generate_series(0, %(stations)s - 1) n
                                       where n %% %(groups)s = g)),
       '{"wording": "emission", "basis": "instant", "limit_kinds": ["integrated"], "deadband_of_limit": 0.05,
         "on_delay_s": 0, "off_delay_s": 10, "latch": false,
         "stages": {"HH": {"level": "red"}, "H": {"level": "orange"}, "L": {"level": "yellow"}, "LL": {"level": "orange"}}}'::jsonb,
       'bench'
from unnest(%(quantities)s::text[]) q, generate_series(0, %(groups)s - 1) g;

-- name: sensor_numbers
-- Sensor ids by station and quantity, in the order in which messages name them.
select st.code, s.quantity, s.id
from sensor s join station st on st.id = s.station_id
order by substr(st.code, 2)::int, array_position(%(quantities)s::text[], s.quantity);

-- name: counts
-- How many sensors and rules there are.
select (select count(*) from sensor), (select count(*) from rule where retired_at is null);

-- name: received
-- Items through the chain so far.
select coalesce(sum(received), 0)::bigint, coalesce(sum(received) filter (where received <> stored + duplicate + quarantined), 0)::bigint
from ledger;

-- name: alerts
-- How many alerts there are.
select count(*) from alert;

-- name: feed_state
-- What the feed says of itself.
select state from feed where name = 'rest';

-- name: copy_readings
-- The raw figure beside which the others stand.
copy reading (sensor_id, lag_s, time, value, flag, mark) from stdin with (format binary);

-- name: minutes_of
-- The minutes of what was copied, as ingest would have written them.
insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)
select sensor_id, date_trunc('minute', time), count(*), count(*), sum(value), min(value), max(value),
       last(value, time), max(time), 'N'
from reading where sensor_id = %(sensor)s group by 1, 2
on conflict do nothing;

-- name: vacuum_reading
-- Leave the table as autovacuum would, so that no drain pays for the one before.
vacuum analyze reading;

-- name: logger_stations
-- Stacks that speak HJ 212; they stand aside from the stations that speak MQTT.
insert into station (park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class, outlet_kind)
select p.id, 'l' || n, 'stack', '烟囱' || n, 'Stack ' || n, 39.35 + n * 0.00001, 106.68, 'gateway', 'emission', 'process'
from generate_series(0, %(loggers)s - 1) n, park p where p.code = 'bench';

-- name: logger_sensors
-- So many quantities at each of them.
insert into sensor (station_id, quantity, period_s, due_since, span_low, span_high, unit)
select st.id, q, 60, now() - interval '1 day', 0, 100, 'mg/m³'
from station st, unnest(%(quantities)s::text[]) q where st.feed = 'gateway';

-- name: logger_rules
-- Every one of these sensors is judged, under the four limits of its quantity.
insert into rule (code, version, kind, class, name_zh, name_en, applies, parameters, source)
select 'bench_stack_' || q, 1, 'limit', 'alarm', '测试规则', 'Bench rule',
       jsonb_build_object('quantities', jsonb_build_array(q), 'kinds', jsonb_build_array('stack')), r.parameters, 'bench'
from unnest(%(quantities)s::text[]) q, (select parameters from rule order by code limit 1) r;

-- name: loggers
-- One logger for each of them, admitted.
insert into logger (mn, station_id, password, edition, admitted)
select lpad(upper(to_hex(substr(st.code, 2)::int)), 24, '0'), st.id, '123456', 2017, true
from station st where st.feed = 'gateway';

-- name: gateway_state
-- What the gateway says of itself.
select state from feed where name = 'gateway';

-- name: frames_stored
-- How many frames are stored, counted by their first factor.
select count(*) from reading r
where r.sensor_id in (select s.id from sensor s join station st on st.id = s.station_id
                      where st.feed = 'gateway' and s.quantity = %(quantity)s);

-- name: checkpoint
-- The files of the write-ahead log so far are used again.
checkpoint;

-- name: minutes_of_an_hour
-- An hour of 1 s data as ingest keeps it: 60 minutes of 60 readings each.
insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)
select s.id, m, 60, 60, 60 * (40 + s.id %% 20), 30 + s.id %% 20, 50 + s.id %% 20, 40, m + interval '59 seconds', 'N'
from (select s.id from sensor s join station st on st.id = s.station_id where st.kind = 'voc' order by s.id limit %(sensors)s) s,
     generate_series(%(hour)s::timestamptz, %(hour)s::timestamptz + interval '59 minutes', interval '1 minute') m
on conflict do nothing;

-- name: note_an_hour
-- Their records are to be made.
insert into record_due (sensor_id, hour, cause, noted_at)
select s.id, %(hour)s, 'late', now()
from (select s.id from sensor s join station st on st.id = s.station_id where st.kind = 'voc' order by s.id limit %(sensors)s) s;

-- name: notes_left
-- How much the records process still has to do.
select count(*) from record_due;

-- name: records_made
-- How many records of an hour are valid.
select count(*) from record where period = 'hour' and start = %(hour)s and status = 'valid';

-- name: hours_of
-- Hours of some sensors as the records process would have made them.
insert into record (sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, amount, mass,
                    method, edition, cause, made_at)
select s, 'hour', h, 'valid', true, 20 + 10 * sin(extract(epoch from h) / 86400), 10, 40, 60, 60, 60, 'N', null, 1.25,
       'arithmetic', 'HJ 212-2017 app. D', 'closed', h + interval '65 minutes'
from unnest(%(sensors)s::int[]) s, generate_series(%(from)s::timestamptz, %(to)s::timestamptz - interval '1 hour', interval '1 hour') h
order by h, s
on conflict do nothing;

-- name: vacuum_record
-- As autovacuum leaves it.
vacuum analyze record;
