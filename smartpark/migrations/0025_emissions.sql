-- Substitutes are listed by their hour; an enterprise reads how far hours are closed, and of the park's affairs only its own.

create index substitution_hour on substitution (hour, sensor_id);

grant select on record_progress to smartpark_enterprise;

-- What a park has to cut is between the park and the bureau: no policy, no row.
alter table reduction enable row level security;

alter table sand_episode enable row level security;
create policy own on sand_episode for select to smartpark_enterprise
    using (park_id = (select park_id from enterprise where id = own_enterprise()));
