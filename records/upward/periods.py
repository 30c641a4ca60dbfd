"""The periods that go upward: when each is complete enough to go, and until when it is live; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

Key = tuple[int, str, datetime]  # station, period, start: what an item is known by at one receiver
LIVE_PERIODS = 2  # one that goes later than so many of its own lengths after it was due goes as re-sent


@dataclass(frozen=True, slots=True)
class Period:
    """One kind of period: its name, its greatest length, how long after its end it is due, and its HJ 212 command."""

    name: str
    longest: timedelta
    grace: timedelta
    cn: str = ""


# Graces: loggers say a minute within the next one, an hour and a day some minutes later (DataTime is the start).
PERIODS: Mapping[str, Period] = MappingProxyType(
    {
        "instant": Period("instant", timedelta(minutes=1), timedelta(seconds=10)),
        "minute": Period("minute", timedelta(minutes=30), timedelta(seconds=70), "2051"),
        "hour": Period("hour", timedelta(hours=1), timedelta(minutes=6), "2061"),
        "day": Period("day", timedelta(hours=25), timedelta(minutes=15), "2031"),
    }
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing due to one receiver: the period [start, end) of a station, and what became of it so far."""

    station_id: int
    station: str
    kind: str
    mn: str
    system: str
    period: str
    start: datetime
    end: datetime
    resent: bool
    first_sent_at: datetime | None
    digest: bytes | None = None  # of what went then

    @property
    def key(self) -> Key:
        """What it is known by at one receiver."""
        return self.station_id, self.period, self.start

    def is_late(self, now: datetime) -> bool:
        """Tell whether its time as live data is over."""
        return now > self.end + PERIODS[self.period].grace + LIVE_PERIODS * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Going:
    """An item on its way: when what it says went first, whether as re-sent data, and what it is made of.

    ``made_of`` counts minutes of its sensors, ``words`` what loggers had said of it, ``digest`` is of its content.
    """

    item: Item
    first_sent_at: datetime
    resent: bool
    digest: bytes | None = None
    made_of: int | None = None
    words: int | None = None
