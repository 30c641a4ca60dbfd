"""Hours whose minutes are gone, by retention or because hours alone were ever there; pure.

Such an hour is not made of what is left: it stays what it came to, under the marks and the corrections of the whole hour
that hold now.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from records.periods.grid import HOUR_US, Grid, Overlay
from records.periods.row import Key, Row


class Base(NamedTuple):
    """What an hour came to before any mark, and when that was written [us]: corrections decided before it are in it."""

    row: Row
    made_us: int


def with_kept(
    rows: Sequence[Row], grid: Grid, overlays: Sequence[Overlay], bases: Mapping[Key, Base]
) -> list[Row]:
    """Return rows, those of hours that more minutes came of than there are now made of their bases.

    Args:
        rows: made of the minutes that are there, row by row of the grid.
        grid: of the same hours, with its marks.
        overlays: corrections that hold, the newest last.
        bases: what hours came to before any mark.

    """
    found = []
    for at, row in enumerate(rows):
        base = bases.get(row.key)
        if base is None or base.row.received <= row.received:
            found.append(row)
            continue
        hour_us = int(grid.hour_us[at])
        mine = [
            one
            for one in overlays
            if one.sensor_id == row.sensor_id
            and one.decided_us > base.made_us
            and one.start_us <= hour_us
            and one.end_us >= hour_us + HOUR_US
        ]
        kept = _corrected(base.row, mine)
        found.append(_emptied(kept, "marked") if grid.marked[at] else kept)
    return found


def _corrected(base: Row, overlays: Sequence[Overlay]) -> Row:
    row = base
    for one in overlays:
        if one.kind == "scale":
            row = _scaled(row, one)
        elif one.kind == "exclude":
            row = _emptied(row, "short")
        elif row.mean is None:
            row = row._replace(
                status="valid", judgeable=False, mean=one.value, min=one.value, max=one.value, flag="S"
            )
    return row


def _scaled(row: Row, by: Overlay) -> Row:
    def scaled(value: float | None) -> float | None:
        return None if value is None else value * by.factor + by.shift

    def in_proportion(value: float | None) -> float | None:
        if row.method == "counted":
            return None if value is None else value * by.factor
        return None if value is None or not row.mean else value * (scaled(row.mean) or 0.0) / row.mean

    mass = in_proportion(row.mass)
    low, high = sorted((scaled(row.min), scaled(row.max)), key=lambda value: (value is None, value or 0.0))
    return row._replace(
        mean=scaled(row.mean),
        min=low,
        max=high,
        converted=scaled(row.converted) if not by.shift else None,
        amount=in_proportion(row.amount),
        mass=None if mass is None else max(0.0, mass),
    )


def _emptied(row: Row, status: str) -> Row:
    return row._replace(status=status, judgeable=False, mean=None, converted=None, amount=None, mass=None)
