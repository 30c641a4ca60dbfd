"""Points that should deliver, their newest values, the limits that hold, and the alerts that are open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from modules.frame import Status, both
from modules.park_view import ParkView, Row
from smartpark import queries

_Q = queries.load("modules")

LEVELS: tuple[Status, ...] = ("red", "orange", "yellow", "blue")
CLASSES = {
    "alarm": ("报警", "Alarms"),
    "warning": ("预警", "Early warnings"),
    "reminder": ("提醒", "Reminders"),
}
DETECTORS = {
    "gas": ("可燃/有毒气体探测点", "Gas detection points"),
    "hazard": ("储罐监测点", "Tank points"),
    "process": ("联锁与过程点", "Interlock and process points"),
}
_FLAGS = {
    "F": ("停运", "out of operation"),
    "M": ("维护", "maintenance"),
    "S": ("手工输入", "entered by hand"),
    "D": ("故障", "fault"),
    "C": ("校准", "calibration"),
    "T": ("超测量上限", "over range"),
    "B": ("通讯异常", "communication fault"),
}
_MARKS = {
    "O": ("超量程", "over span"),
    "U": ("低于量程", "under span"),
    "I": ("不合理", "implausible"),
    "L": ("不变", "flat"),
    "K": ("时钟", "clock"),
    "R": ("数采仪均值", "mean by the logger"),
}


def of_kinds(view: ParkView, *kinds: str) -> list[Row]:
    """Return the points of some station kinds, as query ``points`` names their columns."""
    return view.rows(_Q.points, kinds=list(kinds))


def online(points: Iterable[Row]) -> int:
    """Return how many of the points deliver."""
    return sum(1 for point in points if point["online"])


def good(point: Row) -> float | None:
    """Return the newest value of a point that is online and whose value counts; else None."""
    fine = point["online"] and point["flag"] == "N" and point["mark"] in "-R"
    return float(point["value"]) if fine else None


def said(point: Row) -> dict[str, str] | None:
    """Return what flag and mark say about the newest value, or that there is none."""
    if point["time"] is None:
        return both("尚无数据", "no data yet")
    words = [
        _FLAGS.get(point["flag"]),
        _MARKS.get(point["mark"]),
        None if point["online"] else ("离线", "offline"),
    ]
    found = [word for word in words if word]
    return (
        both("、".join(zh for zh, _ in found), ", ".join(en for _, en in found))
        if found
        else both("正常", "normal")
    )


def owner(point: Row) -> dict[str, str] | None:
    """Return whose point it is; the park's own where it belongs to no enterprise."""
    if point["enterprise"] is None:
        return both("园区", "the park")
    return both(point["enterprise_zh"], point["enterprise_en"])


def limits(view: ParkView, points: Sequence[Row]) -> dict[int, list[Row]]:
    """Return the limits that hold for each of the points."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in view.rows(_Q.limits_of, sensors=[point["sensor_id"] for point in points]):
        found[row["sensor_id"]].append(row)
    return found


def alert_levels(view: ParkView) -> dict[int, str]:
    """Return the level of the worst open alert of each sensor, drills apart."""
    return {row["sensor_id"]: row["level"] for row in view.rows(_Q.alerts_of_sensors)}


def open_alerts(view: ParkView, kinds: Sequence[str] | None = None) -> list[Row]:
    """Return the open alerts by class and level, drills apart; of all or of some station kinds."""
    return view.rows(_Q.open_alerts, kinds=None if kinds is None else list(kinds))


def hourly(view: ParkView, points: Sequence[Row]) -> list[Row]:
    """Return the hour values of some points over the last 24 h; ``time`` is the start of the hour."""
    return view.rows(_Q.hourly, sensors=[point["sensor_id"] for point in points])


def worst(levels: Iterable[str]) -> Status:
    """Return the worst of some levels; ``normal`` without any."""
    found: set[Any] = set(levels)
    return next((level for level in LEVELS if level in found), "normal")
