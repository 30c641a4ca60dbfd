-- Of two passwords of a logger one lapses, at a time that nothing puts off.

-- What is known of the change: 'offered', the other one is new and nothing has been said under it; 'confirmed', the logger
-- says that it has taken its password and the other is the one before; 'used', it has spoken under it.
alter table logger add column other_state text check (other_state in ('offered', 'confirmed', 'used'));
update logger set other_state = 'confirmed', other_since = now() where other_password is not null;
alter table logger add check ((other_password is null) = (other_state is null) and (other_password is null) = (other_since is null));
