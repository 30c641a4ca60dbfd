"""The air quality index by the edition that was in force on the day of the data, without binary floats.

A concentration is rounded first (GB/T 8170: whole µg/m³, CO one decimal of mg/m³), the index then always up:
``ceil`` of a double makes 56 of a daily CO of 2.2 mg/m³, the standard makes 55.

Observed, not written in HJ 633-2012: the real-time AQI that the national centre (CNEMC) published under it. All 1,497
stations of one national hour (2016-01-14 00:00, the label is the END of the hour) follow from the six one-hour means alone,
the particles by the daily breakpoints; the sliding 24 h and 8 h means that clause 5.1.3 also lists are not used. CO
enters as published, with three decimals. A missing pollutant is passed over, and without any there is no AQI.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil, isnan
from types import MappingProxyType
from typing import TypeGuard

from smartpark.science.rounding import Number, half_even, written
from smartpark.science.tables import rows

POLLUTANTS = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")
# Codes of HJ 212 under which the six are stored: gases in mg/m³, particles in µg/m³.
POLLUTANT_OF: Mapping[str, str] = MappingProxyType(
    {"a21026": "SO2", "a21004": "NO2", "a21005": "CO", "a05024": "O3", "a34002": "PM10", "a34004": "PM2.5"}
)
IN_FORCE_2026 = date(2026, 3, 1)
HIGHEST = 500
PRIMARY_ABOVE = 50  # HJ 633: a primary pollutant is named only above
PUBLISHED_ABOVE = 100  # HJ 633-2026: with a pollutant missing, the AQI is published only above
_NO_DECIMALS, _CO_DECIMALS, _CO_DECIMALS_HOUR_2012 = 0, 1, 3

Concentrations = Mapping[str, Number | None]


class Edition(StrEnum):
    """An edition of the technical regulation on the ambient air quality index."""

    HJ_633_2012 = "HJ 633-2012"
    HJ_633_2026 = "HJ 633-2026"


@dataclass(frozen=True, slots=True)
class Level:
    """One of the six levels, with its colour in the scheme of the AQI."""

    number: int
    highest: int
    name_zh: str
    name_en: str
    colour_zh: str
    colour_en: str
    rgb: tuple[int, int, int]
    source: str


@dataclass(frozen=True, slots=True)
class Aqi:
    """An AQI as it may be published; ``aqi`` is None for NA, and the indices that exist stay visible.

    ``primary`` lists all ties; ``iaqi`` has every pollutant with an index; ``missing`` those that should have had one.
    """

    edition: Edition
    aqi: int | None
    level: Level | None
    primary: tuple[str, ...]
    iaqi: Mapping[str, int]
    missing: tuple[str, ...]

    @property
    def published(self) -> bool:
        """Return whether there is a number to publish; otherwise NA is shown."""
        return self.aqi is not None


def edition_of(day: date) -> Edition:
    """Return the edition in force on a local calendar day; HJ 633-2026 since 2026-03-01."""
    return Edition.HJ_633_2026 if day >= IN_FORCE_2026 else Edition.HJ_633_2012


@cache
def levels() -> tuple[Level, ...]:
    """Return the levels from the best to the worst."""
    return tuple(
        Level(
            number=int(row["level"]),
            highest=int(row["highest"]),
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            colour_zh=row["colour_zh"],
            colour_en=row["colour_en"],
            rgb=(int(row["red"]), int(row["green"]), int(row["blue"])),
            source=row["source"],
        )
        for row in rows("aqi_levels.csv")
    )


def level_of(aqi: int) -> Level:
    """Return the level of an AQI or IAQI.

    Raises:
        ValueError: it lies outside 0..500.

    """
    if not 0 <= aqi <= HIGHEST:
        raise ValueError(f"an AQI of {aqi} cannot be; write a number from 0 to {HIGHEST}")
    return next(level for level in levels() if aqi <= level.highest)


def concentration_of(code: str, stored: Number) -> Decimal:
    """Return a stored value [mg/m³ gases, µg/m³ particles] in the unit of the AQI [µg/m³, CO mg/m³], exactly.

    Raises:
        LookupError: the quantity has no part in the AQI.
        ValueError: the value is not a finite number.

    """
    if code not in POLLUTANT_OF:
        raise LookupError(f"{code!r} has no part in the AQI; the six are {', '.join(POLLUTANT_OF)}")
    in_micrograms = code.startswith("a34") or POLLUTANT_OF[code] == "CO"
    return written(stored) if in_micrograms else written(stored).scaleb(3)


def iaqi(edition: str, pollutant: str, average: str, concentration: Number | None) -> int | None:
    """Return the individual index of a mean concentration [µg/m³, CO mg/m³]; HJ 633, formula of the IAQI.

    ``average`` is ``1h``, ``8h`` (O3) or ``day``. What is missing (None, not a number) has no index; noise below zero
    counts as zero. Beyond the last breakpoint the index stays at its value (500; in 2026 SO2 1 h 200, O3 8 h 300);
    2012 has none there for SO2 1 h and O3 8 h: the daily mean, or the hour, of that gas speaks instead.

    Raises:
        LookupError: the edition has no breakpoints for the pollutant and average.
        ValueError: the concentration is infinite or no number at all.

    """
    points = _points().get((edition, pollutant, average))
    if points is None:
        raise LookupError(
            f"{edition} has no breakpoints for {pollutant!r}, average {average!r}; see iaqi.csv"
        )
    if not _present(concentration):
        return None
    rounded = Fraction(max(half_even(concentration, _decimals(edition, pollutant, average)), Decimal(0)))
    for (low, index_low), (high, index_high) in pairwise(points):
        if rounded <= high:
            return ceil((index_high - index_low) * (rounded - low) / (high - low) + index_low)
    last = points[-1][1]
    return last if last == HIGHEST or edition == Edition.HJ_633_2026 else None


def hourly(
    edition: str,
    concentrations: Concentrations,
    *,
    sulfur_dioxide_day: Number | None = None,
    not_monitored: Collection[str] = (),
) -> Aqi:
    """Return the real-time AQI from the six one-hour means [µg/m³, CO mg/m³]; particles by the daily breakpoints.

    ``sulfur_dioxide_day`` [µg/m³], the sliding 24 h mean, speaks for SO2 under HJ 633-2012 where its hour is above 800.
    ``not_monitored`` names what the station does not measure by plan ("/"): it is not missing.

    Raises:
        LookupError: a pollutant or the edition is not known.

    """
    indices = {
        pollutant: iaqi(
            edition, pollutant, "day" if pollutant.startswith("PM") else "1h", concentrations.get(pollutant)
        )
        for pollutant in _known(concentrations)
    }
    if indices["SO2"] is None and _present(concentrations.get("SO2")):
        indices["SO2"] = iaqi(edition, "SO2", "day", sulfur_dioxide_day)
    return _judged(Edition(edition), indices, not_monitored)


def daily(
    edition: str,
    concentrations: Concentrations,
    *,
    ozone_hour: Number | None = None,
    not_monitored: Collection[str] = (),
) -> Aqi:
    """Return the AQI of a day from five daily means and the daily maximum 8 h mean of O3 [µg/m³, CO mg/m³].

    ``ozone_hour`` [µg/m³] is the daily maximum of the one-hour means of O3, the seventh indicator of HJ 633-2012: the
    greater of its two indices is that of O3. HJ 633-2026 has six indicators and does not look at it.

    Raises:
        LookupError: a pollutant or the edition is not known.

    """
    indices = {
        pollutant: iaqi(
            edition, pollutant, "8h" if pollutant == "O3" else "day", concentrations.get(pollutant)
        )
        for pollutant in _known(concentrations)
    }
    if edition == Edition.HJ_633_2012:
        both = (indices["O3"], iaqi(edition, "O3", "1h", ozone_hour))
        indices["O3"] = max((index for index in both if index is not None), default=None)
    return _judged(Edition(edition), indices, not_monitored)


def _judged(edition: Edition, indices: Mapping[str, int | None], not_monitored: Collection[str]) -> Aqi:
    known = {pollutant: index for pollutant, index in indices.items() if index is not None}
    missing = tuple(name for name in indices if name not in known and name not in not_monitored)
    greatest = max(known.values(), default=None)
    kept_back = edition == Edition.HJ_633_2026 and missing and (greatest or 0) <= PUBLISHED_ABOVE
    if greatest is None or kept_back:
        return Aqi(edition, None, None, (), MappingProxyType(known), missing)
    primary = tuple(name for name, index in known.items() if index == greatest > PRIMARY_ABOVE)
    aqi = max(greatest, 1) if edition == Edition.HJ_633_2026 else greatest  # 2026: 1 to 500
    return Aqi(edition, aqi, level_of(aqi), primary, MappingProxyType(known), missing)


def _present(concentration: Number | None) -> TypeGuard[Number]:
    return concentration is not None and not (
        isinstance(concentration, float | Decimal) and isnan(concentration)
    )


def _known(concentrations: Concentrations) -> tuple[str, ...]:
    strange = [name for name in concentrations if name not in POLLUTANTS]
    if strange:
        raise LookupError(f"{strange[0]!r} has no part in the AQI; the six are {', '.join(POLLUTANTS)}")
    return POLLUTANTS


def _decimals(edition: str, pollutant: str, average: str) -> int:
    if pollutant != "CO":
        return _NO_DECIMALS
    as_observed = edition == Edition.HJ_633_2012 and average == "1h"
    return _CO_DECIMALS_HOUR_2012 if as_observed else _CO_DECIMALS


@cache
def _points() -> Mapping[tuple[str, str, str], tuple[tuple[Fraction, int], ...]]:
    found: dict[tuple[str, str, str], list[tuple[Fraction, int]]] = {}
    for row in rows("iaqi.csv"):
        place = (row["edition"], row["pollutant"], row["average"])
        found.setdefault(place, []).append((Fraction(row["concentration"]), int(row["iaqi"])))
    return MappingProxyType({place: tuple(sorted(points)) for place, points in found.items()})
