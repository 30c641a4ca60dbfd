-- Signed and finalised reports stay also where somebody empties the table; their files are found by the finalised month.

create index on report (sealed_month_id);

create function reports_stand() returns trigger language plpgsql as $$
begin
    if exists (select from report where signed_at is not null or sealed_month_id is not null) then
        raise exception 'reports that are finalised or signed stay; delete the others one by one';
    end if;
    return null;
end $$;
create trigger stand before truncate on report for each statement execute function reports_stand();
