-- HJ 212: data loggers, what they send beside instant values, what we say to them, and what goes upward from us.

-- A sensor that a logger showed us and nobody has admitted yet: its values are stored as sent and judged by nothing.
alter table sensor add column admitted boolean not null default true;

alter table logger
    add column encryption_key text,              -- SM4 of HJ 212-2025: 32 hexadecimal digits
    add column minute_interval_min smallint not null default 1,   -- length of its 2051 periods [min]
    add column admitted_at timestamptz,
    add column admitted_by text,
    add column online boolean not null default false,
    add column since timestamptz,                -- since when online or offline
    add column peer text,                        -- where it last called from
    add column system text,                      -- ST of its newest frame
    add column clock_offset_s float8,            -- its clock minus ours, from the newest live QN [s]
    add column frames bigint not null default 0,
    add column defects bigint not null default 0,
    add column deviations text[] not null default '{}',   -- what it does otherwise than the standard, and we bear
    add column has_password boolean generated always as (password is not null) stored,
    add column has_key boolean generated always as (encryption_key is not null) stored;
alter table logger set (fillfactor = 70);
create index quarantine_of_logger on quarantine (split_part(topic, '/', 4))
    where released_at is null and split_part(topic, '/', 3) = 'hj212';

-- A sensor that waits for admission has no unit yet, whatever the unit of its quantity is.
create or replace view sensor_shown with (security_invoker = true) as
select s.id, s.station_id, st.code as station, p.code as park, s.quantity, s.form, s.tag,
       coalesce(s.name_zh, q.name_zh) as name_zh, coalesce(s.name_en, q.name_en) as name_en,
       case when s.admitted then q.unit else '' end as unit, q.decimals, s.unit as sent_unit, s.period_s, s.due_since,
       s.due_until, s.span_low, s.span_high, s.active, st.enterprise_id, st.kind, st.stream_class, st.outlet_kind,
       p.timezone, s.admitted
from sensor s
join station st on st.id = s.station_id
join park p on p.id = st.park_id
join quantity q on q.code = s.quantity;

-- A station with an admitted logger belongs to the feed of the gateway, whoever admits it; without one it goes back to
-- the feed of its kind. Long-running processes reload.
create function follow_logger() returns trigger language plpgsql as $$
begin
    update station s set feed = 'gateway'
    where s.id = new.station_id and new.admitted and s.feed <> 'gateway';
    update station s set feed = case s.stream_class when 'safety' then 'safety' else 'rest' end
    where s.feed = 'gateway' and s.id in (old.station_id, new.station_id)
      and not exists (select from logger l where l.station_id = s.id and l.admitted);
    update revision set version = version + 1 where name = 'catalogue';
    return null;
end $$;
create trigger logger_added after insert on logger for each row when (new.admitted) execute function follow_logger();
create trigger logger_changed after update on logger for each row
    when ((old.station_id, old.admitted, old.password, old.encryption_key, old.minute_interval_min)
          is distinct from (new.station_id, new.admitted, new.password, new.encryption_key, new.minute_interval_min))
    execute function follow_logger();

-- Every frame as it came, so that an answer in court can be reproduced; one that is repeated is kept once.
create table raw_frame (
    received_at timestamptz not null,
    mn          text not null,
    st          text,
    cn          text not null,
    qn          text,
    pno         smallint,
    data_time   timestamptz,                     -- start of the period; of 2011 and 2021 the instant
    resent      boolean not null,                -- RF=1
    source      text not null check (source in ('tcp','mqtt')),
    peer        text,
    frame       bytea not null                   -- from ## to the checksum
);
select create_hypertable('raw_frame', by_range('received_at', interval '7 days'), create_default_indexes => false);
create index raw_frame_of on raw_frame (mn, data_time);
create index raw_frame_received on raw_frame using brin (received_at) with (pages_per_range = 32);

-- What a logger has computed itself; a second, different word about the same period is a new revision.
create table reported_record (
    sensor_id   int not null,
    period      text not null check (period in ('minute','hour','day')),
    start       timestamptz not null,
    revision    smallint not null default 1,
    avg         float8,                          -- registry unit, as min and max
    min         float8,
    max         float8,
    cou         float8,                          -- amount over the period, as sent
    flag        "char" not null,                 -- as received
    eflag       text,                            -- the maker's own flag
    sample_time timestamptz,
    mn          text not null,
    resent      boolean not null,
    received_at timestamptz not null,
    primary key (sensor_id, period, start, revision)
);
select create_hypertable('reported_record', by_range('start', interval '30 days'), create_default_indexes => false);

-- What else loggers tell: equipment states and running times, restarts, information, standard checks, raw spectra.
create table logger_report (
    mn          text not null,
    cn          text not null,
    time        timestamptz not null,
    digest      bytea not null,                  -- of the content: two reports of one instant may differ
    data        jsonb not null,                  -- {name: value} as sent
    resent      boolean not null,
    received_at timestamptz not null,
    primary key (mn, cn, time, digest)
);
select create_hypertable('logger_report', by_range('time', interval '30 days'), create_default_indexes => false);

create table logger_session (
    id         bigint generated always as identity primary key,
    mn         text not null,
    peer       text not null,
    opened_at  timestamptz not null,
    last_at    timestamptz not null,             -- newest frame
    closed_at  timestamptz,
    closed_by  text check (closed_by in ('logger','network','us','takeover')),
    frames     bigint not null default 0,
    defects    bigint not null default 0
);
create index on logger_session (mn, opened_at desc);
create index on logger_session (id) where closed_at is null;
create index on logger_session (closed_at) where closed_by = 'network';

-- When a feed of ours did not work: no hour missing in such a time is anybody else's.
create table feed_outage (
    feed     text not null,
    began_at timestamptz not null,
    ended_at timestamptz not null,
    primary key (feed, began_at)
);

-- What stations said of themselves; station_status has only the newest word.
create table station_presence (
    station_id int not null references station,
    at         timestamptz not null,
    online     boolean not null,
    primary key (station_id, at)
);

-- What we ask of a logger: 9011 accepts, 9012 says the result; 10 s, three tries.
create table logger_command (
    id           bigint generated always as identity primary key,
    mn           text not null references logger,
    cn           text not null,
    parameters   jsonb not null default '{}',    -- {name: value} of CP, in order
    cause        text not null check (cause in ('person','gap','clock')),
    reason       text not null default '',
    state        text not null check (state in ('waiting_second','queued','sent','accepted','done','refused','failed',
                 'timed_out','cancelled')),
    requested_by text not null,
    requested_at timestamptz not null,
    second_by    text,
    second_at    timestamptz,
    qn           text,
    tries        smallint not null default 0,
    sent_at      timestamptz,
    answered_at  timestamptz,                    -- 9011
    qn_rtn       smallint,
    exe_rtn      smallint,
    frames       int not null default 0,         -- that answered it with data
    result       jsonb not null default '{}',    -- {name: value} of what it answered
    finished_at  timestamptz
);
create index on logger_command (mn, id desc);
create index on logger_command (id) where state in ('queued','sent','accepted');

-- What of a logger is missing and is fetched back.
create table logger_gap (
    id         bigint generated always as identity primary key,
    mn         text not null references logger,
    period     text not null check (period in ('minute','hour','day')),
    from_time  timestamptz not null,
    to_time    timestamptz not null,
    found_at   timestamptz not null,
    tries      smallint not null default 0,
    no_data    smallint not null default 0,      -- how often the logger said that it has none
    next_at    timestamptz not null,             -- when it is asked for (again)
    command_id bigint references logger_command, -- that is asking for it now
    filled_at  timestamptz,
    given_up_at timestamptz,                     -- the logger has no more
    unique (mn, period, from_time)
);
create index on logger_gap (next_at) where filled_at is null and given_up_at is null;

-- Every hour in which something due is missing, and why.
create table missing_hour (
    station_id int not null references station,
    hour       timestamptz not null,             -- its start
    due        smallint not null,                -- minutes
    present    smallint not null,                -- minutes with data
    cause      text not null check (cause in ('enterprise','network','platform','unknown')),
    minutes    jsonb not null,                   -- missing minutes by cause
    evidence   jsonb not null,                   -- sessions, outages, reports that say so
    decided_at timestamptz not null,
    resolved_at timestamptz,                     -- the data came after all
    primary key (station_id, hour)
);

-- How far a job that goes through time has come.
create table record_progress (
    job        text primary key,
    done_until timestamptz not null
);

-- Who above us receives what.
create table upward_receiver (
    id         int generated by default as identity primary key,
    park_id    smallint not null references park,
    code       text not null,
    name_zh    text not null,
    name_en    text not null,
    protocol   text not null check (protocol in ('hj212','http','mqtt')),
    address    text not null,                    -- host:port, or a URL
    edition    smallint not null default 2017 check (edition in (2017, 2025)),
    password   text,
    encryption_key text,
    secret     text,                             -- bearer word of http, password of mqtt
    active     boolean not null default true,
    unique (park_id, code)
);

-- Which station goes there under which name; ``periods`` are what is due.
create table upward_point (
    receiver_id int not null references upward_receiver,
    station_id  int not null references station,
    mn          text not null,                   -- at the receiver
    system      text not null default '31',      -- ST
    periods     text[] not null default '{minute,hour,day}',
    since       timestamptz not null,
    until       timestamptz,
    primary key (receiver_id, station_id)
);

-- One thing due to one receiver; counted one by one, so that the rate has its list.
create table upward_item (
    receiver_id   int not null,
    station_id    int not null,
    period        text not null check (period in ('instant','minute','hour','day')),
    start         timestamptz not null,
    state         text not null check (state in ('no_data','due','sent','confirmed')),
    resent        boolean not null default false,   -- went as re-sent data
    tries         smallint not null default 0,
    first_sent_at timestamptz,
    sent_at       timestamptz,
    confirmed_at  timestamptz,
    made_of       int,                             -- minutes of all sensors that its figures were made of
    primary key (receiver_id, station_id, period, start)
);
select create_hypertable('upward_item', by_range('start', interval '7 days'), create_default_indexes => false);
create index upward_item_open on upward_item (receiver_id, period, start) where state in ('due','sent');
create index upward_item_empty on upward_item (station_id, start) where state = 'no_data';

-- Where a period of a station ends; its minute data come in steps of so many minutes [min].
create function upward_end(period text, start timestamptz, minute_min int, zone text) returns timestamptz
language sql stable return case period
    when 'day' then date_add(start, '1 day', zone)
    when 'hour' then start + interval '1 hour'
    when 'minute' then start + minute_min * interval '1 minute'
    else start + interval '1 minute' end;

-- Every point with what its periods are made by.
create view upward_place as
select p.*, r.protocol, r.active and st.active as active, st.code as station, st.kind, park.timezone as zone,
       coalesce((select max(l.minute_interval_min) from logger l where l.station_id = st.id and l.admitted), 1)::int as minute_min
from upward_point p
join upward_receiver r on r.id = p.receiver_id
join station st on st.id = p.station_id
join park on park.id = st.park_id;

create table upward_state (
    receiver_id  int primary key references upward_receiver,
    connected    boolean not null,
    since        timestamptz not null,
    last_success timestamptz,
    last_error   text,
    heartbeat_at timestamptz not null
);

-- An enterprise sees its own; passwords and keys are shown to nobody.
grant select (mn, station_id, edition, admitted, first_seen, last_seen, minute_interval_min, admitted_at, admitted_by, online,
    since, peer, system, clock_offset_s, frames, defects, deviations, has_password, has_key) on logger to smartpark_enterprise;
grant select on raw_frame, reported_record, logger_report, logger_session, logger_command, logger_gap, missing_hour,
    feed_outage, station_presence to smartpark_enterprise;
do $$
declare
    shown record;
begin
    for shown in select * from (values
        ('logger',           'station_id in (select id from station)'),
        ('raw_frame',        'mn in (select mn from logger)'),
        ('reported_record',  'sensor_id in (select id from sensor)'),
        ('logger_report',    'mn in (select mn from logger)'),
        ('logger_session',   'mn in (select mn from logger)'),
        ('logger_command',   'mn in (select mn from logger)'),
        ('logger_gap',       'mn in (select mn from logger)'),
        ('missing_hour',     'station_id in (select id from station)'),
        ('station_presence', 'station_id in (select id from station)')
    ) as policy (name, visible)
    loop
        execute format('alter table %I enable row level security', shown.name);
        execute format('create policy own on %I for select to smartpark_enterprise using (%s)', shown.name, shown.visible);
    end loop;
end $$;
