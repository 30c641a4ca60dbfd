"""How many values make a mean of ambient air valid: GB 3095-2026 table 4."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from smartpark.science.tables import rows

FEBRUARY = 2


@cache
def needed() -> Mapping[str, int]:
    """Return the least number of values by average: minutes of ``1h``, hours of ``8h`` and ``day``, days of the rest."""
    return MappingProxyType({row["average"]: int(row["needed"]) for row in rows("ambient_validity.csv")})


def hour_is_valid(minutes: int) -> bool:
    """Return whether a one-hour mean is valid by its minutes of sampling; at least 45."""
    return minutes >= needed()["1h"]


def eight_hours_are_valid(hours: int) -> bool:
    """Return whether a mean of eight hours is valid by its hourly means; at least 6."""
    return hours >= needed()["8h"]


def day_is_valid(hours: int) -> bool:
    """Return whether a daily mean (calendar day, 0 to 24 h) is valid by its hourly means; at least 20."""
    return hours >= needed()["day"]


def year_is_valid(days_by_month: Sequence[int]) -> bool:
    """Return whether an annual mean is valid by its daily means in January to December [12].

    At least 324 in all and 27 in every month, 25 in February.

    Raises:
        ValueError: there are not twelve months.

    """
    if len(days_by_month) != 12:
        raise ValueError(f"a year has 12 months, not {len(days_by_month)}; write one count of days for each")
    every_month = all(
        days >= needed()["february" if month == FEBRUARY else "month"]
        for month, days in enumerate(days_by_month, start=1)
    )
    return every_month and sum(days_by_month) >= needed()["year"]
