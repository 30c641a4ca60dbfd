"""Makes reports and keeps them: equal facts are one revision, whatever file they are written to."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from records.reports import outline, page, printing, word, workbook
from records.reports.blocks import Report
from records.reports.contents import Subject, compose
from records.reports.facts import Facts, Kind
from records.reports.periods import TITLES, Span
from smartpark import queries

_Q = queries.load("records.reports", "making.sql")

Format = Literal["xlsx", "docx", "pdf"]
FORMATS: tuple[Format, ...] = ("xlsx", "docx", "pdf")
MEDIA_TYPES: Mapping[str, str] = {
    "xlsx": workbook.MEDIA_TYPE,
    "docx": word.MEDIA_TYPE,
    "pdf": printing.MEDIA_TYPE,
}

Connection = psycopg.Connection[Any]
Lend = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Made:
    """What a making brought: the ids of its files, and each format that was not made with why."""

    files: tuple[int, ...]
    revision: int
    lacking: tuple[tuple[Format, printing.NoPrinterError], ...]


class OvertakenError(Exception):
    """Somebody else made the same report meanwhile: ask again."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A report as it was composed: what is printed, and the revision that was the newest then."""

    about: Mapping[str, Any]
    facts: Facts
    digest: bytes
    before: tuple[int, bytes, datetime] | None
    replaces: bool  # that revision, a draft
    there: Sequence[str]  # its formats, where it says the same

    @property
    def this(self) -> tuple[int, bytes, datetime]:
        return self.facts.cover.revision, self.digest, self.facts.cover.made_at


def make(
    conn: Connection,
    subject: Subject,
    when: Span,
    formats: Iterable[Format],
    *,
    now: datetime,
    by: str,
    pass_rate: float,
) -> Made:
    """Make the files of a report over one connection, which commits each of them unless it is in a transaction already.

    See ``make_apart``.
    """
    return make_apart(lambda: nullcontext(conn), subject, when, formats, now=now, by=by, pass_rate=pass_rate)


def make_apart(
    lend: Lend,
    subject: Subject,
    when: Span,
    formats: Iterable[Format],
    *,
    now: datetime,
    by: str,
    pass_rate: float,
) -> Made:
    """Make the files of a report; return those there are, made now or before. No connection is held while one is printed.

    What says the same as the newest revision is not made twice, what says something else takes the next number. Before the
    end of its period a report is a draft: the next revision takes its place.

    Raises:
        LookupError: there is no such enterprise or park.
        OvertakenError: somebody else made it meanwhile.

    """
    with lend() as conn, _one_instant(conn):
        order = _ordered(conn, subject, when, now, pass_rate)
    wanted = [name for name in FORMATS if name in set(formats)]
    lacking = []
    for name in wanted:
        if name in order.there:
            continue
        try:
            content = written(order.facts, name)
        except printing.NoPrinterError as error:
            lacking.append((name, error))
            continue
        with lend() as conn, conn.transaction():
            _keep(conn, order, name, content, by)
    with lend() as conn, conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        about = {**order.about, "revision": order.facts.cover.revision, "formats": wanted}
        kept = cursor.execute(_Q.files, about).fetchall()
    return Made(tuple(one["id"] for one in kept), order.facts.cover.revision, tuple(lacking))


def alone(conn: Connection) -> None:
    """Let nobody else keep or sign a file until this transaction ends."""
    conn.execute(_Q.alone)


def written(facts: Facts, name: Format) -> bytes:
    """Return a report as a file of one format; the same facts have the same bytes.

    Raises:
        NoPrinterError: no PDF can be made on this machine.

    """
    return _WRITERS[name](outline.report(facts), facts.cover.made_at)


_WRITERS: Mapping[Format, Callable[[Report, datetime], bytes]] = {
    "xlsx": workbook.workbook,
    "docx": word.document,
    "pdf": lambda report, made_at: printing.pdf(page.page(report), made_at),
}


def file_name(kind: Kind, subject: str, label: str, revision: int, form: str) -> str:
    """Return the name that a file is saved under: 环保月报_甲化工_2026年10月_第1版.docx."""
    clean = "".join(
        letter
        for letter in subject
        if letter not in '\\/:*?"<>|' and not unicodedata.category(letter).startswith("C")
    )
    return f"{TITLES[kind]}_{clean}_{label}_第{revision}版.{form}"


@contextmanager
def _one_instant(conn: Connection) -> Iterator[None]:
    """Read everything as it stood at one instant, unless the caller is in a transaction of its own."""
    if conn.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        yield
        return
    conn.isolation_level, conn.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
    try:
        with conn.transaction():
            yield
    finally:
        if not conn.closed:
            conn.isolation_level = conn.read_only = None


def _ordered(conn: Connection, subject: Subject, when: Span, now: datetime, pass_rate: float) -> _Order:
    """Compose a report and give it its number: that of the newest revision where it says the same, or replaces a draft."""
    facts = compose(conn, subject, when, now, pass_rate)
    about = {
        "park_id": subject.park_id,
        "enterprise_id": subject.enterprise_id,
        "kind": when.kind,
        "start": when.first,
    }
    newest = _newest(conn, about)
    digest = facts.digest()
    revision, made_at, there = 1, now, ()
    before, replaces = None, False
    if newest is not None:
        before = _mark(newest)
        replaces = newest["made_at"] < when.end and not newest["signed"]
        revision = newest["revision"] + (not replaces)
        if before[1] == digest:
            revision, made_at, there = newest["revision"], newest["made_at"], newest["formats"]
    local = made_at.astimezone(ZoneInfo(facts.cover.timezone))
    return _Order(about, facts.printed(revision, local), digest, before, replaces, there)


def _keep(conn: Connection, order: _Order, name: Format, content: bytes, by: str) -> None:
    """Keep a file, where nothing has changed since the report was composed but by its own other files."""
    alone(conn)
    newest = _newest(conn, order.about)
    found = _mark(newest) if newest is not None else None
    if found != order.this:
        if found != order.before:
            raise OvertakenError("the report was made by somebody else meanwhile; ask again")
        if order.replaces:
            conn.execute(_Q.drop_draft, {**order.about, "revision": order.facts.cover.revision})
    elif newest is not None and name in newest["formats"]:
        return
    cover = order.facts.cover
    values = {
        "format": name,
        "revision": cover.revision,
        "facts_sha256": order.digest,
        "sealed_month_id": cover.sealed.number if cover.sealed else None,
        "made_at": cover.made_at,
        "made_by": by,
        "sha256": hashlib.sha256(content).digest(),
        "bytes": len(content),
        "content": content,
    }
    conn.execute(_Q.keep, {**order.about, **values})


def _newest(conn: Connection, about: Mapping[str, Any]) -> dict[str, Any] | None:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_Q.newest, about).fetchone()


def _mark(row: Mapping[str, Any]) -> tuple[int, bytes, datetime]:
    """Return what tells one revision from another: number, facts, time of making."""
    return row["revision"], bytes(row["facts_sha256"]), row["made_at"]
