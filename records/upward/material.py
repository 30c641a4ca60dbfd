"""What an item is made of, out of the database: figures for HJ 212, newest readings for a push."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from records.upward.channel import Reading
from records.upward.figures import WATER_KINDS, Figures, Slice, figures
from records.upward.message import Factor
from records.upward.periods import Item
from smartpark import db, queries

_Q = queries.load("records.upward", "material.sql")


@dataclass(frozen=True, slots=True)
class Material:
    """The factors of one item, of how many minutes of its sensors, and after how many words of loggers."""

    factors: Sequence[Factor]
    minutes: int
    words: int


def materials(conn: db.Connection, items: Sequence[Item]) -> list[Material]:
    """Return what each item is made of, in its order: the logger's own figures where there are any, else computed."""
    if not items:
        return []
    waters = [item.kind in WATER_KINDS for item in items]
    about = _about(items) | {"periods": [item.period for item in items], "waters": waters}
    found: list[dict[tuple[str, str], Factor]] = [{} for _ in items]
    minutes, words = [0] * len(items), [0] * len(items)
    # Planned anew each time: a plan for any span would look into every chunk there is.
    for (place, code, form, decimals), slices in _grouped(
        conn.execute(_Q.slices, about, prepare=False).fetchall()
    ).items():
        item = items[place - 1]
        computed = figures(item.period, slices, water=waters[place - 1])
        found[place - 1][code, form] = Factor(code, form, decimals, computed)
        minutes[place - 1] += sum(one.minutes for one in slices)
    for place, code, form, decimals, mean, low, high, amount, flag, said in conn.execute(
        _Q.reported, about, prepare=False
    ).fetchall():
        own = Figures(mean, low, high, flag, amount)
        found[place - 1][code, form] = Factor(code, form, decimals, own)
        words[place - 1] += said
    return [Material(list(one.values()), *counts) for one, *counts in zip(found, minutes, words, strict=True)]


def readings(conn: db.Connection, items: Sequence[Item]) -> list[list[Reading]]:
    """Return the newest reading of each sensor within each item, in the items' order."""
    found: list[list[Reading]] = [[] for _ in items]
    if items:
        for row in conn.execute(_Q.instants, _about(items), prepare=False).fetchall():
            place = row[0] - 1
            reading = Reading(*(*row[1:], items[place].resent))
            if isfinite(reading.value):
                found[place].append(reading)
    return found


def _about(items: Sequence[Item]) -> dict[str, Any]:
    starts, ends = [item.start for item in items], [item.end for item in items]
    return {
        "stations": [item.station_id for item in items],
        "starts": starts,
        "ends": ends,
        "first": min(starts),
        "last": max(ends),
    }


def _grouped(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[int, str, str, int], list[Slice]]:
    grouped: dict[tuple[int, str, str, int], list[Slice]] = {}
    for place, code, form, decimals, *sums in rows:
        grouped.setdefault((place, code, form, decimals), []).append(Slice(*sums))
    return grouped
