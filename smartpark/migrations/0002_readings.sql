-- What arrived: readings, the newest value and the minute of each sensor, what was refused, and the ledger.

create table reading (
    sensor_id int not null,
    lag_s     int not null,                 -- received - time [s]
    time      timestamptz not null,
    value     float8 not null,              -- registry unit
    flag      "char" not null,              -- HJ 212-2017 table 8, as received
    mark      "char" not null,              -- the platform's own finding, '-' none
    primary key (sensor_id, time)
);
select create_hypertable('reading', by_range('time', interval '1 day'), create_default_indexes => false);
create index reading_time on reading using brin (time) with (pages_per_range = 32);

-- A second, different value for a reading that is stored; the first stays.
create table reading_conflict (
    id          bigint generated always as identity primary key,
    sensor_id   int not null,
    time        timestamptz not null,
    value       float8 not null,            -- stored
    flag        "char" not null,
    other_value float8 not null,            -- came later
    other_flag  "char" not null,
    source      text not null,
    received_at timestamptz not null,
    unique (sensor_id, time, other_value, other_flag)
);

create table latest (
    sensor_id   int primary key,
    time        timestamptz not null,
    received_at timestamptz not null,
    value       float8 not null,
    flag        "char" not null,
    mark        "char" not null
) with (fillfactor = 50);

create table minute (
    sensor_id int not null,
    time      timestamptz not null,         -- start of the minute
    n         int not null,
    n_valid   int not null,
    total     float8 not null,              -- sum of the valid values
    mean      float8 generated always as (total / nullif(n_valid, 0)) stored,
    min       float8,                       -- of the valid values
    max       float8,
    last      float8,                       -- newest value, valid or not
    last_at   timestamptz not null,
    flags     text not null,                -- distinct flags, sorted: 'N', 'MN'
    primary key (sensor_id, time)
);
select create_hypertable('minute', by_range('time', interval '7 days'), create_default_indexes => false);
create index minute_time on minute using brin (time) with (pages_per_range = 32);

create table station_status (
    station_id int primary key references station,
    online     boolean not null,
    since      timestamptz not null,
    received_at timestamptz not null
);

-- The last sequence number of each station that numbers its messages: a gap is seen across a restart of ours.
create table station_seq (
    station_id int primary key references station,
    seq        bigint not null
) with (fillfactor = 70);

-- The newest position of a station that moves.
create table station_position (
    station_id int not null references station,
    time       timestamptz not null,
    lat        float8 not null,
    lon        float8 not null,
    primary key (station_id, time)
);

create table quarantine (
    id          bigint generated always as identity primary key,
    digest      bytea not null,             -- SHA-256 of topic, 0x00, payload
    topic       text not null,
    payload     bytea not null,
    reason      text not null check (reason in ('malformed','too_large','unknown_station','unknown_quantity','wrong_feed',
                'no_offset','future','too_old','not_finite','bad_flag','bad_crc','bad_frame','unsupported')),
    detail      text not null,              -- one sentence: what, where, what to write instead
    source      text not null,
    station_id  int references station,
    items       int not null,               -- items refused for this reason, each time it is seen
    seen        int not null default 1,
    received_at timestamptz not null,
    last_seen_at timestamptz not null,
    released_at timestamptz,
    released_by text,
    unique (digest, reason)
);
create index on quarantine (received_at desc, id desc);

-- Every item received ends as stored, duplicate or quarantined; the four are counted independently, so that this
-- ledger can fail to balance. station_id 0: the station is not known.
create table ledger (
    minute      timestamptz not null,       -- of receipt
    source      text not null,              -- mqtt hj212 release import
    station_id  int not null,
    received    bigint not null default 0,  -- by the decoder
    stored      bigint not null default 0,  -- by the database
    duplicate   bigint not null default 0,  -- by the database
    quarantined bigint not null default 0,  -- by rows of quarantine
    gap         bigint not null default 0,  -- messages that seq says are missing
    primary key (minute, source, station_id)
) with (fillfactor = 70);

-- One row a feed: who owns it and how it does.
create table feed (
    name            text primary key,
    process         text not null,
    pid             int not null,
    state           text not null,          -- connecting connected broker_down database_down stopped
    since           timestamptz not null,
    heartbeat_at    timestamptz not null,
    last_message_at timestamptz,
    last_commit_at  timestamptz,
    backlog         bigint not null default 0,   -- messages received and not yet committed
    messages        bigint not null default 0,
    readings        bigint not null default 0,
    detail          jsonb not null default '{}'
);

-- Gate passages, vehicle positions, permits ...: JSON of smartpark/{park}/events/{type}, each with its own id.
create table park_event (
    park_id     smallint not null references park,
    type        text not null,
    id          text not null,
    at          timestamptz not null,
    received_at timestamptz not null,
    data        jsonb not null,
    primary key (park_id, type, id)
);
create index on park_event (park_id, type, at desc);
