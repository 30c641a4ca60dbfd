"""The sixty minutes of an hour of one sensor, with marks and corrections laid over."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from .tables import number

SLOTS = 60
LETTERS = "NFMSDCTB"  # HJ 212-2017 table 8
ENOUGH = 0.75  # of the readings of a minute, HJ 212-2017 notes to C.16-C.18
ZERO_C_K, STANDARD_KPA = 273.0, 101.325  # HJ 212-2017 app. D
NO2_PER_NO = 46.0 / 30.0


class Grid:
    """Minutes; ``rule``: slots, need, spoils and burns of the sensor's hour. ``low`` and ``high`` are min and max."""

    def __init__(self, start: datetime, rows: list[dict[str, str]], rule: dict[str, Any]) -> None:
        self.start, self.rule, self.marked = start, rule, False
        self.value, self.last = [math.nan] * SLOTS, [math.nan] * SLOTS
        self.low, self.high = [math.nan] * SLOTS, [math.nan] * SLOTS
        self.received, self.valid = [False] * SLOTS, [False] * SLOTS
        self.whole, self.entered = [False] * SLOTS, [False] * SLOTS
        self.flags = [""] * SLOTS
        for row in rows:
            at = int((datetime.fromisoformat(row["time"]) - start) / timedelta(minutes=1))
            n, n_valid = int(row["n"]), int(row["n_valid"])
            self.value[at], self.last[at] = number(row["mean"]), number(row["last"])
            self.low[at], self.high[at] = number(row["min"]), number(row["max"])
            self.received[at], self.valid[at] = True, n_valid > 0 and n_valid >= ENOUGH * n
            self.flags[at] = "".join(c if c in LETTERS else "D" for c in row["flags"].strip())
            self.whole[at] = n == n_valid and self.flags[at] == "N"

    @property
    def samples(self) -> int:
        """How many minutes came and are valid."""
        return sum(self.received[at] and self.valid[at] for at in range(SLOTS))

    @property
    def usable(self) -> bool:
        """Whether other values may be made with it: not marked, enough valid minutes for an hour."""
        return not self.marked and sum(self.valid) >= self.rule["need"]

    def mean(self) -> float | None:
        """Return the mean of the valid minutes, None without any."""
        valid = [self.value[at] for at in range(SLOTS) if self.valid[at]]
        return math.fsum(valid) / len(valid) if valid else None

    def minute(self, at: int) -> float:
        """Return a valid minute of a usable hour, NaN for any other."""
        return self.value[at] if self.usable and self.valid[at] else math.nan

    def lay(self, row: dict[str, str]) -> None:
        """Lay a correction over the minutes that it is about."""
        first, end = datetime.fromisoformat(row["from"]), datetime.fromisoformat(row["to"])
        for at in range(SLOTS):
            if not first <= self.start + timedelta(minutes=at) < end:
                continue
            if row["kind"] == "scale":
                self._scale(at, number(row["factor"]), number(row["shift"] or "0"))
            elif row["kind"] == "exclude":
                self.valid[at], self.whole[at] = False, True
            elif not self.valid[at]:
                self.hold(at, number(row["value"]), whole=True, flags="S")
                self.entered[at] = True

    def hold(self, at: int, value: float, *, whole: bool, flags: str) -> None:
        """Let a value stand for a minute."""
        self.value[at] = self.last[at] = self.low[at] = self.high[at] = value
        self.received[at] = self.valid[at] = True
        self.whole[at], self.flags[at] = whole, flags

    def _scale(self, at: int, factor: float, shift: float) -> None:
        for column in (self.value, self.last, self.low, self.high):
            column[at] = column[at] * factor + shift
        if factor < 0:
            self.low[at], self.high[at] = self.high[at], self.low[at]

    def to_dry_standard(self, state: str, grids: dict[str, Grid], *, is_flow: bool) -> None:
        """Bring what is measured wet or hot to dry gas at standard state, minute by minute."""
        if state == "dry_standard":
            return
        for at in range(SLOTS):
            factor = 1.0
            if state.startswith("wet"):
                wet = reading(grids, "moisture", at)
                share = 1.0 - wet / 100.0 if 0.0 <= wet < 100.0 else math.nan
                factor *= share if is_flow else 1.0 / share
            if state.endswith("actual"):
                air = reading(grids, "barometer", at)
                air = STANDARD_KPA if math.isnan(air) else air
                kelvin = ZERO_C_K + reading(grids, "temperature", at)
                pressure = air + reading(grids, "pressure", at)
                possible = kelvin > 0 and pressure > 0
                shrinking = ZERO_C_K / kelvin * pressure / STANDARD_KPA if possible else math.nan
                factor *= shrinking if is_flow else 1.0 / shrinking
            for column in (self.value, self.last, self.low, self.high):
                column[at] *= factor
            self.valid[at] = self.valid[at] and not math.isnan(factor)

    def make_nox(self, no: Grid, no2: Grid | None) -> None:
        """Make nitrogen oxides of NO and NO2."""
        self.marked = self.marked or no.marked
        for at in range(SLOTS):
            made = no.minute(at) * NO2_PER_NO + (0.0 if no2 is None else no2.minute(at))
            self.value[at] = self.last[at] = self.low[at] = self.high[at] = made
            self.received[at], self.valid[at] = no.received[at], not math.isnan(made)
            self.whole[at], self.flags[at] = self.valid[at], no.flags[at]
            self.entered[at] = no.entered[at] and self.valid[at]


def reading(grids: dict[str, Grid], role: str, at: int) -> float:
    """Return a valid minute of an input, NaN where there is none."""
    grid = grids.get(role)
    return math.nan if grid is None else grid.minute(at)
