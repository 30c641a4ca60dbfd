-- What the overview asks beside the modules' own queries.

-- name: worst_open
-- Open red and orange alerts and how many of them somebody has taken; a drill is never counted.
select count(*) filter (where level = 'red') as red, count(*) filter (where level = 'orange') as orange,
       count(*) filter (where level in ('red', 'orange') and acked) as handled
from alert where park_id = %(park_id)s and ended_at is null and not drill;
