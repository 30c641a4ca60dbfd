-- Revisions by when they were made: what was made in a day is held against the digest of that day.
create index record_revision_made on record_revision using brin (made_at) with (pages_per_range = 32, autosummarize = on);
