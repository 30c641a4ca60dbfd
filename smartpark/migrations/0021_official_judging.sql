-- Official hours and days against their limits: which periods an alert spoke of, and which limit held when.

-- A period of a sensor over its limit, as the alert says it; one that a later revision takes back stays, with over = false.
create table alert_period (
    alert_id  bigint not null references alert,
    sensor_id int not null references sensor,
    rule      text not null,
    period    text not null check (period in ('hour','day')),
    start     timestamptz not null,
    revision  int not null,                    -- of the record that was judged last
    value     float8,                          -- judged last, registry unit; null: not judgeable any more
    over      boolean not null,
    primary key (sensor_id, rule, period, start)
);
create index on alert_period (alert_id, start);

grant select on alert_period to smartpark_enterprise;
alter table alert_period enable row level security;
create policy own on alert_period for select to smartpark_enterprise using (alert_id in (select id from alert));

-- The legal limit of an official record by the time of its data: of each sensor, basis, stage and form one limit over
-- [since, until). form 'Zs' of a measured sensor: its value at reference oxygen. Chosen as alerts/limits.py does: the most
-- specific place, then the kind of law, special limits where the station says so, the newer edition.
create view record_limit with (security_invoker = true) as
with candidate as (
    select s.id as sensor_id, l.basis, l.stage, l.form, l.id as limit_id, l.valid_from as since,
           coalesce(l.valid_to, 'infinity') as until,
           row_number() over (partition by s.id, l.basis, l.stage, l.form order by
               case when l.station_id is not null then 0 when l.enterprise_id is not null then 1
                    when l.outlet_kind is not null then 2 when l.station_kind is not null then 3 else 4 end,
               array_position(array['permit','agreement','local','industry','integrated'], l.kind), l.region = '',
               l.valid_from desc, l.id) as place
    from limit_value l
    join sensor s on s.quantity = l.quantity and (s.form = l.form or (s.form = '' and l.form = 'Zs'))
    join station st on st.id = s.station_id
    where l.verified and l.basis in ('hour', 'day') and l.kind <> 'setpoint'
      and (l.station_id is null or l.station_id = st.id)
      and (l.enterprise_id is null or l.enterprise_id = st.enterprise_id)
      and (l.outlet_kind is null or l.outlet_kind = st.outlet_kind)
      and (l.station_kind is null or l.station_kind = st.kind)
      and (l.region = '' or l.region = st.attributes ->> 'region')
), edge as (
    select distinct sensor_id, basis, stage, form, at
    from candidate cross join lateral (values (since), (until)) e (at)
), piece as (
    select *, lead(at) over (partition by sensor_id, basis, stage, form order by at) as until from edge
), chosen as (
    select distinct on (p.sensor_id, p.basis, p.stage, p.form, p.at)
           p.sensor_id, p.basis, p.stage, p.form, p.at as since, p.until, c.limit_id
    from piece p
    join candidate c using (sensor_id, basis, stage, form)
    where p.until is not null and c.since <= p.at and p.at < c.until
    order by p.sensor_id, p.basis, p.stage, p.form, p.at, c.place
)
select c.sensor_id, c.basis, c.stage, c.form, c.since, c.until, l.id as limit_id, l.value, l.unit, l.reference_o2, l.kind,
       l.standard, l.clause
from chosen c join limit_value l on l.id = c.limit_id;
grant select on record_limit to smartpark_enterprise;

-- Whether a value is past a limit of a stage: above H and HH, below L and LL; what differs in the thirteenth digit is the
-- arithmetic of a mean. The same as alerts/exceedance.py.
create function over_limit(value float8, edge float8, stage text) returns boolean language sql immutable parallel safe
    return case when stage in ('H', 'HH') then value > edge + abs(edge) * 1e-12
                else -value > -edge + abs(edge) * 1e-12 end;

-- Official hours and days that may be judged, each against the limit of every stage that was in force at its start. One
-- that a mark covers as a whole is left out at once; its record follows.
create view record_judged with (security_invoker = true) as
select r.sensor_id, r.period, r.start, s.station_id, l.form, l.stage, v.value, over_limit(v.value, l.value, l.stage) as over,
       l.limit_id, l.value as limit_value, l.unit, l.reference_o2, l.kind, l.standard, l.clause, r.flag, r.samples,
       r.expected, r.revision, r.cause, r.made_at
from record r
join record_limit l on l.sensor_id = r.sensor_id and l.basis = r.period and r.start >= l.since and r.start < l.until
join sensor s on s.id = r.sensor_id
cross join lateral (select case when l.form = s.form then r.mean else r.converted end as value) v
where r.judgeable and v.value is not null
  and not exists (
      select from data_mark m
      where m.station_id = s.station_id and (m.sensor_id is null or m.sensor_id = s.id)
        and m.state in ('filed', 'confirmed') and m.starts_at <= r.start
        and m.ends_at >= r.start + case r.period when 'hour' then interval '1 hour' else interval '1 day' end);
grant select on record_judged to smartpark_enterprise;

-- Special limits go before general ones of the same place and kind; either could win before.
create or replace view sensor_limit with (security_invoker = true) as
select distinct on (s.id, l.basis, l.stage)
       s.id as sensor_id, l.id as limit_id, l.stage, l.basis, l.value, l.unit, l.kind, l.standard, l.clause, l.verified
from sensor s
join station st on st.id = s.station_id
join limit_value l on l.quantity = s.quantity and l.form = s.form
    and (l.station_id is null or l.station_id = st.id)
    and (l.enterprise_id is null or l.enterprise_id = st.enterprise_id)
    and (l.outlet_kind is null or l.outlet_kind = st.outlet_kind)
    and (l.station_kind is null or l.station_kind = st.kind)
    and (l.region = '' or l.region = st.attributes ->> 'region')
where l.valid_from <= now() and (l.valid_to is null or now() < l.valid_to)
order by s.id, l.basis, l.stage, l.verified desc, (l.station_id is null), (l.enterprise_id is null), (l.outlet_kind is null),
         (l.station_kind is null),
         array_position(array['setpoint','permit','agreement','local','industry','integrated'], l.kind), l.region = '',
         l.valid_from desc, l.id;
