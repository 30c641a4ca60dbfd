"""Every change of a mark leaves the same traces: hours to make anew, a line of audit, an entry of the chain."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from records.corrections import chain
from smartpark import queries

_Q = queries.load("records.marks", "marks.sql")

AnyConnection = psycopg.Connection[Any]


def follow(
    conn: AnyConnection,
    mark_id: int,
    *,
    now: datetime,
    actor: str,
    action: str,
    content: Mapping[str, Any],
    remake: bool = True,
) -> None:
    """Write what follows a change of a mark, in the transaction that changed it.

    Args:
        conn: that transaction.
        mark_id: the mark, written already.
        now: when.
        actor: who.
        action: mark.file, mark.withdraw, mark.decide, mark.voucher, mark.fall_back.
        content: what was said, for the audit and the chain; instants and plain values.
        remake: its hours have to be made anew.

    """
    if remake:
        conn.execute(_Q.note_due, {"id": mark_id, "cause": f"mark {mark_id}", "now": now})
    told = Jsonb(dict(content), dumps=_dumps)
    conn.execute(
        _Q.note, {"at": now, "actor": actor, "action": action, "object": f"mark/{mark_id}", "detail": told}
    )
    chain.append(conn, at=now, actor=actor, action=action, object=f"mark {mark_id}", content=content)


def _dumps(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)
