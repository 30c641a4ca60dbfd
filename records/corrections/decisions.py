"""A correction's life: one person proposes, another confirms or refuses, the proposer may withdraw; nothing is overwritten.

Neither readings nor minutes change. A confirmed correction makes its hours due, and the records are made anew from the
minutes with it laid over them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from records.corrections import chain
from records.corrections.proposal import ClashError, Proposal, RefusedError, Target, check
from smartpark import queries

_Q = queries.load("records.corrections", "corrections.sql")

AnyConnection = psycopg.Connection[Any]
Decision = Literal["confirm", "refuse", "withdraw"]
# Of a correction by number: the records as they would be, by sensor, period and start; nothing of it stays.
Preview = Callable[[AnyConnection, int], Sequence[Mapping[str, Any]]]

_STATES: dict[Decision, str] = {"confirm": "confirmed", "refuse": "refused", "withdraw": "withdrawn"}
_DECIDED = {
    "confirmed": ("已复核", "confirmed"),
    "refused": ("已退回", "refused"),
    "withdrawn": ("已撤回", "withdrawn"),
}


def propose(
    conn: AnyConnection, proposal: Proposal, *, actor: str, now: datetime, preview: Preview | None = None
) -> int:
    """Keep a proposal with the records that it touches, as they stand; return its number.

    Raises:
        RefusedError: it makes no sense.
        ClashError: another one of this sensor waits over the same time.

    """
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_Q.target, {"id": proposal.sensor_id}).fetchone()
        if row is None:
            raise RefusedError(
                "sensor", f"没有点位 {proposal.sensor_id}", f"there is no sensor {proposal.sensor_id}"
            )
        check(proposal, Target(**row), now)
        said = asdict(proposal)
        other = cursor.execute(_Q.waiting, said).fetchone()
        if other is not None:
            raise ClashError(
                f"此点位该时段已有待复核的修正 {other['id']}; 请先处理它",
                f"correction {other['id']} of this sensor waits over the same time; decide that one first",
                other["id"],
            )
        added = cursor.execute(
            _Q.add, {**said, "reason": proposal.reason.strip(), "made_by": actor, "made_at": now}
        ).fetchone()
    number = int(added["id"]) if added else 0
    after = list(preview(conn, number)) if preview is not None else []
    sensors = {proposal.sensor_id, *(row["sensor_id"] for row in after)}
    before = touched(conn, sensors, proposal.starts_at, proposal.ends_at)
    conn.execute(_Q.foresee, {"id": number, "before": _json(before), "after": _json(after)})
    chain.append(
        conn, at=now, actor=actor, action="propose", object=f"correction {number}", content={"proposal": said}
    )
    return number


def decide(
    conn: AnyConnection, number: int, decision: Decision, *, actor: str, now: datetime, note: str = ""
) -> None:
    """Decide a correction that waits; a confirmed one makes its hours due.

    Raises:
        LookupError: there is none of this number.
        ClashError: it is decided already, or the wrong person decides.

    """
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_Q.locked, {"id": number}).fetchone()
    if row is None:
        raise LookupError(number)
    if row["state"] != "waiting_second":
        zh, en = _DECIDED[row["state"]]
        raise ClashError(f"修正 {number} {zh}, 不能再处理", f"correction {number} is {en} already", number)
    if decision == "withdraw" and actor != row["made_by"]:
        raise ClashError("只有提交人可以撤回", "only who proposed it may withdraw it", number)
    if decision != "withdraw" and actor == row["made_by"]:
        raise ClashError(
            "提交人不能复核自己的修正, 请另一人复核",
            "who proposed it may not decide it; another person has to",
            number,
        )
    said = {
        "id": number,
        "state": _STATES[decision],
        "actor": actor,
        "now": now,
        "note": note.strip() or None,
    }
    conn.execute(_Q.decide, said)
    if decision == "confirm":
        hours = {"sensor_id": row["sensor_id"], "from": row["starts_at"], "to": row["ends_at"]}
        conn.execute(_Q.note_due, {**hours, "cause": f"correction {number}", "now": now})
    chain.append(
        conn,
        at=now,
        actor=actor,
        action=decision,
        object=f"correction {number}",
        content={"note": note.strip()},
    )


def touched(
    conn: AnyConnection, sensors: Iterable[int], start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """Return the records of sensors that the minutes [start, end) are part of: hours, days, months, years."""
    about = {"sensors": sorted(sensors), "from": start, "to": end}
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_Q.touched, about).fetchall()


def exceedances(conn: AnyConnection, number: int) -> list[dict[str, Any]]:
    """Return the exceedances that appear or disappear once a correction is confirmed, by the records kept with it."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_Q.exceedances, {"id": number}).fetchall()


def _json(content: Any) -> Jsonb:
    return Jsonb(content, dumps=lambda value: orjson.dumps(value, option=orjson.OPT_UTC_Z))
