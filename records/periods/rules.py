"""The rules of a period: how much of it has to be valid, by medium, and how each quantity is averaged; pure tables."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Period = Literal["hour", "day", "month", "year"]
Method = Literal["arithmetic", "flow_weighted", "vector", "energy", "counted"]
PERIODS: tuple[Period, ...] = ("hour", "day", "month", "year")
HOUR_SLOTS = 60
_FEBRUARY = 2
_FEBRUARY_DAYS = 29  # at most


@dataclass(frozen=True, slots=True)
class Rule:
    """When a period of a medium is valid; ``need`` counts minutes, hours or days."""

    need: int
    need_february: int
    spoils: bool
    edition: str
    source: str
    verified: bool

    @property
    def words(self) -> str:
        """The standard, as a record names it."""
        return self.edition if self.verified else f"{self.edition}, unverified"

    def needed(self, expected: int, whole: int) -> int:
        """Return how many valid samples are needed where ``expected`` are due in a whole period of ``whole`` samples.

        An hour of a sensor that delivers every five minutes has twelve samples and needs nine of them.
        """
        need = self.need_february if whole <= _FEBRUARY_DAYS and self.need_february else self.need
        return -(-need * expected // whole) if expected < whole else need


@dataclass(frozen=True, slots=True)
class Averaging:
    """How a quantity is averaged, and what its hourly mean times ``amount`` amounts to; None: to nothing."""

    method: Method = "arithmetic"
    amount: float | None = None
    amount_unit: str = ""


@cache
def rule_of(medium: str, period: Period) -> Rule:
    """Return the rule of a medium and a period.

    Raises:
        KeyError: the table has none.

    """
    return _rules()[medium, period]


def every_month(days: Mapping[int, int]) -> bool:
    """Return whether every month of a year of ambient air has its days, by month 1 to 12; GB 3095-2026 table 4."""
    rule = rule_of("air", "month")
    return all(
        days.get(month, 0) >= (rule.need_february if month == _FEBRUARY else rule.need)
        for month in range(1, 13)
    )


@cache
def medium_of(kind: str) -> str:
    """Return the medium of a station kind: gas, water, air or other."""
    return {row["kind"]: row["medium"] for row in _rows("media.csv")}[kind]


@cache
def averaging_of(quantity: str) -> Averaging:
    """Return how a quantity is averaged by itself; arithmetic unless the table says otherwise."""
    return _averagings().get(quantity, Averaging())


@cache
def _rules() -> dict[tuple[str, str], Rule]:
    return {
        (row["medium"], row["period"]): Rule(
            int(row["need"]),
            int(row["need_february"] or 0),
            row["spoils"] == "1",
            row["edition"],
            row["source"],
            row["verified"] == "true",
        )
        for row in _rows("validity.csv")
    }


@cache
def _averagings() -> dict[str, Averaging]:
    return {
        row["quantity"]: Averaging(
            row["method"],  # type: ignore[arg-type] # a test holds the table to the words
            float(row["amount"]) if row["amount"] else None,
            row["amount_unit"],
        )
        for row in _rows("methods.csv")
    }


def _rows(name: str) -> list[dict[str, str]]:
    text = files("records.periods").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
