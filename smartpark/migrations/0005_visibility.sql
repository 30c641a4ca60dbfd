-- What the API shows, and what an enterprise may see of it. The owner of the tables sees everything; the role
-- smartpark_enterprise, taken for one transaction at a time, sees the rows of the enterprise it is set to, and nothing
-- before it is set. Readings carry no policy (compression forbids it): they are reached through a visible sensor.

alter table account add column name_en text not null default '';

-- Roles belong to the whole server: another database of it may have made this one already.
do $$
begin
    create role smartpark_enterprise nologin;
exception when duplicate_object or unique_violation then
    null;
end $$;
do $$
begin
    execute format('grant smartpark_enterprise to %I', current_user);
exception when others then
    if not pg_has_role(current_user, 'smartpark_enterprise', 'member') then
        raise exception 'this database user may not take the role smartpark_enterprise; a superuser has to run: grant smartpark_enterprise to %', current_user;
    end if;
end $$;
grant usage on schema public to smartpark_enterprise;

create function own_enterprise() returns int language sql stable parallel safe
    return nullif(current_setting('smartpark.enterprise_id', true), '')::int;

grant select on park, zone, enterprise, hazard_source, quantity, station, sensor, sensor_unit, camera, camera_view,
    limit_value, rule, maintenance_window, drill, alert, alert_event, alert_progress, snapshot, latest, reading, minute,
    reading_conflict, station_status, station_position, ledger, quarantine, feed, access_list to smartpark_enterprise;
alter view access_list set (security_invoker = true);

do $$
declare
    shown record;
begin
    for shown in select * from (values
        ('enterprise',         'id = own_enterprise()'),
        ('hazard_source',      'enterprise_id = own_enterprise()'),
        ('station',            'enterprise_id = own_enterprise()'),
        ('sensor',             'station_id in (select id from station)'),
        ('sensor_unit',        'sensor_id in (select id from sensor)'),
        ('latest',             'sensor_id in (select id from sensor)'),
        ('reading_conflict',   'sensor_id in (select id from sensor)'),
        ('station_status',     'station_id in (select id from station)'),
        ('station_position',   'station_id in (select id from station)'),
        ('camera_view',        'station_id in (select id from station)'),
        ('camera',             'station_id in (select id from station) or id in (select camera_id from camera_view)'),
        ('limit_value',        '(station_id is null or station_id in (select id from station))
                                and (enterprise_id is null or enterprise_id = own_enterprise())'),
        ('maintenance_window', 'station_id in (select id from station)'),
        ('drill',              'station_id is null or station_id in (select id from station)'),
        ('alert',              'enterprise_id = own_enterprise() or station_id in (select id from station)'),
        ('alert_event',        'alert_id in (select id from alert)'),
        ('alert_progress',     'alert_id in (select id from alert)'),
        ('snapshot',           'alert_id in (select id from alert)'),
        ('ledger',             'station_id in (select id from station)'),
        ('quarantine',         'station_id in (select id from station)')
    ) as policy (name, visible)
    loop
        execute format('alter table %I enable row level security', shown.name);
        execute format('create policy own on %I for select to smartpark_enterprise using (%s)', shown.name, shown.visible);
    end loop;
end $$;

create view station_shown with (security_invoker = true) as
select st.id, p.code as park, st.code, st.kind, st.stream_class, st.feed, st.name_zh, st.name_en,
       coalesce(at.lat, st.lat) as lat, coalesce(at.lon, st.lon) as lon, st.height_m, st.outlet_kind,
       case when e.id is not null then jsonb_build_object(
           'id', e.id, 'code', e.code, 'name_zh', e.name_zh, 'name_en', e.name_en, 'phone', e.phone) end as enterprise,
       case when z.id is not null then jsonb_build_object(
           'id', z.id, 'code', z.code, 'name_zh', z.name_zh, 'name_en', z.name_en) end as zone,
       st.hazard_source_id, so.online, so.since as status_since, st.active, st.enterprise_id, st.zone_id
from station st
join park p on p.id = st.park_id
left join enterprise e on e.id = st.enterprise_id
left join zone z on z.id = st.zone_id
left join station_status so on so.station_id = st.id
left join lateral (
    select lat, lon from station_position sp where sp.station_id = st.id order by time desc limit 1
) at on st.kind = 'mobile';

create view sensor_shown with (security_invoker = true) as
select s.id, s.station_id, st.code as station, p.code as park, s.quantity, s.form, s.tag,
       coalesce(s.name_zh, q.name_zh) as name_zh, coalesce(s.name_en, q.name_en) as name_en,
       q.unit, q.decimals, s.unit as sent_unit, s.period_s, s.due_since, s.due_until, s.span_low, s.span_high, s.active,
       st.enterprise_id, st.kind, st.stream_class, st.outlet_kind, p.timezone
from sensor s
join station st on st.id = s.station_id
join park p on p.id = st.park_id
join quantity q on q.code = s.quantity;

-- The limits that hold for a sensor, one of each stage and basis: the most specific place first, then the kind of law.
create view sensor_limit with (security_invoker = true) as
select distinct on (s.id, l.basis, l.stage)
       s.id as sensor_id, l.id as limit_id, l.stage, l.basis, l.value, l.unit, l.kind, l.standard, l.clause, l.verified
from sensor s
join station st on st.id = s.station_id
join limit_value l on l.quantity = s.quantity and l.form = s.form
    and (l.station_id is null or l.station_id = st.id)
    and (l.enterprise_id is null or l.enterprise_id = st.enterprise_id)
    and (l.outlet_kind is null or l.outlet_kind = st.outlet_kind)
    and (l.station_kind is null or l.station_kind = st.kind)
where l.valid_from <= now() and (l.valid_to is null or now() < l.valid_to)
order by s.id, l.basis, l.stage, l.verified desc, (l.station_id is null), (l.enterprise_id is null), (l.outlet_kind is null),
         (l.station_kind is null),
         array_position(array['setpoint','permit','agreement','local','industry','integrated'], l.kind), l.valid_from desc, l.id;

create view alert_shown with (security_invoker = true) as
select a.id, a.version, p.code as park, a.rule, a.rule_version, a.class, a.scheme, a.level, a.stage, a.origin, a.condition,
       a.acked, a.suppressed, a.latched, a.state, a.drill, a.raised_at, a.annunciated_at, a.cleared_at, a.ended_at,
       a.value, a.limit_value, a.unit, a.clause, a.flag::text as flag, a.mark::text as mark, a.occurrences, a.members,
       a.evidence, a.text_zh, a.text_en, g.last_value, g.last_at, g.peak_value, g.peak_at, coalesce(g.count, 0) as count,
       a.acked_at, a.acked_by, a.confirmed_at, a.confirmed_by, a.cause, a.shelved_until, a.shelved_by, a.shelve_reason,
       a.assigned_to, a.close_reason, a.close_note, a.closed_at, a.closed_by, a.target_kind, a.target_id, a.sensor_id,
       case when q.code is not null then jsonb_build_object(
           'code', q.code, 'name_zh', q.name_zh, 'name_en', q.name_en, 'unit', q.unit, 'decimals', q.decimals) end as quantity,
       case when st.id is not null then jsonb_build_object(
           'id', st.id, 'code', st.code, 'kind', st.kind, 'name_zh', st.name_zh, 'name_en', st.name_en,
           'lat', st.lat, 'lon', st.lon) end as station,
       case when e.id is not null then jsonb_build_object(
           'id', e.id, 'code', e.code, 'name_zh', e.name_zh, 'name_en', e.name_en, 'phone', e.phone) end as enterprise,
       a.park_id, a.station_id, e.id as enterprise_id
from alert a
join park p on p.id = a.park_id
left join sensor s on s.id = a.sensor_id
left join quantity q on q.code = s.quantity
left join station st on st.id = a.station_id
left join enterprise e on e.id = coalesce(a.enterprise_id, st.enterprise_id)
left join alert_progress g on g.alert_id = a.id;

grant select on station_shown, sensor_shown, sensor_limit, alert_shown to smartpark_enterprise;

create index on quarantine (id) where released_at is null;
