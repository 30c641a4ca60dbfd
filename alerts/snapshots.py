"""Pictures of the nearest cameras, kept with an alert when it is raised and when it is acknowledged.

A consumer of ``alert_event``: pictures and cursor move in one transaction, so that nothing is taken twice or lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.rows import dict_row

from alerts import picture
from alerts.rows import AnyConnection
from smartpark import queries

Q = queries.load("alerts", "watch.sql")

CONSUMER = "snapshots"
PHASES = {
    "raised": "raised",
    "annunciated": "raised",
    "reactivated": "raised",
    "acknowledged": "acknowledged",
}
CAMERAS = 2  # pictures an alert and phase
STALE = timedelta(minutes=10)  # a picture of now says nothing about what is older
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What one turn did; ``more`` when events are waiting."""

    events: int
    pictures: int
    more: bool


def take(conn: AnyConnection, now: datetime) -> Taken:
    """Take the pictures of the next events and move the cursor, in one transaction."""
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(Q.begin_cursor, {"consumer": CONSUMER, "now": now})
        place = cursor.execute(Q.cursor, {"consumer": CONSUMER}).fetchone()
        after = place["event_id"] if place else 0
        events = cursor.execute(Q.next_events, {"after": after, "most": _BATCH}).fetchall()
        pictures = sum(_picture_of(cursor, event, now) for event in events)
        last = events[-1]["id"] if events else after
        cursor.execute(Q.move_cursor, {"consumer": CONSUMER, "event_id": last, "now": now})
    return Taken(len(events), pictures, len(events) == _BATCH)


def _picture_of(cursor: Any, event: dict[str, Any], now: datetime) -> int:
    phase = PHASES.get(event["type"])
    fresh = now - event["at"] <= STALE and event["origin"] == "live"
    if phase is None or event["station_id"] is None or not fresh:
        return 0
    wanted = {"station_id": event["station_id"], "most": CAMERAS}
    cameras = cursor.execute(Q.cameras_of, wanted).fetchall()
    taken = 0
    for camera in cameras:
        view = picture.View(
            camera["id"],
            camera["name_zh"],
            f"{event['station_zh']} · {event['text_zh']}"[:60],
            camera["bearing_deg"],
            event["level"],
            hazy=event["station_kind"] == "gas" and event["condition"] != "normal",
        )
        local = now.astimezone(ZoneInfo(event["timezone"]))
        taken += cursor.execute(
            Q.keep_snapshot,
            {
                "camera_id": camera["id"],
                "alert_id": event["alert_id"],
                "phase": phase,
                "taken_at": now,
                "media_type": picture.MEDIA_TYPE,
                "image": picture.draw(view, local),
            },
        ).rowcount
    return taken
