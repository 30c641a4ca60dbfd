"""Registers that people keep: their rows, and who last confirmed them when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from modules.frame import Words, column
from modules.park_view import ParkView, Row, oldest
from smartpark import queries

_Q = queries.load("modules")
# A register row that nobody confirmed for so long is shown as old [s].
STALE_AFTER_S = 31 * 86400.0
_BY_DEMO = "demo"

# Every register shows who last confirmed a row and when.
CONFIRMED = (
    column("confirmed_by", ("确认人", "confirmed by")),
    column("confirmed_at", ("最近确认", "last confirmed"), "time"),
)


def rows(view: ParkView, register: str) -> list[Row]:
    """Return the rows of a register, the columns of its data beside its own."""
    return [{**row["data"], **row} for row in view.rows(_Q.register, register=register)]


def source(name: Words, found: Sequence[Row]) -> Words:
    """Return what a register is called as a source; simulated rows are said to be so."""
    if any(row["demo"] for row in found):
        return f"{name[0]}(模拟数据)", f"{name[1]} (simulated)"
    return name


def confirmed(found: Sequence[Row]) -> datetime | None:
    """Return since when all of the rows have been confirmed."""
    return oldest(found, "confirmed_at")


def shown(row: Row, *keys: str) -> dict[str, Any]:
    """Return some columns of a row and who confirmed it."""
    by = {"zh": "模拟", "en": "simulated"} if row["confirmed_by"] == _BY_DEMO else row["confirmed_by"]
    return {
        "id": row["key"],
        **{key: row.get(key) for key in keys},
        "confirmed_by": by,
        "confirmed_at": row["confirmed_at"],
    }
