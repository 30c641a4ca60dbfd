-- Registers that people keep, and the figures of a month. Every row says who last confirmed it and when.

create table register_row (
    id            bigint generated always as identity primary key,
    park_id       smallint not null references park,
    register      text not null,             -- headcount certificate notice request
    key           text not null,             -- stable within the register
    enterprise_id int references enterprise, -- null: the park's own
    data          jsonb not null,            -- the columns of that register
    due           date,                      -- until when it holds or must be done
    confirmed_at  timestamptz not null,
    confirmed_by  text not null,
    demo          boolean not null default false,   -- simulated
    unique (park_id, register, key)
);

-- Only a confirmed figure goes upward: draft -> park_confirmed -> statistics_confirmed.
create table figure (
    id            bigint generated always as identity primary key,
    park_id       smallint not null references park,
    enterprise_id int references enterprise, -- null: the whole park
    indicator     text not null,             -- code of modules/economy/indicators.csv, which has the unit
    month         date not null check (extract(day from month) = 1),
    value         float8 not null,
    status        text not null check (status in ('draft','park_confirmed','statistics_confirmed')),
    source        text not null,             -- who reported it
    confirmed_at  timestamptz not null,      -- of the status it has
    confirmed_by  text not null,
    demo          boolean not null default false,
    unique nulls not distinct (park_id, enterprise_id, indicator, month)
);

-- An enterprise sees its own rows, the park's notices to everybody, and its own passages at the gates.
grant select on register_row, figure, park_event to smartpark_enterprise;
alter table register_row enable row level security;
alter table figure enable row level security;
alter table park_event enable row level security;
create policy own on register_row for select to smartpark_enterprise
    using (enterprise_id = own_enterprise() or (enterprise_id is null and register = 'notice'));
create policy own on figure for select to smartpark_enterprise using (enterprise_id = own_enterprise());
create policy own on park_event for select to smartpark_enterprise
    using (data ->> 'enterprise' in (select code from enterprise));
