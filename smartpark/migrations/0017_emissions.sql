-- Emitted mass: what is permitted, to be cut, declared and calculated, what stands for hours that were not measured, and the
-- meters of the water balance.

-- Pollutants whose mass is added up, and the flow that makes it.
create table emission_pollutant (
    code     text primary key,
    quantity text not null unique,            -- its concentration, form ''
    flow     text not null,                   -- quantity of the flow at the same station
    medium   text not null check (medium in ('air','water')),
    name_zh  text not null,
    name_en  text not null,
    position smallint not null                -- in lists
);
insert into emission_pollutant (code, quantity, flow, medium, name_zh, name_en, position) values
    ('SO2',   'a21026', 'a00000', 'air',   '二氧化硫',   'Sulfur dioxide',             1),
    ('NOx',   'a21002', 'a00000', 'air',   '氮氧化物',   'Nitrogen oxides',            2),
    ('PM',    'a34013', 'a00000', 'air',   '颗粒物',     'Particulate matter',         3),
    ('VOC',   'a24088', 'a00000', 'air',   '挥发性有机物', 'Volatile organic compounds', 4),
    ('COD',   'w01018', 'w00000', 'water', '化学需氧量', 'Chemical oxygen demand',     5),
    ('NH3-N', 'w21003', 'w00000', 'water', '氨氮',       'Ammonia nitrogen',           6),
    ('TN',    'w21001', 'w00000', 'water', '总氮',       'Total nitrogen',             7),
    ('TP',    'w21011', 'w00000', 'water', '总磷',       'Total phosphorus',           8);

-- Sensors whose mass counts. The inlet of the park's plant is no outlet; what flows to the plant leaves the enterprise, not
-- the park.
create view emission_sensor with (security_invoker = true) as
select s.id as sensor_id, p.code as pollutant, p.medium, st.id as station_id, st.enterprise_id, st.park_id,
       st.outlet_kind is not distinct from 'to_plant' as to_plant
from emission_pollutant p
join sensor s on s.quantity = p.quantity and s.form = ''
join station st on st.id = s.station_id
where st.kind in ('stack','voc','wastewater') and st.outlet_kind is distinct from 'plant_inlet'
  and exists (select from sensor f where f.station_id = st.id and f.quantity = p.flow and f.form = '');

-- 许可排放量: of an enterprise, or of one of its outlets. The last one that began counts.
create table allowance (
    id            int generated always as identity primary key,
    enterprise_id int not null references enterprise,
    station_id    int references station,     -- null: the whole enterprise
    pollutant     text not null references emission_pollutant,
    year          smallint not null,
    kg            float8 not null check (kg >= 0),
    permit        text not null,              -- number of the permit
    valid_from    date not null,
    valid_to      date not null check (valid_to >= valid_from),  -- last day
    document      text not null,
    changed_by    text not null,
    changed_at    timestamptz not null,
    unique nulls not distinct (enterprise_id, station_id, pollutant, year, valid_from)
);

-- What a park has to cut: in the due year it may emit base_kg * (1 - cut_percent / 100).
create table reduction (
    id          int generated always as identity primary key,
    park_id     smallint not null references park,
    pollutant   text not null references emission_pollutant,
    base_year   smallint not null,
    base_kg     float8 not null check (base_kg > 0),
    cut_percent float8 not null check (cut_percent between 0 and 100),
    due_year    smallint not null check (due_year > base_year),
    document    text not null,
    changed_by  text not null,
    changed_at  timestamptz not null,
    unique (park_id, pollutant, due_year)
);

-- 排污许可执行报告: what an enterprise itself reports, of a quarter or of a month.
create table declared_emission (
    id            int generated always as identity primary key,
    enterprise_id int not null references enterprise,
    pollutant     text not null references emission_pollutant,
    year          smallint not null,
    quarter       smallint check (quarter between 1 and 4),
    month         smallint check (month between 1 and 12),
    kg            float8 not null check (kg >= 0),
    document      text not null,
    changed_by    text not null,
    changed_at    timestamptz not null,
    check ((quarter is null) <> (month is null)),
    unique nulls not distinct (enterprise_id, pollutant, year, quarter, month)
);

-- What is calculated because nothing measures it, such as fugitive VOC.
create table calculated_emission (
    id            int generated always as identity primary key,
    enterprise_id int not null references enterprise,
    pollutant     text not null references emission_pollutant,
    month         date not null check (extract(day from month) = 1),
    source        text not null,              -- what emits: tanks, loading, leaks
    kg            float8 not null check (kg >= 0),
    method        text not null,              -- how it was calculated
    document      text not null,
    changed_by    text not null,
    changed_at    timestamptz not null,
    unique (enterprise_id, pollutant, month, source)
);

-- Every closed hour of an emission sensor without a mass that did not stand still, and what stands for it.
create table substitution (
    sensor_id       int not null references sensor,
    hour            timestamptz not null,     -- its start
    mass            float8,                   -- [kg]; null: the table has nothing for it
    method          text,                     -- row of smartpark/science/substitution.csv, or of HJ 356 for water
    standard        text,                     -- and its clause
    verified        boolean not null,         -- whether somebody has compared the row with the text
    of_values       int,                      -- valid hours (flue gas) or days (water) that the greatest was taken of
    capture_percent float8,                   -- flue gas: of the quarter
    made_at         timestamptz not null,
    primary key (sensor_id, hour),
    check ((mass is null) = (method is null))
);

-- Meters of the water balance of a park; the amount of a role is the sum of sign * amount over its meters.
create table water_balance (
    park_id    smallint not null references park,
    role       text not null check (role in ('produced','collected','treated','reclaimed','reused')),
    sensor_id  int not null references sensor,
    sign       smallint not null check (sign in (-1, 1)),
    changed_by text not null,
    changed_at timestamptz not null,
    primary key (park_id, role, sensor_id)
);

-- Records are found by when they were made, too: what stands on them has to follow. They lie in that order, mostly.
create index record_made on record using brin (made_at) with (pages_per_range = 32, autosummarize = on);

grant select on emission_pollutant, emission_sensor, allowance, reduction, declared_emission, calculated_emission,
    substitution to smartpark_enterprise;
do $$
declare
    shown pg_catalog.record;
begin
    for shown in select * from (values
        ('allowance',           'enterprise_id = own_enterprise()'),
        ('declared_emission',   'enterprise_id = own_enterprise()'),
        ('calculated_emission', 'enterprise_id = own_enterprise()'),
        ('substitution',        'sensor_id in (select id from sensor)')
    ) as policy (name, visible)
    loop
        execute format('alter table %I enable row level security', shown.name);
        execute format('create policy own on %I for select to smartpark_enterprise using (%s)', shown.name, shown.visible);
    end loop;
end $$;
