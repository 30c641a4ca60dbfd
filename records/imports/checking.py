"""Which cells of a block become minutes, and why the others do not: pure, on columns.

A value that cannot be is stored with its minute and is no valid one, like one under a flag that may not be averaged.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from records.imports import instants
from records.imports.cells import NORMAL, Block, Cells, Refused, cells_of, word
from records.imports.mapping import ImportMapping
from records.imports.sensors import Targets
from smartpark import flag_use

FUTURE_US = 600_000_000
_DAY_US = 86_400_000_000
_OLDEST_US = 631_152_000_000_000  # 1990-01-01: nobody monitored by the minute before
_UNMARKED, _IMPLAUSIBLE = ord("-"), ord("I")


@dataclass(frozen=True, slots=True)
class Minutes:
    """Columns of n minutes to store, sorted by (sensor, start) without equal keys; ``cell`` leads back to the file.

    ``total``, ``low`` and ``high`` are of the valid values: low and high are NaN where there is none.
    """

    sensor_id: NDArray[np.int32]
    station_id: NDArray[np.int64]
    start_us: NDArray[np.int64]
    n: NDArray[np.int32]
    n_valid: NDArray[np.int32]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    flag: NDArray[np.uint8]
    cell: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.start_us)

    def take(self, which: NDArray[np.generic]) -> "Minutes":
        """Return the minutes at an index or under a mask."""
        return Minutes(*(getattr(self, name)[which] for name in self.__slots__))


@dataclass(slots=True)
class Checked:
    """What one block became. The four counts of minutes by station are the ledger's; ``counts`` are of cells."""

    minutes: Minutes
    refused: list[Refused]
    counts: Counter[str]
    received: Counter[int] = field(default_factory=Counter)
    quarantined: Counter[int] = field(default_factory=Counter)
    duplicate: Counter[int] = field(default_factory=Counter)
    place: Callable[[int], tuple[int, str, str]] = lambda _: (0, "", "")  # line, column and value of a cell


class Checker:
    """Checks the blocks of one file; ``zone`` is the park's.

    Minutes of the last ``readings_days`` may still get readings of a sensor that delivers by itself, and are left to them.
    """

    def __init__(
        self, mapping: ImportMapping, targets: Targets, zone: str, now: datetime, readings_days: int
    ) -> None:
        self._mapping = mapping
        self._targets = targets
        self._zone = mapping.time.zone or zone
        self._period_us = mapping.time.period_s * 1_000_000
        self._now_us = round(now.timestamp() * 1_000_000)
        self._readings_days = readings_days

    def check(self, block: Block) -> Checked:
        """Return what of a block may be stored, and every refusal."""
        mapping = self._mapping
        time = block.frame[mapping.time.column]
        start, known = instants.starts_us(time, mapping.time, self._zone)
        cells, empty = cells_of(block.frame, mapping, self._targets)
        factor, shift = self._targets.units
        of = np.maximum(cells.target, 0)
        value = cells.sent * factor[of] + shift[of] if len(factor) else cells.sent
        slots = self._slots(of)
        refused = list(block.refused)
        kept = np.ones(len(cells.row), np.bool_)
        if mapping.sentinel_is == "empty":
            kept &= ~cells.sentinel
            empty += int(cells.sentinel.sum())
        counts = Counter(lines=len(block.line), empty=empty, values=int(kept.sum()))
        station = self._stations(cells)
        received = _by(station[kept], slots[kept])
        for reason, wrong, instead in self._tests(cells, value, start, known):
            found = np.flatnonzero(wrong & kept)
            if not len(found):
                continue
            kept[found] = False
            counts[f"refused {reason}"] += len(found)
            for cell in found.tolist():
                line, column, shown = self._place(block, cells, cell)
                if reason == "bad_time":
                    column, shown = word(mapping.time.column), str(time.iloc[cells.row[cell]])
                refused.append(Refused(line, column, shown, reason, instead(cell)))
        checked = Checked(
            self._minutes(cells, value, start, np.flatnonzero(kept), slots),
            refused,
            counts,
            received,
            received - _by(station[kept], slots[kept]),
            place=lambda cell: self._place(block, cells, cell),
        )
        for one in block.refused:
            counts[f"refused {one.reason}"] += 1
            counts["values"] += 1
            checked.received[0] += 1
            checked.quarantined[0] += 1
        self._count_invalid(checked)
        return self._without_twins(checked)

    def _tests(
        self, cells: Cells, value: NDArray[np.float64], start: NDArray[np.int64], known: NDArray[np.bool_]
    ) -> list[tuple[str, NDArray[np.bool_], Callable[[int], str]]]:
        at = start[cells.row]
        period_s = self._mapping.time.period_s
        on_time = instants.begins_a_period(start, period_s, self._zone)
        number = np.isnan(cells.sent)
        unknown = cells.target < 0
        return [
            (
                "bad_time",
                ~known[cells.row],
                lambda _: f"write a time that fits {self._mapping.time.format!r} and exists in {self._zone}",
            ),
            ("unknown_sensor", unknown, lambda cell: str(cells.unknown[cell])),
            (
                "future",
                at + self._period_us > self._now_us + FUTURE_US,
                _told(at, "has not ended yet; set the clock or the zone right"),
            ),
            (
                "too_old",
                at < _OLDEST_US,
                _told(at, "is before 1990; look at format, unit and origin of the time"),
            ),
            (
                "off_period",
                ~on_time[cells.row],
                _told(at, f"begins no period of {period_s} s; look at period_s and label of the time"),
            ),
            (
                "recent",
                self._recent(cells, at),
                _told(
                    at,
                    f"lies in the last {self._readings_days} days, in which the sensor delivers by itself;"
                    " let its device send it again",
                ),
            ),
            (
                "bad_flag",
                cells.flag == 0,
                lambda _: "write one of N F M S D C T B, or name this word under flags",
            ),
            ("not_a_number", number, lambda _: "write a number like 12.3, or leave the cell empty"),
            ("sentinel", cells.sentinel, lambda _: "leave the cell empty where there is no value"),
            ("not_finite", ~np.isfinite(value), lambda _: "write a finite number, or leave the cell empty"),
        ]

    def _recent(self, cells: Cells, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        live_us = self._targets.live_us
        if not len(live_us):
            return np.zeros(len(at), np.bool_)
        horizon_us = self._now_us - self._readings_days * _DAY_US
        end = at + self._period_us
        return (end > horizon_us) & (end > live_us[np.maximum(cells.target, 0)]) & (cells.target >= 0)

    def _slots(self, of: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return how many minutes each cell stands for [n]."""
        slot_s = self._targets.slot_s
        if not self._mapping.repeat or not len(slot_s):
            return np.ones(len(of), np.int64)
        return np.asarray(np.maximum(1, self._mapping.time.period_s // slot_s)[of])

    def _stations(self, cells: Cells) -> NDArray[np.int64]:
        known = self._targets.station_id
        found = known[np.maximum(cells.target, 0)] if len(known) else np.zeros(len(cells.target), np.int64)
        return np.where(cells.target < 0, 0, found)

    def _minutes(
        self,
        cells: Cells,
        value: NDArray[np.float64],
        start: NDArray[np.int64],
        kept: NDArray[np.intp],
        slots: NDArray[np.int64],
    ) -> Minutes:
        times = slots[kept]
        at = np.repeat(kept, times)
        of = cells.target[at]
        begun = start[cells.row[at]]
        if len(at) > len(kept):
            slot = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
            begun = begun + slot * self._targets.slot_s[of] * 1_000_000
        shown, flag = value[at], cells.flag[at]
        n = np.ones(len(at), np.int32) if cells.n is None else cells.n[at]
        valid = self._valid(of, shown, flag)
        low, high = (
            np.where(valid, self._end(end, at, of, shown), np.nan) for end in (cells.low, cells.high)
        )
        return Minutes(
            self._targets.sensor_id[of],
            self._targets.station_id[of],
            begun,
            n,
            np.where(valid, n, 0).astype(np.int32),
            shown,
            low,
            high,
            flag,
            at,
        )

    def _end(
        self,
        given: NDArray[np.float64] | None,
        at: NDArray[np.intp],
        of: NDArray[np.intp],
        value: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        if given is None:
            return value
        factor, shift = self._targets.units
        end = given[at] * factor[of] + shift[of]
        return np.where(np.isfinite(end), end, value)

    def _valid(
        self, of: NDArray[np.intp], value: NDArray[np.float64], flag: NDArray[np.uint8]
    ) -> NDArray[np.bool_]:
        low, high = self._targets.plausible
        if not len(of):
            return np.zeros(0, np.bool_)
        mark = np.where((value < low[of]) | (value > high[of]), _IMPLAUSIBLE, _UNMARKED).astype(np.uint8)
        bits = flag_use.uses(self._targets.class_number[of], flag, mark)
        return np.asarray(bits & flag_use.AVERAGE > 0)

    def _count_invalid(self, checked: Checked) -> None:
        minutes = checked.minutes
        out = minutes.n_valid == 0
        if out.any():
            normal = np.unique(minutes.cell[out & (minutes.flag == NORMAL)])
            checked.counts["implausible"] += len(normal)
            checked.counts["flagged"] += len(np.unique(minutes.cell[out])) - len(normal)

    def _without_twins(self, checked: Checked) -> Checked:
        """Keep the first of equal minutes of a block; the others are duplicates, or conflicts where they differ."""
        minutes = checked.minutes
        sensor, start = minutes.sensor_id, minutes.start_us
        rising = (sensor[1:] > sensor[:-1]) | ((sensor[1:] == sensor[:-1]) & (start[1:] > start[:-1]))
        if rising.all():
            return checked
        minutes = minutes.take(np.lexsort((minutes.cell, start, sensor)))
        same = np.r_[
            False,
            (minutes.sensor_id[1:] == minutes.sensor_id[:-1])
            & (minutes.start_us[1:] == minutes.start_us[:-1]),
        ]
        if same.any():
            first = np.maximum.accumulate(np.where(same, 0, np.arange(len(same))))[same]
            twins, stays = minutes.take(same), minutes.take(first)
            note_duplicates(checked, twins, stays.value, stays.flag)
        checked.minutes = minutes.take(~same)
        return checked

    def _place(self, block: Block, cells: Cells, cell: int) -> tuple[int, str, str]:
        row = int(cells.row[cell])
        long = self._mapping.long
        shown = cells.bad.get(cell) or f"{cells.sent[cell]:.10g}"
        column = cells.column(cell)
        if long is not None:
            column = f"{block.frame[long.station].iloc[row]} {block.frame[long.quantity].iloc[row]}"
        return int(block.line[row]), column, shown


def note_duplicates(
    checked: Checked, minutes: Minutes, there: NDArray[np.float64], flag_there: NDArray[np.uint8]
) -> None:
    """Count minutes that are there already, and list those whose value or flag is another."""
    for station, count in zip(*np.unique(minutes.station_id, return_counts=True), strict=True):
        checked.duplicate[int(station)] += int(count)
    close = np.isclose(minutes.value, there, rtol=1e-9, atol=1e-12) & (minutes.flag == flag_there)
    checked.counts["duplicate"] += int(close.sum())
    checked.counts["conflict"] += int((~close).sum())
    listed = np.flatnonzero(~close)
    _, first = np.unique(minutes.cell[listed], return_index=True)
    for at in listed[first].tolist():
        line, column, shown = checked.place(int(minutes.cell[at]))
        stays = f"{_shown(int(minutes.start_us[at]))} has {there[at]:.10g} already and keeps it"
        checked.refused.append(
            Refused(line, column, shown, "conflict", f"{stays}; if the file is right, propose a correction")
        )


def _by(station: NDArray[np.int64], slots: NDArray[np.int64]) -> Counter[int]:
    ids, at = np.unique(station, return_inverse=True)
    sums = np.bincount(at, weights=slots, minlength=len(ids))
    return Counter({int(one): int(total) for one, total in zip(ids, sums, strict=True)})


def _told(at: NDArray[np.int64], what: str) -> Callable[[int], str]:
    return lambda cell: f"{_shown(int(at[cell]))} {what}"


def _shown(us: int) -> str:
    return datetime.fromtimestamp(us // 1_000_000, UTC).isoformat().replace("+00:00", "Z")
