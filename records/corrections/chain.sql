-- The chain: what happened to corrections, marks and finalised months.

-- name: alone
-- One transaction at a time adds to the chain, so that ids have no gaps and each entry knows the one before.
select pg_advisory_xact_lock(hashtextextended('records chain', 0));

-- name: still
-- Nobody adds to the chain until this transaction ends; others may read it too.
select pg_advisory_xact_lock_shared(hashtextextended('records chain', 0));

-- name: last
-- The newest entry.
select id, digest from chain_entry order by id desc limit 1;

-- name: add
-- One entry.
insert into chain_entry (id, at, actor, action, object, content, previous, digest)
values (%(id)s, %(at)s, %(actor)s, %(action)s, %(object)s, %(content)s, %(previous)s, %(digest)s);

-- name: entries
-- The whole chain from its beginning.
select id, at, actor, action, object, content, previous, digest from chain_entry order by id;

-- name: entries_of
-- What the chain says about some objects, oldest first.
select id, at, actor, action, object, content, previous, digest from chain_entry
where object = any(%(objects)s::text[]) order by id;

-- name: corrections
-- A correction as it stands, or all of them.
select * from correction where %(id)s::bigint is null or id = %(id)s order by id;

-- name: marks
-- A mark as it stands, or all of them.
select * from data_mark where %(id)s::bigint is null or id = %(id)s order by id;

-- name: months
-- A finalised month as it stands, or all of them.
select * from sealed_month where %(id)s::bigint is null or id = %(id)s order by id;

-- name: attachments
-- The files that prove something about an object, or all of them: as digested when they came, and their digest now.
select id, object, sha256, sha256(content) as present from attachment
where %(object)s::text is null or object = %(object)s order by id;

-- name: episodes
-- Sand-dust episodes as they stand now, or one of them.
select * from sand_episode where %(id)s::bigint is null or id = %(id)s order by id;
