-- Why a report was signed although its month was not finalised; it is given with the signature and stands as it does.
alter table report add column signed_reason text, add check (signed_reason is null or signed_by is not null);

create or replace function report_stands() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.signed_at is not null or old.sealed_month_id is not null then
            raise exception 'report % is finalised or signed and stays', old.id;
        end if;
        return old;
    end if;
    if old.signed_at is not null
       or (to_jsonb(new) - 'signed_by' - 'signed_at' - 'signed_reason' - 'content')
       is distinct from (to_jsonb(old) - 'signed_by' - 'signed_at' - 'signed_reason' - 'content')
       or new.content is distinct from old.content then
        raise exception 'report % does not change; make a new revision', old.id;
    end if;
    return new;
end $$;
