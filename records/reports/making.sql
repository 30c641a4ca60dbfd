-- Reports as they are made and kept.

-- name: alone
-- One file is kept or signed at a time, so that nobody numbers or signs what somebody else is just replacing.
select pg_advisory_xact_lock(hashtextextended('reports', 0));

-- name: newest
-- The newest revision of a report, with the files there are of it.
select revision, facts_sha256, made_at, array_agg(format) as formats, bool_or(signed_at is not null) as signed
from report
where park_id = %(park_id)s and enterprise_id is not distinct from %(enterprise_id)s and kind = %(kind)s and start = %(start)s
group by 1, 2, 3 order by revision desc limit 1;

-- name: drop_draft
-- The files of a draft, which the next revision replaces.
delete from report
where park_id = %(park_id)s and enterprise_id is not distinct from %(enterprise_id)s and kind = %(kind)s and start = %(start)s
  and revision = %(revision)s;

-- name: keep
-- Keep a file.
insert into report (park_id, enterprise_id, kind, start, format, revision, facts_sha256, sealed_month_id, made_at, made_by,
                    sha256, bytes, content)
values (%(park_id)s, %(enterprise_id)s, %(kind)s, %(start)s, %(format)s, %(revision)s, %(facts_sha256)s, %(sealed_month_id)s,
        %(made_at)s, %(made_by)s, %(sha256)s, %(bytes)s, %(content)s);

-- name: files
-- The files of one revision.
select id, format from report
where park_id = %(park_id)s and enterprise_id is not distinct from %(enterprise_id)s and kind = %(kind)s and start = %(start)s
  and revision = %(revision)s and format = any(%(formats)s::text[])
order by id;

-- name: parks
-- The parks with their zones.
select id, timezone from park order by id;

-- name: subjects
-- Who has records of emission outlets within a time: enterprises, and the park itself.
with owner as (
    select distinct st.enterprise_id from station st
    where st.park_id = %(park)s and st.stream_class = 'emission' and st.enterprise_id is not null
      and exists (select from sensor x join record r on r.sensor_id = x.id
                  where x.station_id = st.id and r.period = %(period)s and r.start >= %(from)s and r.start < %(to)s)
)
select enterprise_id from owner union all select null::int where exists (select from owner)
order by 1;

-- name: there
-- Whose report of a period was made since an instant after its end, and in which formats.
select enterprise_id, array_agg(distinct format) as formats from report
where park_id = %(park)s and kind = %(kind)s and start = %(start)s and made_at >= %(since)s
group by 1;

-- name: written_until
-- Before this instant every hour has its record.
select done_until as until from record_progress where job = 'record hours';

-- name: unsettled
-- Whose hours within a time are to be made anew, or are so new that nothing stands for the missing ones yet; null: of the park.
select st.enterprise_id
from record_due d join sensor x on x.id = d.sensor_id join station st on st.id = x.station_id
where st.park_id = %(park)s and d.hour >= %(from)s and d.hour < %(to)s
union
select e.enterprise_id
from emission_sensor e join record r on r.sensor_id = e.sensor_id
left join record_progress s on s.job = 'substitution'
where e.park_id = %(park)s and r.period = 'hour' and r.start >= %(from)s and r.start < %(to)s
  and r.made_at > coalesce(s.done_until, '-infinity');

-- name: finalised
-- Finalised months of which a file was not made since, the newest first.
select m.enterprise_id, m.month, e.park_id, p.timezone
from sealed_month m join enterprise e on e.id = m.enterprise_id join park p on p.id = e.park_id
where not %(formats)s::text[] <@ array(select r.format from report r where r.sealed_month_id = m.id)
order by m.month desc, m.id;

-- name: sign
-- The files of the revision that a report is of are signed, each once.
update report r set signed_by = %(actor)s, signed_at = %(now)s, signed_reason = %(reason)s
from report o
where o.id = %(id)s and r.park_id = o.park_id and r.enterprise_id is not distinct from o.enterprise_id and r.kind = o.kind
  and r.start = o.start and r.revision = o.revision and r.signed_at is null
returning r.id, r.format, r.revision, encode(r.sha256, 'hex') as sha256;
