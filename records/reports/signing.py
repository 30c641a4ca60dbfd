"""Signs a report (签发): all files of a revision at once, with one entry in the chain that names their checksums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from records.corrections import chain
from smartpark import queries

_Q = queries.load("records.reports", "making.sql")


@dataclass(frozen=True, slots=True)
class Signed:
    """A file that was just signed."""

    id: int
    format: str
    revision: int
    sha256: str


def sign(
    conn: psycopg.Connection[Any], report: int, *, actor: str, now: datetime, reason: str | None = None
) -> dict[str, Any]:
    """Sign the files of the revision that a report is of; return what the chain says of it, {} where all were signed before.

    ``reason`` is kept with the signature: why a draft was signed.
    """
    about = {"id": report, "actor": actor, "now": now, "reason": reason}
    with conn.cursor(row_factory=class_row(Signed)) as cursor:
        signed: Sequence[Signed] = cursor.execute(_Q.sign, about).fetchall()
    if not signed:
        return {}
    said: dict[str, Any] = {
        "revision": signed[0].revision,
        "signed": [{"report": one.id, "format": one.format, "sha256": one.sha256} for one in signed],
    }
    said |= {"reason": reason} if reason else {}
    chain.append(conn, at=now, actor=actor, action="report.sign", object=f"report {report}", content=said)
    return said
