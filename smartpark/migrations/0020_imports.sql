-- Files of older history that are read into the minutes: what each was, how far it has come, what became of its values.

create table import_job (
    id             bigint generated always as identity primary key,   -- records name it as their cause: import 4
    park_id        smallint not null references park,
    file           text not null,
    file_sha256    bytea not null,
    bytes          bigint not null,
    mapping        text not null,              -- the whole YAML, so that a record can be explained years later
    mapping_sha256 bytea not null,
    state          text not null check (state in ('running','stopped','done')),
    position       bigint not null default 0,  -- where it goes on: byte of a text file, row of a workbook
    line           bigint not null default 1,  -- of the file, the next to read
    refused_bytes  bigint not null default 0,  -- of the refusal file that belong to what is committed
    counts         jsonb not null default '{}',
    first_minute   timestamptz,                -- of what was stored
    last_minute    timestamptz,
    started_by     text not null,
    began_at       timestamptz not null,
    ended_at       timestamptz,
    unique (file_sha256, mapping_sha256)
);
