"""Looks at one day of one station with every detector that fits its sensors; pure."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from records.validity import agreement, plausibility
from records.validity.clue import Clue, Flags, Values

COD, AMMONIA, OXYGEN, NMHC, HYDROCARBONS = "w01018", "w21003", "a19001", "a24088", "a24087"
FLOWS = ("a00000", "a01011")
_GAS_HOLD_MIN = 120
_WATER_HOLD_MIN = 720  # an analyser gives one result in up to four hours and repeats it in between
_MASS_UNITS = ("mg/", "µg/", "ng/")
_HOUR_KINDS = frozenset(
    {"near_limit", "ratio_out_of_family", "sum_over_total", "label_end", "clock_day", "sent_twice"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorDay:
    """One sensor over one day of n minutes, with what lies before and behind it; NaN where there is nothing valid."""

    id: int
    quantity: str
    unit: str
    water: bool
    mean: Values  # [n] valid minute means
    past: Values  # the same of the days before, in a row
    last: Values  # [n] newest value, valid or not
    low: Values  # [n] least value, valid or not
    calibrating: Flags  # [n] flag C
    stopped: Flags  # [n] flag F
    hours: Values  # [72] valid hourly means from the day before to the day behind
    reported: Values  # [72] hourly means that the logger computed
    past_hours: Values  # valid hourly means of the weeks before
    limit: float | None  # of an hour
    conflicts: int
    readings: int

    @property
    def today(self) -> Values:
        """The hours of the day itself."""
        return self.hours[agreement.DAY_H : 2 * agreement.DAY_H]

    @property
    def concentration(self) -> bool:
        """Whether it cannot be below nothing."""
        return self.unit.startswith(_MASS_UNITS)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a finding is called and how it is told."""

    kind: str
    name_zh: str
    name_en: str
    text_zh: str
    text_en: str
    source: str
    verified: bool

    def sentences(self, evidence: Mapping[str, float]) -> tuple[str, str]:
        """Return the finding in both languages."""
        return "待核查线索: " + self.text_zh.format_map(evidence), "To check: " + self.text_en.format_map(
            evidence
        )


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind of finding by its name."""
    text = files("records.validity").joinpath("kinds.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["kind"]: Kind(**{**row, "verified": row["verified"] == "true"}) for row in rows}  # type: ignore[arg-type] # a test holds the columns


def step_min(clue: Clue) -> int:
    """Return how long one sample of a clue is [min]."""
    return 60 if clue.kind in _HOUR_KINDS else 1


def look(sensors: Sequence[SensorDay]) -> Iterator[tuple[int, Clue]]:
    """Yield (sensor, clue) of one station's day."""
    for one in sensors:
        yield from ((one.id, clue) for clue in _alone(one))
    yield from _together(sensors)


def _alone(one: SensorDay) -> Iterator[Clue]:
    usable = np.where(one.stopped, np.nan, one.mean)
    yield from plausibility.flat_line(usable, _WATER_HOLD_MIN if one.water else _GAS_HOLD_MIN)
    if not one.water:
        yield from plausibility.repeated_block(usable, one.past)
    yield from plausibility.sentinels(one.last)
    yield from plausibility.after_calibration(one.mean, one.calibrating)
    if one.concentration:
        yield from plausibility.negative(one.low)
        yield from plausibility.unit_slip(usable, one.past)
    if one.limit is not None:
        yield from plausibility.near_limit(one.today, one.limit)
    yield from agreement.label_end(one.reported, one.hours)
    yield from agreement.clock_day(one.reported, one.hours)
    yield from agreement.conflicting_day(one.conflicts, one.readings)


def _together(sensors: Sequence[SensorDay]) -> Iterator[tuple[int, Clue]]:
    by_quantity = {one.quantity: one for one in sensors}
    cod, ammonia = by_quantity.get(COD), by_quantity.get(AMMONIA)
    if cod is not None and ammonia is not None:
        pairs = (cod.today, ammonia.today, cod.past_hours, ammonia.past_hours)
        yield from ((cod.id, clue) for clue in agreement.ratio_out_of_family(*pairs))
    oxygen = by_quantity.get(OXYGEN)
    if oxygen is not None:
        running = _running(oxygen, by_quantity)
        yield from ((oxygen.id, clue) for clue in agreement.oxygen_near_air(oxygen.mean, running))
    total = by_quantity.get(NMHC)
    if total is not None:
        parts = [one.today for one in sensors if _is_compound(one)]
        yield from ((total.id, clue) for clue in agreement.sum_over_total(parts, total.today))


def _running(oxygen: SensorDay, by_quantity: Mapping[str, SensorDay]) -> Flags:
    """Return the minutes in which a unit runs: by its flow where there is one, else while its data say nothing of a stop."""
    for name in FLOWS:
        flow = by_quantity.get(name)
        if flow is not None:
            known = flow.past[np.isfinite(flow.past) & (flow.past > 0)]
            if len(known):
                return np.asarray(flow.mean > 0.2 * float(np.median(known)), np.bool_) & ~oxygen.stopped
    return ~oxygen.stopped


def _is_compound(one: SensorDay) -> bool:
    organic = one.quantity.startswith(("a24", "a25")) and one.quantity not in (NMHC, HYDROCARBONS)
    return organic and one.unit.startswith("mg/")
