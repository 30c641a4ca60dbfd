"""Makes reports and keeps them: equal facts are one revision, whatever file they are written to."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from records.reports import outline, page, printing, word, workbook
from records.reports.blocks import Report
from records.reports.contents import Subject, compose
from records.reports.facts import Facts, Kind
from records.reports.periods import PARTS, TITLES, Span, last_over, span
from smartpark import db, log, queries

_Q = queries.load("records.reports", "making.sql")
_log = log.get("records.reports")

Format = Literal["xlsx", "docx", "pdf"]
FORMATS: tuple[Format, ...] = ("xlsx", "docx", "pdf")
MEDIA_TYPES: Mapping[str, str] = {
    "xlsx": workbook.MEDIA_TYPE,
    "docx": word.MEDIA_TYPE,
    "pdf": printing.MEDIA_TYPE,
}
# How long after its end a period is reported by itself: hours close five minutes after their end.
_PATIENCE: Mapping[Kind, timedelta] = {
    "daily": timedelta(minutes=30),
    "monthly": timedelta(hours=2),
    "annual": timedelta(hours=3),
}
# A day as PDF is as large as all its other files together, and asked for seldom: it is made when somebody asks.
_BY_ITSELF: Mapping[Kind, tuple[Format, ...]] = {
    "daily": ("xlsx", "docx"),
    "monthly": FORMATS,
    "annual": FORMATS,
}
_A_TURN = 12  # reports, so that a round ends in good time


@dataclass(frozen=True, slots=True)
class Made:
    """What a making brought: the ids of its files, and each format that was not made with why."""

    files: tuple[int, ...]
    revision: int
    lacking: tuple[tuple[Format, printing.NoPrinterError], ...]


def make(
    conn: psycopg.Connection[Any],
    subject: Subject,
    when: Span,
    formats: Iterable[Format],
    *,
    now: datetime,
    by: str,
    pass_rate: float,
) -> Made:
    """Make the files of a report, in the transaction of the caller; return those there are, made now or before.

    What says the same as the newest revision is not made twice. A revision takes the number behind the newest.

    Raises:
        LookupError: there is no such enterprise or park.

    """
    conn.execute(_Q.alone)
    facts = compose(conn, subject, when, now, pass_rate)
    about = {
        "park_id": subject.park_id,
        "enterprise_id": subject.enterprise_id,
        "kind": when.kind,
        "start": when.first,
    }
    digest = facts.digest()
    sealed = facts.cover.sealed.number if facts.cover.sealed else None
    revision, made_at, there = _revision(conn, about, digest, now)
    printed = facts.printed(revision, made_at.astimezone(ZoneInfo(facts.cover.timezone)))
    wanted = [name for name in FORMATS if name in set(formats)]
    lacking = []
    for name in wanted:
        if name in there:
            continue
        try:
            content = written(printed, name, pass_rate)
        except printing.NoPrinterError as error:
            lacking.append((name, error))
            continue
        values = {
            "format": name,
            "revision": revision,
            "facts_sha256": digest,
            "sealed_month_id": sealed,
            "made_at": made_at,
            "made_by": by,
            "sha256": hashlib.sha256(content).digest(),
            "bytes": len(content),
            "content": content,
        }
        conn.execute(_Q.keep, about | values)
    with conn.cursor(row_factory=dict_row) as cursor:
        kept = cursor.execute(_Q.files, about | {"revision": revision, "formats": wanted}).fetchall()
    return Made(tuple(one["id"] for one in kept), revision, tuple(lacking))


def written(facts: Facts, name: Format, pass_rate: float) -> bytes:
    """Return a report as a file of one format; the same facts have the same bytes.

    Raises:
        NoPrinterError: no PDF can be made on this machine.

    """
    report = outline.report(facts, pass_rate)
    return _WRITERS[name](report, facts.cover.made_at)


_WRITERS: Mapping[Format, Callable[[Report, datetime], bytes]] = {
    "xlsx": workbook.workbook,
    "docx": word.document,
    "pdf": lambda report, made_at: printing.pdf(page.page(report), made_at),
}


def file_name(kind: Kind, subject: str, label: str, revision: int, form: str) -> str:
    """Return the name that a file is saved under: 环保月报_甲化工_2026年10月_第1版.docx."""
    clean = "".join(letter for letter in subject if letter not in '\\/:*?"<>|\r\n')
    return f"{TITLES[kind]}_{clean}_{label}_第{revision}版.{form}"


class Making:
    """The round that makes reports by themselves: yesterday's, last month's, last year's, and those of finalised months."""

    def __init__(self, pass_rate: float) -> None:
        self._pass_rate = pass_rate

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Make what is due, each in a transaction of its own; return how many reports were made."""
        made = 0
        for subject, period in due(conn, now):
            conn.commit()
            try:
                formats = _BY_ITSELF[period.kind]
                one = make(conn, subject, period, formats, now=now, by="system", pass_rate=self._pass_rate)
                conn.commit()
            except db.Error:
                raise
            except Exception:  # noqa: BLE001 - one report that cannot be made must not keep the others from being made
                conn.rollback()
                _log.exception("report_failed", kind=period.kind, enterprise=subject.enterprise_id)
                continue
            for name, error in one.lacking:
                _log.warning("format_not_made", format=name, reason=str(error))
            made += 1
        conn.commit()
        return made


def due(conn: db.Connection, now: datetime) -> list[tuple[Subject, Span]]:
    """Return what is to be made now, at most a turn's worth; months that were finalised come last."""
    found: list[tuple[Subject, Span]] = []
    with conn.cursor(row_factory=dict_row) as cursor:
        for park in cursor.execute(_Q.parks).fetchall():
            for kind, patience in _PATIENCE.items():
                period = last_over(kind, now, park["timezone"], patience)
                about = {"park": park["id"], "kind": kind, "start": period.first}
                there = {one["enterprise_id"] for one in cursor.execute(_Q.there, about).fetchall()}
                wanted = about | {"from": period.start, "to": period.end, "period": PARTS[kind]}
                subjects = cursor.execute(_Q.subjects, wanted, prepare=False).fetchall()
                owners = [one["enterprise_id"] for one in subjects]
                found += [(Subject(park["id"], owner), period) for owner in owners if owner not in there]
        for one in cursor.execute(_Q.finalised).fetchall():
            month = span("monthly", one["month"], one["timezone"])
            found.append((Subject(one["park_id"], one["enterprise_id"]), month))
    return list(dict.fromkeys(found))[:_A_TURN]


def _revision(
    conn: psycopg.Connection[Any], about: Mapping[str, Any], digest: bytes, now: datetime
) -> tuple[int, datetime, Sequence[str]]:
    """Return number and time of the revision that these facts have, and the files there are of it."""
    with conn.cursor(row_factory=dict_row) as cursor:
        newest = cursor.execute(_Q.newest, about).fetchone()
    if newest is None:
        return 1, now, ()
    if bytes(newest["facts_sha256"]) == digest:
        return newest["revision"], newest["made_at"], newest["formats"]
    return newest["revision"] + 1, now, ()
