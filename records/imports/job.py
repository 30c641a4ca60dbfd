"""One import from file to minutes: where it goes on, block by block, and how it ended."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from psycopg.types.json import Jsonb

from records.imports.checking import Checked, Checker
from records.imports.mapping import ImportMapping, MappingError, nearest, read
from records.imports.reading import Source, open_source
from records.imports.refusals import Examples, RefusalFile
from records.imports.sensors import SensorRow, Targets
from records.imports.storing import Q, Storing
from smartpark import db, written

Clock = Callable[[], datetime]
Seen = Callable[[int, Counter[str]], None]


class ResumeError(ValueError):
    """There is nothing to go on with, or somebody else is at it; the message says what to do."""


@dataclass(slots=True)
class Outcome:
    """What became of a file: ``state`` is done, stopped, checked (a dry run) or nothing_new."""

    state: str
    job: int | None
    counts: Counter[str]
    examples: Examples = field(default_factory=Examples)
    refused_path: Path | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A file with everything needed to check it."""

    path: Path
    mapping_text: str
    mapping: ImportMapping
    park_id: int
    zone: str
    targets: Targets
    source: Source
    readings_days: int  # minutes so young are left to readings

    def checker(self, now: datetime) -> Checker:
        """Return what checks its blocks."""
        return Checker(self.mapping, self.targets, self.zone, now, self.readings_days)

    @property
    def digests(self) -> dict[str, bytes]:
        """SHA-256 of the file and of its mapping."""
        with self.path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        return {"file_sha256": content, "mapping_sha256": hashlib.sha256(self.mapping_text.encode()).digest()}


def prepare(conn: db.Connection, path: Path, mapping_path: Path, readings_days: int) -> Reader:
    """Read the mapping and hold it against file and catalogue, before anything is written.

    Raises:
        MappingError, written.WrittenError: something in it is unknown, missing or wrong.

    """
    document = written.read(mapping_path)
    mapping = read(document)
    if not path.is_file():
        raise MappingError(f"{path}: there is no such file")
    park = conn.execute(Q.park, {"park": mapping.park}).fetchone()
    if park is None:
        codes = [row[0] for row in conn.execute(Q.parks)]
        advice = nearest(mapping.park, codes, f"write one of: {', '.join(codes)}")
        raise MappingError(f"{document.where('park')}: park {mapping.park!r} is not known; {advice}")
    rows = [SensorRow(*row) for row in conn.execute(Q.sensors, {"park_id": park[0]})]
    conn.commit()
    targets = Targets(rows, mapping)
    text = mapping_path.read_text(encoding="utf-8")
    source = open_source(path, mapping)
    return Reader(path, text, mapping, park[0], park[1], targets, source, readings_days)


def check(conn: db.Connection, reader: Reader, now: datetime, seen: Seen) -> Outcome:
    """Read a whole file and say what would become of it; nothing is kept."""
    outcome = Outcome("checked", None, Counter())
    checker = reader.checker(now)
    storing = Storing(conn, "import 0")
    for block in reader.source.blocks(0, 1):
        checked = checker.check(block)
        storing.leave_out_what_is_there(checked)
        conn.rollback()
        checked.counts["minutes"] = len(checked.minutes)
        outcome.counts.update(checked.counts)
        outcome.examples.add(checked.refused)
        seen(block.position, outcome.counts)
    return outcome


def load(conn: db.Connection, reader: Reader, *, resume: bool, by: str, clock: Clock, seen: Seen) -> Outcome:
    """Import a file, or go on with it where it has stopped; the same file by the same mapping is imported once.

    Raises:
        ResumeError: ``resume`` and it was never begun, or another process imports it now.
        OSError: the file cannot be read or its refusals cannot be written; the same call goes on after.

    """
    digests = reader.digests
    with db.advisory_lock(conn, f"import {digests['file_sha256'].hex()}") as ours:
        if not ours:
            raise ResumeError(f"{reader.path} is being imported by another process; wait for it")
        known = conn.execute(Q.job_of, digests).fetchone()
        if known is None and resume:
            raise ResumeError(f"{reader.path} was never begun with this mapping; leave out --resume")
        if known is not None and known[1] == "done":
            return Outcome("nothing_new", known[0], Counter(known[5]))
        run = _Run(conn, reader, clock, seen)
        return run.begin(digests, by) if known is None else run.go_on(*known)


class _Run:
    def __init__(self, conn: db.Connection, reader: Reader, clock: Clock, seen: Seen) -> None:
        self._conn = conn
        self._reader = reader
        self._clock = clock
        self._seen = seen

    def begin(self, digests: dict[str, bytes], by: str) -> Outcome:
        reader = self._reader
        described = {
            **digests,
            "park_id": reader.park_id,
            "file": reader.path.name,
            "bytes": reader.path.stat().st_size,
            "mapping": reader.mapping_text,
            "by": by,
            "now": self._clock(),
        }
        row = self._conn.execute(Q.new_job, described).fetchone()
        self._conn.commit()
        return self.go_on(row[0] if row else 0, "running", 0, 1, 0, {})

    def go_on(
        self, job: int, _: str, position: int, line: int, refused_bytes: int, counts: dict[str, int]
    ) -> Outcome:
        outcome = Outcome("done", job, Counter(counts))
        path = self._reader.path
        refusals = RefusalFile(path.with_name(f"{path.name}.import-{job}.refused.csv"), refused_bytes)
        checker = self._reader.checker(self._clock())
        storing = Storing(self._conn, f"import {job}")
        try:
            for block in self._reader.source.blocks(position, line):
                checked = checker.check(block)
                storing.store(checked, self._clock())
                outcome.counts.update(checked.counts)
                outcome.examples.add(checked.refused)
                if checked.refused:
                    refusals.add(checked.refused)
                self._advance(job, block.position, block.next_line, refusals.size, outcome.counts, checked)
                self._seen(block.position, outcome.counts)
        except KeyboardInterrupt:
            self._end(job, outcome, "stopped")
        except OSError:
            self._end(job, outcome, "stopped")
            raise
        else:
            self._end(job, outcome, "done")
        outcome.refused_path = refusals.path if refusals.size else None
        return outcome

    def _end(self, job: int, outcome: Outcome, state: str) -> None:
        """Note how an import has ended; what of a block is not committed yet is not kept."""
        self._conn.rollback()
        outcome.state = state
        self._conn.execute(Q.end_job, {"id": job, "state": state, "now": self._clock()})
        self._conn.commit()

    def _advance(  # noqa: PLR0917 - the columns of the job, in their order
        self, job: int, position: int, line: int, refused_bytes: int, counts: Counter[str], checked: Checked
    ) -> None:
        stored = checked.minutes.start_us
        first, last = (
            (None, None)
            if not len(stored)
            else (datetime.fromtimestamp(int(end) // 1_000_000, UTC) for end in (stored.min(), stored.max()))
        )
        self._conn.execute(
            Q.advance_job,
            {
                "id": job,
                "position": position,
                "line": line,
                "refused_bytes": refused_bytes,
                "counts": Jsonb(dict(counts)),
                "first": first,
                "last": last,
            },
        )
        self._conn.commit()
