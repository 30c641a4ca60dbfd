-- Official hours and days that could not be held against their limits, so that none is forgotten: they are tried again.
create table unjudged_record (
    sensor_id int not null,
    period    text not null check (period in ('hour','day')),
    start     timestamptz not null,
    why       text not null,
    tries     int not null default 1,
    failed_at timestamptz not null,           -- the first time
    next_at   timestamptz not null,
    primary key (sensor_id, period, start)
);
