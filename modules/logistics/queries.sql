-- What the logistics page asks beside events.

-- name: events_feed
-- When the process that takes events in last beat; null: it has never run.
select max(heartbeat_at) as heartbeat_at from feed where name = 'rest';
