-- Who may do what, and who did.

create table account (
    id            int generated always as identity primary key,
    username      text not null unique,
    name          text not null,
    password_hash text not null,
    role          text not null check (role in ('admin','leader','operator','patrol','bureau','enterprise','viewer')),
    enterprise_id int references enterprise,
    phone         text,
    active        boolean not null default true,
    demo          boolean not null default false,
    token_version int not null default 1,
    created_at    timestamptz not null default now(),
    last_login_at timestamptz,
    check (role <> 'enterprise' or enterprise_id is not null)
);

create table api_key (
    id         int generated always as identity primary key,
    name       text not null unique,
    prefix     text not null unique,
    hash       bytea not null,                -- SHA-256 of the key
    role       text not null,
    enterprise_id int references enterprise,
    created_by text not null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    last_used_at timestamptz
);

create table audit (
    id     bigint generated always as identity primary key,
    at     timestamptz not null default now(),
    actor  text not null,
    action text not null,
    object text not null,
    detail jsonb not null default '{}'
);
create index on audit (at desc);
