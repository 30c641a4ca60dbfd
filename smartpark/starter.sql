-- name: missing
-- What an empty database lacks before the park can run.
select not exists (select from park)    as catalogue,
       not exists (select from rule)    as rules,
       not exists (select from account) as accounts;
