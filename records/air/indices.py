"""The AQI of stations and of their mean, hour by hour or day by day, by the edition of each day; pure.

The mean of the park is the arithmetic mean of what its stations measured, pollutant by pollutant (HJ 633: the index of an
area is made from concentrations, never from indices). A pollutant that a station ought to measure and has no valid value of
is missing; one is left out ("/") only where the plan of the station says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from records.air.sand import Episode, touching
from smartpark.science import aqi
from smartpark.science.rounding import half_even

Period = Literal["hour", "day"]
Span = tuple[datetime, datetime, date]  # start, end, local day
Values = Mapping[str, Decimal]  # by pollutant [µg/m³, CO mg/m³]
UNITS = {name: "mg/m³" if name == "CO" else "µg/m³" for name in aqi.POLLUTANTS}
_HOUR = timedelta(hours=1)
_NOTHING: Values = {}


@dataclass(frozen=True, slots=True)
class Place:
    """A station, or several whose mean is meant; ``since`` and ``until`` are its first and, out of use, its last local day."""

    stations: tuple[int, ...]
    since: date
    not_monitored: frozenset[str] = frozenset()
    until: date | None = None


@dataclass(slots=True)
class Measured:
    """Valid values by station and start; ``second`` is the other word of HJ 633-2012.

    Of a day that is the greatest hour of O3, of an hour the mean of SO2 over 24 hours [µg/m³].
    """

    values: dict[int, dict[datetime, dict[str, Decimal]]] = field(default_factory=dict)
    second: dict[int, dict[datetime, Decimal]] = field(default_factory=dict)

    def add(self, station: int, start: datetime, code: str, stored: float) -> None:
        """Note a stored value of a quantity; ``start`` is that of its hour or day."""
        pollutant = aqi.POLLUTANT_OF[code]
        here = self.values.setdefault(station, {}).setdefault(start, {})
        here[pollutant] = aqi.concentration_of(code, stored)

    def of(self, stations: Sequence[int], start: datetime) -> tuple[Values, Decimal | None]:
        """Return the values of a place, and the second word: those of the one station, or the means of several."""
        found = [self.values[one][start] for one in stations if start in self.values.get(one, {})]
        more = [self.second[one][start] for one in stations if start in self.second.get(one, {})]
        second = sum(more, Decimal()) / len(more) if more else None
        if len(stations) == 1:
            return (found[0] if found else _NOTHING), second
        by_name = {name: [one[name] for one in found if name in one] for name in aqi.POLLUTANTS}
        return {name: sum(some, Decimal()) / len(some) for name, some in by_name.items() if some}, second


@dataclass(frozen=True, slots=True)
class Item:
    """The AQI of one hour or day of a place."""

    start: datetime
    end: datetime
    day: date
    result: aqi.Aqi
    values: Values
    sand: tuple[int, ...]


def items(
    place: Place, measured: Measured, spans: Sequence[Span], grain: Period,
    episodes: Sequence[Episode],
) -> list[Item]:  # fmt: skip
    """Return an item for each span [start, end) of a place, also where nothing was measured."""
    found = []
    for start, end, day in spans:
        if day < place.since or (place.until is not None and day > place.until):
            continue
        values, second = measured.of(place.stations, start)
        result = _judged(
            grain, aqi.edition_of(day), tuple(sorted(values.items())), second, place.not_monitored
        )
        sand = touching(episodes, start, end, place.stations)
        found.append(Item(start, end, day, result, values, sand))
    return found


def shown(value: Decimal, pollutant: str) -> float:
    """Return a concentration as the standard writes it: whole µg/m³, CO with one decimal of mg/m³."""
    return float(half_even(value, 1 if pollutant == "CO" else 0))


def spans(start: datetime, end: datetime, grain: Period, zone: ZoneInfo) -> Iterator[Span]:
    """Yield (start, end, local day) of each whole hour or day that begins in [start, end) and ends by ``end``."""
    if grain == "hour":
        at = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        at = at if at >= start else at + _HOUR
        while at + _HOUR <= end:
            yield at, at + _HOUR, at.astimezone(zone).date()
            at += _HOUR
        return
    day = start.astimezone(zone).date()
    while (after := midnight(day + timedelta(days=1), zone)) <= end:
        begin = midnight(day, zone)
        if begin >= start:
            yield begin, after, day
        day += timedelta(days=1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@lru_cache(maxsize=20_000)
def _judged(
    grain: Period, edition: aqi.Edition, values: tuple[tuple[str, Decimal], ...], second: Decimal | None,
    not_monitored: frozenset[str],
) -> aqi.Aqi:  # fmt: skip
    if grain == "day":
        return aqi.daily(edition, dict(values), ozone_hour=second, not_monitored=not_monitored)
    return aqi.hourly(edition, dict(values), sulfur_dioxide_day=second, not_monitored=not_monitored)
