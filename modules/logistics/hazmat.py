"""Hazmat vehicles in the park now, by the positions they tell: the logistics page and the overview show the same."""

from datetime import datetime, timedelta

from modules.frame import Card, card
from modules.park_view import ParkView, Row, newest
from smartpark import queries

_SHARED = queries.load("modules")
_Q = queries.load("modules.logistics")
# A vehicle tells its position every minute; one that has said nothing for so long is not taken to be here.
HERE_FOR = timedelta(minutes=5)
POSITIONS = ("危化车辆定位(近 5 分钟)", "positions of hazmat vehicles, last 5 minutes")
# While nothing comes in, nobody can say that no vehicle is here.
_FEED_ALIVE_FOR = timedelta(seconds=60)


def here(view: ParkView) -> list[Row]:
    """Return the newest position of each hazmat vehicle that told one in the last minutes."""
    period = {"from": view.now - HERE_FOR, "to": view.now + HERE_FOR}
    by_plate: dict[str, Row] = {}
    for event in view.rows(_SHARED.events, type="vehicle", **period):
        data = event["data"]
        if data.get("vehicle") == "hazmat" and data.get("plate"):
            by_plate.setdefault(str(data["plate"]), event)
    return [by_plate[plate] for plate in sorted(by_plate)]


def hazmat_card(view: ParkView, found: list[Row] | None = None) -> Card:
    """Return how many hazmat vehicles are in the park; unknown, not 0, where nobody can tell."""
    found = here(view) if found is None else found
    told = view.row(_SHARED.last_event, type="vehicle")["at"]
    reason = ("尚无车辆定位数据", "no vehicle has told its position yet")
    if told is not None and not found and not _is_heard(view):
        told, reason = None, ("数据通道中断", "the feed is cut off")
    number = None if told is None else len(found)
    label = ("在园危化车辆", "Hazmat vehicles in the park")
    one = card(
        "hazmat_here", label, number, POSITIONS, link="/modules/logistics?table=hazmat_here", reason=reason
    )
    return view.measured(one, newest(found, "at")) if found else view.counted(one)


def _is_heard(view: ParkView) -> bool:
    beat: datetime | None = view.row(_Q.events_feed)["heartbeat_at"]
    return beat is not None and view.now - beat <= _FEED_ALIVE_FOR
