-- What leaves quarantine keeps its evidence: when it came, and over which connection.
alter table quarantine add column peer text;  -- the other end, of what came over TCP

-- A logger whose clock stands still says one period again and again.
alter table reported_record alter column revision type int;
