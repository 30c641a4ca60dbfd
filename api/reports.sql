-- Reports that were made: the list, a file, its signature.

-- name: reports
-- Files of reports, newest first.
select r.id, p.code as park, r.kind, r.start, r.format, r.revision, r.made_at, r.made_by, r.sealed_month_id as finalised_month,
       r.signed_by, r.signed_at, r.signed_reason, encode(r.sha256, 'hex') as sha256, r.bytes, p.name_zh as park_zh, p.timezone,
       case when e.id is not null then jsonb_build_object(
           'id', e.id, 'code', e.code, 'name_zh', e.name_zh, 'name_en', e.name_en, 'phone', e.phone) end as enterprise,
       not exists (select from report n where n.park_id = r.park_id and n.enterprise_id is not distinct from r.enterprise_id
                   and n.kind = r.kind and n.start = r.start and n.revision > r.revision) as newest
from report r join park p on p.id = r.park_id left join enterprise e on e.id = r.enterprise_id
where (%(ids)s::bigint[] is null or r.id = any(%(ids)s)) and (%(after)s::bigint is null or r.id < %(after)s)
  and (%(park)s::text is null or p.code = %(park)s)
  and (%(enterprise)s::text is null or e.code = %(enterprise)s or e.id::text = %(enterprise)s)
  and (%(scope)s::text is null or (r.enterprise_id is null) = (%(scope)s = 'park'))
  and (%(kind)s::text is null or r.kind = %(kind)s) and (%(format)s::text is null or r.format = %(format)s)
  and (%(since)s::date is null or r.start >= %(since)s) and (%(until)s::date is null or r.start <= %(until)s)
  and (%(finalised)s::boolean is null or (r.sealed_month_id is not null) = %(finalised)s)
  and (%(signed)s::boolean is null or (r.signed_at is not null) = %(signed)s)
order by r.id desc limit %(limit)s;

-- name: content
-- The bytes of a file.
select content from report where id = %(id)s;

-- name: place
-- The park by code, the first by default, and an enterprise of it by code or number.
select p.id as park_id, p.timezone, e.id as enterprise_id
from park p left join enterprise e on e.park_id = p.id and (e.code = %(enterprise)s or e.id::text = %(enterprise)s)
where (%(park)s::text is null or p.code = %(park)s) and (%(enterprise)s::text is null or e.id is not null)
order by p.id limit 1;
