-- Records as they stood at an instant.

-- name: records_at
-- Records of some sensors that start in [from, to), each in the revision that stood at an instant; none where it was made later.
select sensor_id, period, start, revision, status, judgeable, mean, min, max, expected, received, samples,
       flag::text as flag, converted, reference_o2, mean_8h, amount, mass, method, edition, cause, made_at,
       null::timestamptz as replaced_at
from record
where sensor_id = any(%(sensors)s::int[]) and period = %(period)s and start >= %(from)s and start < %(to)s and made_at <= %(at)s
union all
select sensor_id, period, start, revision, status, judgeable, mean, min, max, expected, received, samples,
       flag::text, converted, reference_o2, mean_8h, amount, mass, method, edition, cause, made_at, replaced_at
from record_revision
where sensor_id = any(%(sensors)s::int[]) and period = %(period)s and start >= %(from)s and start < %(to)s
  and made_at <= %(at)s and replaced_at > %(at)s
order by start, sensor_id;
