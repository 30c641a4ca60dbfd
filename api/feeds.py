"""How the chain does, in small honest figures: feeds, broker, database, ledger, quarantine."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from smartpark import db, queries

ALIVE_FOR = timedelta(seconds=15)  # a feed beats every few seconds
LEDGER_OF = timedelta(hours=1)
_Q = queries.load("api", "live.sql")


class Feed(BaseModel):
    """One feed and its process."""

    name: str
    state: str
    alive: bool = Field(description="false: its process has said nothing for 15 s")
    heartbeat_at: datetime
    last_message_at: datetime | None
    last_commit_at: datetime | None
    backlog: int = Field(description="messages received and not yet committed")
    messages: int
    readings: int


class Ledger(BaseModel):
    """The ledger of the last hour."""

    since: datetime
    received: int
    stored: int
    duplicate: int
    quarantined: int
    gap: int
    balanced: bool = Field(description="received = stored + duplicate + quarantined")


class FeedState(BaseModel):
    """What the event ``feed`` carries."""

    at: datetime
    feeds: list[Feed]
    database: dict[str, bool]
    broker: dict[str, bool | int | None]
    ledger: Ledger | None
    quarantine_open: int | None


def state(conn: db.Connection, now: datetime) -> dict[str, Any]:
    """Return the state of the chain, in the shape of ``FeedState``."""
    since = (now - LEDGER_OF).replace(second=0, microsecond=0)
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_Q.feeds).fetchall()
        ledger = cursor.execute(_Q.ledger, {"since": since}).fetchone() or {}
        waiting = cursor.execute(_Q.quarantine_open).fetchone() or {"n": 0}
    dropped = [int(row["detail"]["broker_dropped"]) for row in rows if "broker_dropped" in row["detail"]]
    shown = [_feed(row, now) for row in rows]
    return {
        "at": now,
        "feeds": shown,
        "database": {"ok": True},
        "broker": {
            "ok": any(feed["alive"] and feed["state"] == "connected" for feed in shown),
            "dropped": max(dropped, default=None),
        },
        "ledger": {"since": since, **ledger, "balanced": balanced(ledger)},
        "quarantine_open": waiting["n"],
    }


def balanced(row: Mapping[str, int]) -> bool:
    """Return whether every item received ended as stored, duplicate or quarantined."""
    return row["received"] == row["stored"] + row["duplicate"] + row["quarantined"]


def away(last: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the state while the database is away: the last known feeds, and no figures."""
    return {
        "at": now,
        "feeds": [{**feed, "alive": False} for feed in last.get("feeds", [])],
        "database": {"ok": False},
        "broker": {"ok": False, "dropped": None},
        "ledger": None,
        "quarantine_open": None,
    }


def without_figures(feed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state without the figures of the whole park."""
    return {**feed, "ledger": None, "quarantine_open": None}


def _feed(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    keys = (
        "name",
        "state",
        "heartbeat_at",
        "last_message_at",
        "last_commit_at",
        "backlog",
        "messages",
        "readings",
    )
    return {key: row[key] for key in keys} | {"alive": now - row["heartbeat_at"] <= ALIVE_FOR}
