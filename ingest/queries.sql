-- What ingest says to the database. Every statement that touches many rows sorts them by their full key first,
-- so that two writers never wait for each other in a circle.

-- name: parks
-- Every park and its id.
select code, id from park;

-- name: stations
-- Every station in use, of all feeds: a stray message must be named, not guessed at.
select s.id, p.code, s.code, s.kind, s.feed, s.stream_class
from station s join park p on p.id = s.park_id
where s.active;

-- name: sensors
-- Every sensor in use with what checking needs.
select x.id, x.station_id, x.quantity, x.form, q.old_codes, x.factor, x.shift, x.span_low, x.span_high,
       q.plausible_low, q.plausible_high
from sensor x
join station s on s.id = x.station_id and s.active
join quantity q on q.code = x.quantity
where x.active;

-- name: units
-- The senders' dated units.
select sensor_id, (extract(epoch from valid_from) * 1000000)::bigint, factor, shift from sensor_unit;

-- name: loggers
-- The data loggers that we know, with park and time zone; one that waits for admission belongs to no station.
select l.mn, p.code, s.code, l.password, l.encryption_key, l.minute_interval_min, l.admitted and s.active, p.timezone,
       l.admitted_at
from logger l join station s on s.id = l.station_id join park p on p.id = s.park_id;

-- name: watermarks
-- The newest stored instant of each sensor [us].
select sensor_id, (extract(epoch from time) * 1000000)::bigint from latest;

-- name: sequences
-- The last sequence number of each station.
select station_id, seq from station_seq;

-- name: revision
-- Grows when catalogue, rules or windows change.
select sum(version)::bigint from revision;

-- name: make_temporary_tables
-- Where columns land before they are merged; empty after each commit.
create temporary table if not exists staged (
    ordinal int, sensor_id int, lag_s int, time timestamptz, value float8, flag "char", mark "char"
) on commit delete rows;
create temporary table if not exists staged_minute (
    sensor_id int, time timestamptz, n int, n_valid int, total float8, low float8, high float8,
    last float8, last_at timestamptz, flags text
) on commit delete rows;
create temporary table if not exists staged_latest (
    sensor_id int, time timestamptz, received_at timestamptz, value float8, flag "char", mark "char"
) on commit delete rows;

-- name: copy_reading
-- Readings above the watermark of their sensor, straight into the hypertable.
copy reading (sensor_id, lag_s, time, value, flag, mark) from stdin (format binary);

-- name: copy_staged
-- Readings that may be there already.
copy staged (ordinal, sensor_id, lag_s, time, value, flag, mark) from stdin (format binary);

-- name: merge_staged
-- Insert what is not there yet; of equal keys the first to arrive. Returns what was inserted.
insert into reading (sensor_id, lag_s, time, value, flag, mark)
select distinct on (sensor_id, time) sensor_id, lag_s, time, value, flag, mark
from staged
order by sensor_id, time, ordinal
on conflict (sensor_id, time) do nothing
returning sensor_id, (extract(epoch from time) * 1000000)::bigint;

-- name: count_staged
-- How many readings were staged for each sensor, as the database sees it.
select sensor_id, count(*) from staged group by sensor_id;

-- name: note_conflicts
-- A second, different value for what is stored; the stored one stays. Each stored reading is looked up by its key:
-- nobody has counted the temporary table, and a join would read the whole day for a handful of rows.
insert into reading_conflict (sensor_id, time, value, flag, other_value, other_flag, source, received_at)
select distinct on (s.sensor_id, s.time, s.value, s.flag)
       s.sensor_id, s.time, r.value, r.flag, s.value, s.flag, %(source)s, s.time + make_interval(secs => s.lag_s)
from staged s
cross join lateral (
    select value, flag from reading
    where sensor_id = s.sensor_id and time = s.time and time between %(first)s and %(last)s
    limit 1
) r
where (s.value, s.flag) is distinct from (r.value, r.flag)
order by s.sensor_id, s.time, s.value, s.flag
on conflict (sensor_id, time, other_value, other_flag) do nothing;

-- name: copy_minute
-- Sums of newly stored readings.
copy staged_minute (sensor_id, time, n, n_valid, total, low, high, last, last_at, flags) from stdin (format binary);

-- name: copy_new_minute
-- Minutes that no reading of their sensor has had before, straight into the hypertable.
copy minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags) from stdin (format binary);

-- name: update_minute
-- Add sums to minutes of one day by a join, a third of the cost of the careful way, and insert those not there.
with done as (
    update minute m set
        n = m.n + s.n,
        n_valid = m.n_valid + s.n_valid,
        total = m.total + s.total,
        min = least(m.min, nullif(s.low, 'NaN')),
        max = greatest(m.max, nullif(s.high, 'NaN')),
        last = case when s.last_at > m.last_at then s.last else m.last end,
        last_at = greatest(m.last_at, s.last_at),
        flags = case
            when m.flags = rtrim(s.flags) then m.flags
            else (select string_agg(distinct letter, '' order by letter)
                  from regexp_split_to_table(m.flags || rtrim(s.flags), '') letter)
        end
    from staged_minute s
    where m.sensor_id = s.sensor_id and m.time = s.time and m.time between %s and %s
    returning m.sensor_id, m.time
)
insert into minute as m (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)
select sensor_id, time, n, n_valid, total, nullif(low, 'NaN'), nullif(high, 'NaN'), last, last_at, rtrim(flags)
from staged_minute s
where not exists (select from done d where d.sensor_id = s.sensor_id and d.time = s.time)
order by sensor_id, time
on conflict (sensor_id, time) do update set
    n = m.n + excluded.n,
    n_valid = m.n_valid + excluded.n_valid,
    total = m.total + excluded.total,
    min = least(m.min, excluded.min),
    max = greatest(m.max, excluded.max),
    last = case when excluded.last_at > m.last_at then excluded.last else m.last end,
    last_at = greatest(m.last_at, excluded.last_at),
    flags = case
        when m.flags = excluded.flags then m.flags
        else (select string_agg(distinct letter, '' order by letter)
              from regexp_split_to_table(m.flags || excluded.flags, '') letter)
    end;

-- name: merge_minute
-- Add sums to the minutes they belong to, whether those are there or not; NaN stands for no valid value.
insert into minute as m (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)
select sensor_id, time, n, n_valid, total, nullif(low, 'NaN'), nullif(high, 'NaN'), last, last_at, rtrim(flags)
from staged_minute
order by sensor_id, time
on conflict (sensor_id, time) do update set
    n = m.n + excluded.n,
    n_valid = m.n_valid + excluded.n_valid,
    total = m.total + excluded.total,
    min = least(m.min, excluded.min),
    max = greatest(m.max, excluded.max),
    last = case when excluded.last_at > m.last_at then excluded.last else m.last end,
    last_at = greatest(m.last_at, excluded.last_at),
    flags = case
        when m.flags = excluded.flags then m.flags
        else (select string_agg(distinct letter, '' order by letter)
              from regexp_split_to_table(m.flags || excluded.flags, '') letter)
    end;

-- name: note_late
-- Hours that are over and got minutes: their records have to be made anew.
insert into record_due (sensor_id, hour, cause, noted_at)
select sensor_id, hour, 'late', %(now)s from unnest(%(sensors)s::int[], %(hours)s::timestamptz[]) as d (sensor_id, hour);

-- name: copy_latest
-- The newest of newly stored readings of each sensor.
copy staged_latest (sensor_id, time, received_at, value, flag, mark) from stdin (format binary);

-- name: merge_latest
-- Keep the newest reading of each sensor.
insert into latest as l (sensor_id, time, received_at, value, flag, mark)
select sensor_id, time, received_at, value, flag, mark from staged_latest order by sensor_id
on conflict (sensor_id) do update set
    time = excluded.time, received_at = excluded.received_at, value = excluded.value,
    flag = excluded.flag, mark = excluded.mark
where excluded.time > l.time;

-- name: quarantine
-- Keep a refused message once per reason; a redelivery only counts, and opens a released row again.
insert into quarantine as q
    (digest, topic, payload, reason, detail, source, station_id, items, received_at, last_seen_at, peer)
values (%(digest)s, %(topic)s, %(payload)s, %(reason)s, %(detail)s, %(source)s, %(station_id)s, %(items)s,
        %(received_at)s, %(received_at)s, %(peer)s)
on conflict (digest, reason) do update set
    seen = q.seen + 1, last_seen_at = excluded.last_seen_at, detail = excluded.detail, station_id = excluded.station_id,
    released_at = null, released_by = null
returning id;

-- name: book
-- Add counts to the ledger of their minute of receipt.
insert into ledger as l (minute, source, station_id, received, stored, duplicate, quarantined, gap)
select %s, %s, * from unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                     as b (station_id, received, stored, duplicate, quarantined, gap)
order by station_id
on conflict (minute, source, station_id) do update set
    received = l.received + excluded.received,
    stored = l.stored + excluded.stored,
    duplicate = l.duplicate + excluded.duplicate,
    quarantined = l.quarantined + excluded.quarantined,
    gap = l.gap + excluded.gap;

-- name: note_sequences
-- The last sequence number of each station of the batch.
insert into station_seq as q (station_id, seq)
select * from unnest(%s::int[], %s::bigint[]) as s (station_id, seq) order by 1
on conflict (station_id) do update set seq = excluded.seq;

-- name: note_status
-- Online or offline; ``since`` moves only when it changes, and every change is kept.
with changed as (
    insert into station_presence (station_id, at, online)
    select %(station_id)s::int, %(at)s::timestamptz, %(online)s::boolean
    where not exists (select from station_status w where w.station_id = %(station_id)s and w.online = %(online)s)
    on conflict do nothing
)
insert into station_status as s (station_id, online, since, received_at)
values (%(station_id)s, %(online)s, %(at)s, %(at)s)
on conflict (station_id) do update set
    online = excluded.online,
    since = case when s.online = excluded.online then s.since else excluded.since end,
    received_at = excluded.received_at;

-- name: note_position
-- Where a mobile station was.
insert into station_position (station_id, time, lat, lon) values (%(station_id)s, %(time)s, %(lat)s, %(lon)s)
on conflict do nothing;

-- name: note_event
-- A park event; the same id again is the same event.
insert into park_event (park_id, type, id, at, received_at, data)
values (%(park_id)s, %(type)s, %(id)s, %(at)s, %(received_at)s, %(data)s::jsonb)
on conflict do nothing;

-- name: own_feed
-- Who owns the feed from now on.
insert into feed (name, process, pid, state, since, heartbeat_at)
values (%(name)s, %(process)s, %(pid)s, %(state)s, %(now)s, %(now)s)
on conflict (name) do update set
    process = excluded.process, pid = excluded.pid, state = excluded.state, since = excluded.since,
    heartbeat_at = excluded.heartbeat_at, backlog = 0, messages = 0, readings = 0;

-- name: feed_detail
-- What the last owner noted.
select detail from feed where name = %s;

-- name: note_outage
-- From when to when a feed of ours did not work.
insert into feed_outage (feed, began_at, ended_at) values (%s, %s, %s) on conflict do nothing;

-- name: beat
-- How the feed does.
update feed set
    state = %(state)s,
    since = case when state = %(state)s then since else %(now)s end,
    heartbeat_at = %(now)s,
    last_message_at = coalesce(%(last_message_at)s, last_message_at),
    last_commit_at = coalesce(%(last_commit_at)s, last_commit_at),
    backlog = %(backlog)s, messages = %(messages)s, readings = %(readings)s, detail = %(detail)s::jsonb
where name = %(name)s;

-- name: refused_message
-- A message in quarantine, locked for its release.
select q.topic, q.payload, q.released_at, f.received_at, f.peer
from quarantine q
cross join lateral (
    select received_at, peer from quarantine o where o.digest = q.digest order by received_at, id limit 1
) f
where q.id = %s for update of q;

-- name: refusals_of_message
-- All open reasons of the same message.
select q.id from quarantine q join quarantine o on o.digest = q.digest
where o.id = %s and q.released_at is null
order by q.id for update of q;

-- name: mark_released
-- The message was decoded again.
update quarantine set released_at = %(now)s, released_by = %(actor)s where id = any(%(ids)s);

-- name: mark_for_judging
-- Released readings are judged again by the owner of their feed.
insert into rejudge (sensor_id, time_from, time_to, created_at) values (%s, %s, %s, %s);

-- name: drop_old_readings
-- Retention by whole chunks.
select count(*) from drop_chunks('reading', older_than => %s::timestamptz);

-- name: drop_old_minutes
-- Retention by whole chunks.
select count(*) from drop_chunks('minute', older_than => %s::timestamptz);

-- name: drop_old_frames
-- Retention by whole chunks.
select count(*) from drop_chunks('raw_frame', older_than => %s::timestamptz);

-- name: drop_old_reports
-- Retention by whole chunks.
select count(*) from drop_chunks('logger_report', older_than => %s::timestamptz);

-- name: reach_ahead
-- Rows in the days to come make their chunks, so that no ingest waits for one at midnight; sensor 0 is none.
insert into reading (sensor_id, lag_s, time, value, flag, mark)
select 0, 0, day, 0, 'N', '-' from unnest(%s::timestamptz[]) day on conflict do nothing;

-- name: reach_back
-- The chunks stay, the rows go.
delete from reading where sensor_id = 0 and time = any(%s::timestamptz[]);

-- name: reach_ahead_minutes
-- As for readings.
insert into minute (sensor_id, time, n, n_valid, total, last_at, flags)
select 0, day, 0, 0, 0, day, 'N' from unnest(%s::timestamptz[]) day on conflict do nothing;

-- name: reach_back_minutes
-- As for readings.
delete from minute where sensor_id = 0 and time = any(%s::timestamptz[]);

-- name: make_room
-- How to leave half of each page free in the chunks of minutes that are being written to: a minute is written some
-- sixty times, and where the page has room PostgreSQL keeps its indexes. Finished chunks stay packed.
select format('alter table %%I.%%I set (fillfactor = 50)', c.chunk_schema, c.chunk_name)
from timescaledb_information.chunks c
join pg_class k on k.oid = format('%%I.%%I', c.chunk_schema, c.chunk_name)::regclass
where c.hypertable_name = 'minute' and c.range_end > %s and k.reloptions is null;

-- name: do_not_wait
-- Keeping house never holds up ingest: what is busy is done an hour later.
set local lock_timeout = '3s';
