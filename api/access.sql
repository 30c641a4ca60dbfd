-- Who asks: log-in, keys, the confinement of a transaction, the audit trail.

-- name: see_as
-- Confine this transaction to what a reader may see, and write its times in a zone.
select set_config('TimeZone', %(zone)s, true), set_config('smartpark.enterprise_id', %(enterprise)s, true),
       set_config('role', %(role)s, true);

-- name: park_zones
-- The time zone of each park, the first park first.
select code, timezone from park order by id;

-- name: account
-- One active account by its name.
select id, username, name, name_en, password_hash, role, enterprise_id, token_version
from account where username = %(username)s and active;

-- name: active_key
-- A key that still holds.
select 1 as held from api_key where name = %(name)s and revoked_at is null;

-- name: account_key
-- One key that is not revoked, by its prefix.
select id, name, hash, role, enterprise_id from api_key where prefix = %(prefix)s and revoked_at is null;

-- name: key_used
-- Note the use of a key, once a minute at most.
update api_key set last_used_at = %(now)s
where id = %(id)s and (last_used_at is null or last_used_at < %(now)s::timestamptz - interval '1 minute');

-- name: logged_in
-- Note a log-in; a fresh hash replaces one of an older kind.
update account set last_login_at = %(now)s, password_hash = coalesce(%(fresh)s, password_hash) where id = %(id)s;

-- name: note
-- One line of the audit trail.
insert into audit (at, actor, action, object, detail) values (%(at)s, %(actor)s, %(action)s, %(object)s, %(detail)s);

-- name: own_enterprise
-- The enterprise an account belongs to.
select id, code, name_zh, name_en, phone from enterprise where id = %(id)s;

-- name: add_account
-- Make an account; an existing one stays as it is.
insert into account (username, name, name_en, password_hash, role, enterprise_id, demo)
values (%(username)s, %(name)s, %(name_en)s, %(password_hash)s, %(role)s, %(enterprise_id)s, %(demo)s)
on conflict (username) do nothing returning id;

-- name: set_password
-- Replace a password; every token of the account ends.
update account set password_hash = %(password_hash)s, token_version = token_version + 1, active = true
where username = %(username)s returning id;

-- name: disable_account
-- End an account; every token of it ends.
update account set active = false, token_version = token_version + 1 where username = %(username)s and active returning id;

-- name: accounts
-- Every account, without its password.
select a.id, a.username, a.name, a.name_en, a.role, e.code as enterprise, a.phone, a.active, a.demo, a.created_at,
       a.last_login_at
from account a left join enterprise e on e.id = a.enterprise_id
where (%(after)s::int is null or a.id > %(after)s) order by a.id limit %(limit)s;

-- name: people
-- The names behind the user names of alerts: the park's people, and of the enterprises only one's own.
select username, name, name_en, role from account
where %(enterprise)s::int is null or role <> 'enterprise' or enterprise_id = %(enterprise)s
order by username;

-- name: demo_accounts
-- How many demo accounts are open.
select count(*) as n from account where demo and active;

-- name: enterprise_by_code
-- An enterprise by its code.
select id from enterprise where code = %(code)s order by id limit 1;

-- name: demo_enterprise
-- The enterprise of the demo clerk: the hazardous-chemical one with the most stations.
select e.id from enterprise e left join station s on s.enterprise_id = e.id
group by e.id order by e.hazchem desc, count(s.id) desc, e.id limit 1;

-- name: add_key
-- Make a key for a machine.
insert into api_key (name, prefix, hash, role, enterprise_id, created_by, created_at)
values (%(name)s, %(prefix)s, %(hash)s, %(role)s, %(enterprise_id)s, %(created_by)s, %(created_at)s)
on conflict (name) do nothing returning id;

-- name: keys
-- Every key, without its secret.
select k.id, k.name, k.prefix, k.role, e.code as enterprise, k.created_by, k.created_at, k.revoked_at, k.last_used_at
from api_key k left join enterprise e on e.id = k.enterprise_id
where (%(after)s::int is null or k.id > %(after)s) order by k.id limit %(limit)s;

-- name: revoke_key
-- End a key.
update api_key set revoked_at = %(now)s where id = %(id)s and revoked_at is null returning id, name;

-- name: account_exists
-- Whether a name is taken.
select 1 as taken from account where username = %(username)s;
