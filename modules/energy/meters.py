"""Meters: each station's present rate and its amount of the day from its counter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from modules.energy.carriers import Carrier
from modules.park_view import Row
from modules.points import good

# What such a meter measures is supplied to consumers or comes back from them: adding it would count twice.
ROLES = {
    "supply": ("供入, 不计入合计", "supply, in no sum"),
    "treated": ("处理后, 不计入合计", "treated, in no sum"),
    "reclaimed": ("中水, 不计入合计", "reclaimed, in no sum"),
}
# A counter that begins later than this after midnight tells only part of the day.
_WHOLE_DAY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Meter:
    """One meter at one instant, in the units of its carrier; None: not known."""

    point: Row  # of the rate
    rate: float | None
    rate_at: datetime | None
    amount: float | None
    since: datetime | None  # of the amount
    until: datetime | None
    reset: bool  # the counter fell: replaced or set back

    @property
    def role(self) -> str | None:
        """What it is, where it is no consumer's."""
        role = self.point["attributes"].get("role")
        return role if role in ROLES else None


def of_carrier(carrier: Carrier, points: Sequence[Row], amounts: Mapping[int, Row]) -> list[Meter]:
    """Return the meters of a carrier."""
    counters = {p["station_id"]: p["sensor_id"] for p in points if p["quantity"] == carrier.counter}
    return [
        _meter(carrier, point, amounts.get(counters.get(point["station_id"], 0)))
        for point in points
        if point["quantity"] == carrier.rate
    ]


def _meter(carrier: Carrier, point: Row, counted: Row | None) -> Meter:
    rate = good(point)
    reset = counted is not None and counted["resets"] > 0
    return Meter(
        point=point,
        rate=None if rate is None else rate * carrier.scale,
        rate_at=point["time"],
        amount=None if counted is None or reset else counted["amount"] * carrier.scale,
        since=None if counted is None else counted["since"],
        until=None if counted is None else counted["until"],
        reset=reset,
    )


def late(meters: Sequence[Meter], day_start: datetime) -> datetime | None:
    """Return since when the amounts count, where that is not the beginning of the day."""
    latest = max((m.since for m in meters if m.amount is not None and m.since is not None), default=None)
    return latest if latest is not None and latest > day_start + _WHOLE_DAY else None
