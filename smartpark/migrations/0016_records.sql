-- Official records: an hour, day, month or year of one sensor, every earlier revision of it, what has to be made anew and
-- why, and what people add to the data: marks with vouchers, corrections in a hash chain, months that are finalised.
-- Minutes are in table minute; those older than its readings come by import.

create table record (
    sensor_id    int not null,
    period       text not null check (period in ('hour','day','month','year')),
    start        timestamptz not null,        -- of [start, end) in the park's zone
    status       text not null check (status in ('valid','short','abnormal','marked','stopped','no_flow','none')),
    valid        boolean generated always as (status = 'valid') stored,
    judgeable    boolean not null,            -- may be held against a limit: valid, and neither marked nor entered by hand
    mean         float8,                      -- registry unit; null unless valid
    min          float8,                      -- of the valid samples
    max          float8,
    expected     int not null,                -- samples due: minutes of an hour, hours of a day, days of a month and a year
    received     int not null,
    samples      int not null,                -- valid ones
    flag         "char" not null,             -- HJ 212-2017 table 8, rolled up as the medium asks
    converted    float8,                      -- mean at reference oxygen
    reference_o2 float8,                      -- [%]
    mean_8h      float8,                      -- ozone: of the eight hours that end with this one; of a day their greatest
    amount       float8,                      -- of a flow its volume [m³], of a meter what it counted
    mass         float8,                      -- [kg], of a concentration with a flow
    method       text not null,               -- arithmetic flow_weighted vector energy counted sum
    edition      text not null,               -- the standard whose rule was used
    revision     int not null default 1,
    cause        text not null,               -- closed, late, correction 12, mark 3, import 4, demo
    made_at      timestamptz not null,
    primary key (sensor_id, period, start)
);
select create_hypertable('record', by_range('start', interval '90 days'), create_default_indexes => false);
create index record_start on record (period, start);

-- What a record was before; it stood from made_at until replaced_at.
create table record_revision (
    sensor_id    int not null,
    period       text not null,
    start        timestamptz not null,
    revision     int not null,
    status       text not null,
    judgeable    boolean not null,
    mean         float8,
    min          float8,
    max          float8,
    expected     int not null,
    received     int not null,
    samples      int not null,
    flag         "char" not null,
    converted    float8,
    reference_o2 float8,
    mean_8h      float8,
    amount       float8,
    mass         float8,
    method       text not null,
    edition      text not null,
    cause        text not null,
    made_at      timestamptz not null,
    replaced_at  timestamptz not null,
    primary key (sensor_id, period, start, revision)
);

-- Hours whose minutes, marks or corrections changed after they were closed. Rows are only added and taken away, so that
-- who stores readings never waits for who makes records.
create table record_due (
    id        bigint generated always as identity primary key,
    sensor_id int not null,
    hour      timestamptz not null,
    cause     text not null,
    noted_at  timestamptz not null
);

-- Device marks and condition marks (MEE announcement 21/2022): data under one are neither judged nor averaged. One without a
-- voucher falls back at its deadline, and the rates are made anew.
create table data_mark (
    id          bigint generated always as identity primary key,
    station_id  int not null references station,
    sensor_id   int references sensor,        -- null: the whole station
    kind        text not null check (kind in ('device','condition')),
    code        text not null,                -- of records/marks/codes.csv
    starts_at   timestamptz not null,
    ends_at     timestamptz not null check (ends_at > starts_at),
    reason      text not null,
    filed_by    text not null,
    filed_at    timestamptz not null,
    voucher_due timestamptz not null,
    state       text not null check (state in ('filed','confirmed','fallen_back','refused','withdrawn')),
    decided_by  text,
    decided_at  timestamptz,
    note        text
);
create index on data_mark (station_id, starts_at);

-- A reading is never changed: a correction lies beside the minutes [starts_at, ends_at) of a sensor, and holds once a
-- second person has confirmed it. The newest confirmed one of a minute counts.
create table correction (
    id         bigint generated always as identity primary key,
    sensor_id  int not null references sensor,
    kind       text not null check (kind in ('scale','exclude','enter')),
    starts_at  timestamptz not null,
    ends_at    timestamptz not null check (ends_at > starts_at),
    factor     float8,                        -- scale: value * factor + shift
    shift      float8,
    value      float8,                        -- enter: the mean of every minute without a valid one, registry unit
    reason     text not null,
    before     jsonb not null,                -- the records that it touches, as they stood
    after      jsonb not null,                -- and as they would be, or are since it is confirmed
    state      text not null check (state in ('waiting_second','confirmed','refused','withdrawn')),
    made_by    text not null,
    made_at    timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    note       text,
    check (kind <> 'scale' or factor is not null),
    check (kind <> 'enter' or value is not null)
);
create index on correction (sensor_id, starts_at);

-- What happened to corrections, marks and finalised months, each entry bound to the one before by its digest.
create table chain_entry (
    id        bigint primary key,             -- 1, 2, 3 ...: none is missing
    at        timestamptz not null,
    actor     text not null,
    action    text not null,
    object    text not null,                  -- correction 12, mark 3, month 7
    content   text not null,                  -- canonical JSON, as it was digested
    previous  bytea not null,                 -- digest of the entry before; 32 zero bytes for the first
    digest    bytea not null                  -- SHA-256 of previous, id, at, actor, action, object and content
);

-- A file that proves something: of a mark, a correction, a declaration.
create table attachment (
    id          bigint generated always as identity primary key,
    object      text not null,                -- mark 3, correction 12
    enterprise_id int references enterprise,
    name        text not null,
    media_type  text not null,
    content     bytea not null,
    sha256      bytea not null,
    uploaded_by text not null,
    uploaded_at timestamptz not null
);
create index on attachment (object);

-- A month that a person has finalised, with its figures as they stood; what touches it later is a listed revision.
create table sealed_month (
    id            bigint generated always as identity primary key,
    enterprise_id int not null references enterprise,
    month         date not null check (extract(day from month) = 1),
    sealed_by     text not null,
    sealed_at     timestamptz not null,
    figures       jsonb not null,
    sha256        bytea not null,             -- of the figures, canonical
    unique (enterprise_id, month)
);

grant select on record, record_revision, data_mark, correction, attachment, sealed_month to smartpark_enterprise;
do $$
declare
    shown pg_catalog.record;
begin
    for shown in select * from (values
        ('record',          'sensor_id in (select id from sensor)'),
        ('record_revision', 'sensor_id in (select id from sensor)'),
        ('data_mark',       'station_id in (select id from station)'),
        ('correction',      'sensor_id in (select id from sensor)'),
        ('attachment',      'enterprise_id = own_enterprise()'),
        ('sealed_month',    'enterprise_id = own_enterprise()')
    ) as policy (name, visible)
    loop
        execute format('alter table %I enable row level security', shown.name);
        execute format('create policy own on %I for select to smartpark_enterprise using (%s)', shown.name, shown.visible);
    end loop;
end $$;
