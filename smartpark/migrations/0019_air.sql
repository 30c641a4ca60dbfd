-- Sand-dust episodes, and one view of everything that was ever an official value.

-- A sand-dust episode that a named person has declared, with the document it rests on. It takes nothing away from the data:
-- what it touches is counted in one column and left out in the other. One that was withdrawn stays here with its reason.
create table sand_episode (
    id               bigint generated always as identity primary key,
    park_id          smallint not null references park,
    name             text not null,
    starts_at        timestamptz not null,
    ends_at          timestamptz not null check (ends_at > starts_at),
    stations         int[],                   -- null: the whole park
    document         text not null,           -- number and title of the notice
    attachment_id    bigint references attachment,
    declared_by      text not null,
    declared_at      timestamptz not null,
    withdrawn_by     text,
    withdrawn_at     timestamptz,
    withdrawn_reason text,
    check ((withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawn_reason is null))
);
create index on sand_episode (park_id, starts_at);
grant select on sand_episode to smartpark_enterprise;

-- Every official value there is or was: it stood from made_at until replaced_at, null: it stands now. A minute is made
-- once, from what arrived. Minutes carry no policy: as readings they are reached through a visible sensor.
create view official_record with (security_invoker = true) as
select sensor_id, period, start, revision, status, judgeable, mean, min, max, expected, received, samples, flag::text as flag,
       converted, reference_o2, mean_8h, amount, mass, method, edition, cause, made_at, null::timestamptz as replaced_at
from record
union all
select sensor_id, period, start, revision, status, judgeable, mean, min, max, expected, received, samples, flag::text,
       converted, reference_o2, mean_8h, amount, mass, method, edition, cause, made_at, replaced_at
from record_revision
union all
select sensor_id, 'minute', time, 1, case when n_valid > 0 then 'valid' else 'abnormal' end, false, mean, min, max, null, n,
       n_valid, flags, null, null, null, null, null, 'arithmetic', '', '', null, null
from minute;
grant select on official_record to smartpark_enterprise;
