"""Alert rows and events in the database: lock, fold, save, append; shared by judging and by people's actions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from alerts import alert as alert_row
from alerts.alert import Alert
from alerts.life import Event, fold, jsonable, may_annunciate
from smartpark import queries

Q = queries.load("alerts", "rows.sql")

AnyConnection = psycopg.Connection[Any]
Target = tuple[str, str, int]  # rule, target_kind, target_id


def lock(conn: AnyConnection, ids: Iterable[int]) -> dict[int, Alert]:
    """Return the alerts that exist, by id, each locked until the transaction ends."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(Q.lock, {"ids": sorted(ids)}).fetchall()
    return {row["id"]: alert_row.from_row(row) for row in rows}


def lock_open(conn: AnyConnection, targets: Iterable[Target]) -> dict[Target, Alert]:
    """Return the open alerts of some rules and targets, each locked until the transaction ends."""
    wanted = sorted(set(targets))
    if not wanted:
        return {}
    rules, kinds, ids = zip(*wanted, strict=True)
    with conn.cursor(row_factory=dict_row) as cursor:
        columns = {"rules": list(rules), "kinds": list(kinds), "targets": list(ids)}
        rows = cursor.execute(Q.lock_open, columns).fetchall()
    found = [alert_row.from_row(row) for row in rows]
    return {(a.rule, a.target_kind, a.target_id): a for a in found}


def insert_many(conn: AnyConnection, alerts: Sequence[Alert]) -> dict[Target, int]:
    """Insert new alerts of different targets; return their ids by rule and target."""
    if not alerts:
        return {}
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(Q.insert_many, {"rows": Jsonb([_plain_row(a) for a in alerts])}).fetchall()
    return {(row["rule"], row["target_kind"], row["target_id"]): row["id"] for row in rows}


def update_many(conn: AnyConnection, alerts: Sequence[Alert]) -> None:
    """Write every column of alerts that are locked."""
    if alerts:
        conn.execute(Q.update_many, {"rows": Jsonb([_plain_row(a) | {"id": a.id} for a in alerts])})


def insert(conn: AnyConnection, alert: Alert) -> int:
    """Insert a new alert; return its id.

    Raises:
        psycopg.errors.UniqueViolation: an open alert of the rule at the target exists.

    """
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(Q.insert, {"row": _json_row(alert)}).fetchone()
    if found is None:  # pragma: no cover - `returning` always answers
        raise psycopg.errors.InternalError("insert returned no id")
    return int(found["id"])


def update(conn: AnyConnection, alert: Alert) -> None:
    """Write every column of an alert that is locked."""
    conn.execute(Q.update, {"row": _json_row(alert), "id": alert.id})


def append(conn: AnyConnection, events: Sequence[tuple[int, Event]]) -> list[int]:
    """Append (alert id, event) pairs in order and wake the consumers; call it last before the commit."""
    if not events:
        return []
    conn.execute(Q.lock_events)
    columns = {
        "alert_ids": [alert_id for alert_id, _ in events],
        "ats": [event.at for _, event in events],
        "types": [event.type for _, event in events],
        "actors": [event.actor for _, event in events],
        "datas": [Jsonb(jsonable(event.data)) for _, event in events],
    }
    with conn.cursor(row_factory=dict_row) as cursor:
        ids = [int(row["id"]) for row in cursor.execute(Q.append, columns).fetchall()]
    conn.execute(Q.announce, {"id": ids[-1]})
    return ids


def expire_shelves(conn: AnyConnection, now: datetime) -> int:
    """End the shelves whose time is over, in one transaction; return how many.

    An alert that is still active and unacknowledged sounds again.
    """
    events: list[tuple[int, Event]] = []
    with conn.transaction():
        with conn.cursor(row_factory=dict_row) as cursor:
            ids = [row["id"] for row in cursor.execute(Q.shelf_over, {"now": now}).fetchall()]
        over = [
            a for a in lock(conn, ids).values() if a.suppressed == "shelved" and a.shelved_until is not None
        ]
        for alert in (a for a in over if a.shelved_until is not None and a.shelved_until <= now):
            changed, told = unshelved(alert, Event(type="unshelved", at=now, data={"reason": "expired"}))
            update(conn, changed)
            events += [(alert.id, event) for event in told]
        append(conn, events)
    return sum(event.type == "unshelved" for _, event in events)


def unshelved(alert: Alert, event: Event) -> tuple[Alert, list[Event]]:
    """Return the alert without its shelf and what is told: it sounds again when it may."""
    changed = fold(alert, event)
    if not may_annunciate(changed):
        return changed, [event]
    sounds = Event(type="annunciated", at=event.at, data={"because": "unshelved"})
    return fold(changed, sounds), [event, sounds]


def carried(conn: AnyConnection, targets: Sequence[Target], now: datetime) -> dict[Target, dict[str, Any]]:
    """Return the shelves that outlive their row, for targets that are about to be raised anew.

    The value belongs into the data of ``raised``; such an alert does not sound. A shelf is of the point, ISA-18.2.
    """
    if not targets:
        return {}
    rules, kinds, ids = zip(*targets, strict=True)
    found: dict[Target, dict[str, Any]] = {}
    with conn.cursor(row_factory=dict_row) as cursor:
        wanted = {"rules": list(rules), "kinds": list(kinds), "targets": list(ids), "now": now}
        for row in cursor.execute(Q.shelves, wanted).fetchall():
            target = (row.pop("rule"), row.pop("target_kind"), row.pop("target_id"))
            found[target] = dict(row) | {"suppressed": "shelved"}
    return found


def audit(conn: AnyConnection, at: datetime, actor: str, action: str, **detail: Any) -> None:
    """Write who did what; ``object`` is in the detail."""
    obj = str(detail.pop("object", ""))
    values = {"at": at, "actor": actor, "action": action, "object": obj, "detail": Jsonb(jsonable(detail))}
    conn.execute(Q.audit, values)


def _json_row(alert: Alert) -> Jsonb:
    return Jsonb(_plain_row(alert))


def _plain_row(alert: Alert) -> dict[str, Any]:
    return jsonable(alert_row.to_row(alert))
