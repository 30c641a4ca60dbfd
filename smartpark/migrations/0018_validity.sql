-- Which hours count in a rate and for whom, checks of drift, and findings about data that somebody has to look at.

-- What a mark does to the rates: 'invalid' data are due and not valid; under 'exempt' the hour is not due while the unit runs,
-- under 'stopped' it is not due because the unit does not. Null: exempt for a condition mark, invalid for a device mark.
alter table data_mark add column effect text check (effect in ('invalid','exempt','stopped'));
create index on data_mark (voucher_due) where state = 'filed';

-- Every hour that was due of a sensor, with its place in the rates:
-- stopped no_flow exempt  not due;
-- platform                lost by us: nothing came, for reasons of ours, or what we lost would have made it valid;
-- missing                 nothing came, ``cause`` says why; invalid, valid  what came.
create view rated_hour with (security_invoker = true) as
select r.sensor_id, x.station_id, x.quantity, r.start, r.status, r.expected, r.received, r.samples, m.id as mark_id, h.minutes,
       case
           when r.status in ('stopped', 'no_flow') then r.status
           when m.effect in ('stopped', 'exempt') then m.effect
           when r.status = 'valid' then 'valid'
           when r.received = 0 and h.cause = 'platform' then 'platform'
           when r.received > 0 and r.status in ('short', 'abnormal') and r.samples < ceil(0.75 * r.expected)
                and r.samples + ceil((h.minutes ->> 'platform')::int * r.expected / 60.0) >= ceil(0.75 * r.expected)
               then 'platform'
           when r.received = 0 then 'missing'
           else 'invalid'
       end as class,
       case when r.received = 0 then coalesce(h.cause, 'unknown') end as cause
from record r
join sensor x on x.id = r.sensor_id and x.admitted
    and greatest(x.due_since, x.admitted_at) < r.start + interval '1 hour' and x.due_since is not null
    and (x.due_until is null or x.due_until > r.start)
left join missing_hour h on h.station_id = x.station_id and h.hour = r.start and r.status in ('none', 'short', 'abnormal', 'marked')
left join lateral (
    select dm.id, coalesce(dm.effect, case dm.kind when 'condition' then 'exempt' else 'invalid' end) as effect
    from data_mark dm
    where r.status in ('marked', 'none', 'short', 'abnormal')   -- without any data an hour is 'none', marked or not
      and dm.station_id = x.station_id and (dm.sensor_id is null or dm.sensor_id = x.id)
      and dm.state in ('filed', 'confirmed') and dm.starts_at < r.start + interval '1 hour' and dm.ends_at > r.start
    order by least(dm.ends_at, r.start + interval '1 hour') - greatest(dm.starts_at, r.start) desc, 2, dm.id
    limit 1
) m on true
where r.period = 'hour';

-- Zero and span checks, told by loggers or written down by people.
create table drift_check (
    id         bigint generated always as identity primary key,
    sensor_id  int not null references sensor,
    kind       text not null check (kind in ('zero','span')),
    at         timestamptz not null,
    standard   float8 not null,              -- what the standard gas or solution has, registry unit
    measured   float8 not null,              -- what the device showed
    span       float8 not null check (span > 0),   -- full scale, registry unit
    drift      float8 generated always as ((measured - standard) / span * 100) stored,   -- [% of full scale]
    source     text not null check (source in ('logger','person')),
    entered_by text not null,                -- a person, or the device number of a logger
    entered_at timestamptz not null,
    note       text,
    unique (sensor_id, kind, at)
);

-- Clues in the data that a person has to look at; none of them is an accusation.
create table data_finding (
    id          bigint generated always as identity primary key,
    sensor_id   int not null references sensor,
    kind        text not null,               -- of records/validity/kinds.csv
    starts_at   timestamptz not null,
    ends_at     timestamptz not null check (ends_at > starts_at),
    evidence    jsonb not null,
    text_zh     text not null,
    text_en     text not null,
    found_at    timestamptz not null,
    reviewed_by text,
    reviewed_at timestamptz,
    outcome     text check (outcome in ('explained','device','ask_enterprise','dismissed')),
    note        text,
    unique (sensor_id, kind, starts_at)
);
create index on data_finding (id) where reviewed_at is null;

-- An enterprise sees checks of its own, and of the findings those that it was asked about.
grant select on rated_hour, drift_check, data_finding to smartpark_enterprise;
alter table drift_check enable row level security;
alter table data_finding enable row level security;
create policy own on drift_check for select to smartpark_enterprise using (sensor_id in (select id from sensor));
create policy own on data_finding for select to smartpark_enterprise
    using (outcome = 'ask_enterprise' and sensor_id in (select id from sensor));
