"""What a logger has computed itself, and what else it tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Period = Literal["minute", "hour", "day"]
PERIODS: tuple[Period, ...] = ("minute", "hour", "day")


class Reported(NamedTuple):
    """One factor over one period, as sent; ``row`` is its sensor in the directory.

    ``start_us`` is the start of the period, ``length_us`` its length, ``amount`` what HJ 212 calls Cou.
    """

    message: int
    row: int
    period: Period
    start_us: int
    length_us: int
    mean: float | None
    low: float | None
    high: float | None
    amount: float | None
    flag: int
    maker_flag: str | None
    sample_us: int | None
    mn: str
    resent: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Equipment states, running times, restarts, information ...: names and values of one instant."""

    message: int
    station_id: int
    mn: str
    cn: str
    time_us: int
    data: Mapping[str, str]
    resent: bool
