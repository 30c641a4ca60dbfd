"""The row of a feed: who owns it, how it does."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from smartpark import db, queries

_Q = queries.load("ingest")

SAFETY_KINDS = ("gas", "hazard", "process")
LOGGERS = "hj212"
OUTAGE = timedelta(seconds=15)  # shorter than that, nothing of anybody is missing


def topics(feed: str) -> list[str]:
    """Return the filters of a feed.

    ``rest`` listens to every kind, so that a misspelt one is quarantined and not lost, and leaves the kinds of
    ``safety`` to their owner.
    """
    if feed == "gateway":
        return ["smartpark/+/hj212/+"]
    if feed == "safety":
        return [f"smartpark/+/{kind}/+/{last}" for kind in SAFETY_KINDS for last in ("readings", "status")]
    return ["smartpark/+/+/+/readings", "smartpark/+/+/+/status", "smartpark/+/events/+"]


def feed_of(topic: str) -> str:
    """Return the feed whose owner takes a topic."""
    parts = topic.split("/", 4)
    kind = parts[2] if len(parts) > 2 else ""
    if kind == LOGGERS and len(parts) == 4:
        return "gateway"
    return "safety" if kind in SAFETY_KINDS else "rest"


def is_foreign(feed: str, topic: str) -> bool:
    """Return whether a topic that came to ``rest`` is one of safety's, whose owner gets it as well."""
    return feed != feed_of(topic)


@dataclass(slots=True)
class Feed:
    """What the feed's row says."""

    name: str
    state: str = "connecting"
    messages: int = 0
    readings: int = 0
    last_commit_at: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    heard_at: datetime | None = None  # when we last worked and could hear

    @property
    def lock(self) -> str:
        """The name of the advisory lock that makes its holder the owner."""
        return f"smartpark feed {self.name}"

    def own(self, conn: db.Connection, now: datetime) -> None:
        """Write down that this process owns the feed."""
        row = conn.execute(_Q.feed_detail, [self.name]).fetchone()
        self.detail = dict(row[0]) if row else {}
        last = self.detail.get("heard_at")
        self.heard_at = datetime.fromisoformat(last) if last else self.heard_at
        conn.execute(
            _Q.own_feed,
            {
                "name": self.name,
                "process": f"ingest {self.name}",
                "pid": os.getpid(),
                "state": self.state,
                "now": now,
            },
        )
        conn.commit()

    def beat(
        self,
        conn: db.Connection,
        now: datetime,
        *,
        backlog: int,
        last_message_at: datetime | None,
        hears: bool,
    ) -> None:
        """Write down how it does, in the caller's transaction; a time in which we could not hear is kept for good."""
        if hears:
            if self.heard_at is not None and now - self.heard_at > OUTAGE:
                conn.execute(_Q.note_outage, [self.name, self.heard_at, now])
            self.heard_at = now
            self.detail["heard_at"] = now.isoformat()
        conn.execute(
            _Q.beat,
            {
                "name": self.name,
                "state": self.state,
                "now": now,
                "last_message_at": last_message_at,
                "last_commit_at": self.last_commit_at,
                "backlog": backlog,
                "messages": self.messages,
                "readings": self.readings,
                "detail": json.dumps(self.detail),
            },
        )
