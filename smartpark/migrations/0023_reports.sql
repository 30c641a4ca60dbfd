-- Reports as they were made: every file with its checksum. A new making is a new revision; a file that was finalised or
-- signed never changes, and no file loses its bytes to an update.

create table report (
    id            bigint generated always as identity primary key,
    park_id       smallint not null references park,
    enterprise_id int references enterprise,     -- null: the whole park
    kind          text not null check (kind in ('daily','monthly','annual')),
    start         date not null,                 -- first day of the period, in the park's zone
    format        text not null check (format in ('xlsx','docx','pdf')),
    revision      int not null,                  -- files of one revision tell the same facts
    facts_sha256  bytea not null,
    sealed_month_id bigint references sealed_month,  -- the finalised month that the facts stand for
    made_at       timestamptz not null,          -- of the revision, as it is printed
    made_by       text not null,
    sha256        bytea not null,                -- of the content
    bytes         int not null,
    content       bytea not null,
    signed_by     text,
    signed_at     timestamptz,
    check ((signed_by is null) = (signed_at is null)),
    unique nulls not distinct (park_id, enterprise_id, kind, start, revision, format)
);
create index on report (kind, start, enterprise_id);

create function report_stands() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.signed_at is not null or old.sealed_month_id is not null then
            raise exception 'report % is finalised or signed and stays', old.id;
        end if;
        return old;
    end if;
    if old.signed_at is not null or (to_jsonb(new) - 'signed_by' - 'signed_at' - 'content')
       is distinct from (to_jsonb(old) - 'signed_by' - 'signed_at' - 'content') or new.content is distinct from old.content then
        raise exception 'report % does not change; make a new revision', old.id;
    end if;
    return new;
end $$;
create trigger stands before update or delete on report for each row execute function report_stands();

grant select on report to smartpark_enterprise;
alter table report enable row level security;
create policy own on report for select to smartpark_enterprise using (enterprise_id = own_enterprise());
