-- The digest of the records of a day, so that no revision is changed afterwards without a trace.

-- name: made
-- How many revisions of records were made in [from, until), and their digest: of each sensor the SHA-256 of its rows, a JSON
-- array a line in order of period, start and revision; of these the SHA-256, a line "sensor digest" each in order of sensor. The
-- made-up past of the demo is left out.
with made as (
    select sensor_id, period, start, revision,
           jsonb_build_array(sensor_id, period, extract(epoch from start), revision, status, judgeable, mean, min, max, expected,
                             received, samples, flag::text, converted, reference_o2, mean_8h, amount, mass, method, edition,
                             cause, extract(epoch from made_at))::text as line
    from record where made_at >= %(from)s and made_at < %(until)s and cause <> 'demo'
    union all
    select sensor_id, period, start, revision,
           jsonb_build_array(sensor_id, period, extract(epoch from start), revision, status, judgeable, mean, min, max, expected,
                             received, samples, flag::text, converted, reference_o2, mean_8h, amount, mass, method, edition,
                             cause, extract(epoch from made_at))::text
    from record_revision where made_at >= %(from)s and made_at < %(until)s and cause <> 'demo'
), of_sensor as (
    select sensor_id, count(*) as rows,
           encode(sha256(convert_to(string_agg(line, E'\n' order by period collate "C", start, revision), 'UTF8')), 'hex') as digest
    from made group by sensor_id
)
select coalesce(sum(rows), 0)::bigint as rows,
       encode(sha256(convert_to(coalesce(string_agg(sensor_id || ' ' || digest, E'\n' order by sensor_id), ''), 'UTF8')), 'hex')
           as sha256
from of_sensor;

-- name: began
-- The zone of days, and until when they are digested.
select p.timezone, (select done_until from record_progress where job = 'record digests') as done_until
from park p order by p.id limit 1;

-- name: first
-- When the first record was made.
select min(made_at) from (select made_at from record where cause <> 'demo'
                          union all select made_at from record_revision where cause <> 'demo') r;

-- name: note_progress
-- Days before this instant are digested.
insert into record_progress (job, done_until) values ('record digests', %(until)s)
on conflict (job) do update set done_until = excluded.done_until;
