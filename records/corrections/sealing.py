"""Finalises a month (定稿): its figures are frozen with their digest, and what touches it later is a listed revision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from records.corrections import chain, links, sheet
from records.corrections.proposal import SHORTEST_REASON, ClashError, RefusedError
from records.corrections.sheet import Month
from smartpark import queries

_Q = queries.load("records.corrections", "months.sql")

AnyConnection = psycopg.Connection[Any]
LISTED = 5000  # changes of a month that are listed
_NAMED = 5  # of what stands in the way, in a sentence
_WORDS = {
    "unclosed": ("记录未生成完:", "records are not closed:"),
    "corrections": ("修正待复核:", "corrections wait:"),
    "marks": ("标记未决:", "marks wait:"),
}


class BlockedError(ClashError):
    """Something stands in the way of finalising; ``blockers`` has all of it."""

    def __init__(self, zh: str, en: str, blockers: dict[str, Any]) -> None:
        super().__init__(zh, en)
        self.blockers = blockers


def blockers(conn: AnyConnection, month: Month) -> dict[str, Any]:
    """Return what stands in the way: ``unclosed`` sensors, ``marks`` and ``corrections`` that wait."""
    about = month.about | {"sensors": [row["sensor_id"] for row in sheet.sensors_of(conn, month)]}
    return {
        "unclosed": _all(conn, _Q.unclosed, about),
        "marks": _all(conn, _Q.marks_open, about),
        "corrections": _all(conn, _Q.corrections_open, about),
    }


def seal(
    conn: AnyConnection, month: Month, *, actor: str, now: datetime, force: bool = False, reason: str = ""
) -> int:
    """Freeze the figures of a month; return the number of the sheet.

    Open marks are passed over with ``force`` and a reason; nothing else is.

    Raises:
        RefusedError: forced without a reason.
        ClashError: the month is not over or is finalised already.
        BlockedError: something waits; it is named.

    """
    if force and len(reason.strip()) < SHORTEST_REASON:
        raise RefusedError(
            "reason",
            f"带未决标记定稿须写明原因, 至少 {SHORTEST_REASON} 个字",
            f"say in at least {SHORTEST_REASON} characters why marks that wait are passed over",
        )
    if now < month.ends_at:
        raise ClashError(f"{month.label} 尚未结束, 不能定稿", f"{month.label} is not over yet")
    conn.execute(_Q.alone, month.about)
    if sealed(conn, month) is not None:
        raise ClashError(f"{month.label} 已定稿", f"{month.label} is finalised already")
    found = blockers(conn, month)
    _refuse_blocked(month, found, force=force)
    if not sheet.sensors_of(conn, month):
        raise ClashError(
            "该企业本月没有应测的排口, 无可定稿", "the enterprise owed nothing at outlets in this month"
        )
    figures = sheet.compose(conn, month)
    kept = _all(conn, _Q.as_kept, {"figures": _json(figures)})[0]["figures"]
    digest = links.sha256(kept)
    frozen = {"actor": actor, "now": now, "figures": _json(kept), "sha256": bytes.fromhex(digest)}
    number = int(_all(conn, _Q.seal, month.about | frozen)[0]["id"])
    passed_over = [mark["id"] for mark in found["marks"]]
    said = {"enterprise": month.code, "month": month.label, "sha256": digest}
    content = said | ({"reason": reason.strip(), "marks": passed_over} if passed_over else {})
    chain.append(conn, at=now, actor=actor, action="finalise", object=f"month {number}", content=content)
    return number


def sealed(conn: AnyConnection, month: Month) -> dict[str, Any] | None:
    """Return a finalised month as it was frozen: id, sealed_by, sealed_at, figures, sha256; None: it is not."""
    found = _all(conn, _Q.sealed, month.about)
    return found[0] if found else None


def changes(
    conn: AnyConnection, month: Month, sensors: Sequence[int], since: datetime
) -> list[dict[str, Any]]:
    """Return every revision of a record of a month that was made after an instant, newest first, at most ``LISTED``."""
    about = month.about | {"sensors": list(sensors), "sealed_at": since, "limit": LISTED}
    return _all(conn, _Q.changes, about)


def _refuse_blocked(month: Month, found: dict[str, Any], *, force: bool) -> None:
    zh, en = [], []
    for kind, (said_zh, said_en) in _WORDS.items():
        rows = [] if force and kind == "marks" else found[kind]
        if rows:
            names = ", ".join(_name(row) for row in rows[:_NAMED])
            more = (f" 等 {len(rows)} 项", f" and others, {len(rows)}") if len(rows) > _NAMED else ("", "")
            zh.append(f"{said_zh} {names}{more[0]}")
            en.append(f"{said_en} {names}{more[1]}")
    if zh:
        raise BlockedError(
            f"{month.label} 不能定稿; {'; '.join(zh)}",
            f"{month.label} cannot be finalised; {'; '.join(en)}",
            found,
        )


def _name(row: dict[str, Any]) -> str:
    return str(row["id"]) if "id" in row else f"{row['station']} {row['quantity']}"


def _all(conn: AnyConnection, query: Any, about: dict[str, Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, about).fetchall()


def _json(content: Any) -> Jsonb:
    return Jsonb(content, dumps=lambda value: orjson.dumps(value, option=orjson.OPT_UTC_Z))
