"""The filled cells of one block of a file, as columns: what a wide and a long file have in common."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from records.imports.mapping import ImportMapping, Long, Name
from records.imports.sensors import TargetError, Targets

NORMAL = ord("N")


class Refused(NamedTuple):
    """A cell that is not imported: where it stands, what it is, why, what to write instead."""

    line: int
    column: str
    value: str
    reason: str
    instead: str


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a file; ``position`` and ``next_line`` say where the file goes on after it."""

    frame: pd.DataFrame
    line: NDArray[np.int64]
    position: int
    next_line: int
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns of n filled cells: ``row`` in the block, ``target`` -1 where no sensor is known, ``sent`` as the file has it.

    ``flag`` is 0 where its word means none. ``bad`` are the words that are no numbers or no flags, by cell.
    """

    row: NDArray[np.intp]
    target: NDArray[np.intp]
    sent: NDArray[np.float64]
    flag: NDArray[np.uint8]
    sentinel: NDArray[np.bool_]
    column: Callable[[int], str]
    bad: dict[int, str]
    unknown: dict[int, TargetError]
    n: NDArray[np.int32] | None = None
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None


def cells_of(frame: pd.DataFrame, mapping: ImportMapping, targets: Targets) -> tuple[Cells, int]:
    """Return the filled cells of a block, and how many were empty."""
    if mapping.long is not None:
        return _long(frame, mapping, mapping.long, targets)
    return _wide(frame, mapping, targets)


def _wide(frame: pd.DataFrame, mapping: ImportMapping, targets: Targets) -> tuple[Cells, int]:
    order = sorted(
        mapping.wide, key=lambda one: int(targets.sensor_id[targets.number(one.target)])
    )  # so that cells come sorted by sensor
    rows, sent, flags, sentinel = [], [], [], []
    bad: dict[int, str] = {}
    count = [0]
    for one in order:
        value, filled, words = numbers(frame[one.column], mapping)
        at = np.flatnonzero(filled)
        flag, wrong = _flags(frame[one.flag], mapping) if one.flag is not None else (None, {})
        bad |= {
            count[-1] + int(np.searchsorted(at, row)): word
            for row, word in (wrong | words).items()
            if filled[row]
        }
        rows.append(at)
        sent.append(value[at])
        flags.append(np.full(len(at), NORMAL, np.uint8) if flag is None else flag[at])
        sentinel.append(np.isin(value[at], one.sentinels))
        count.append(count[-1] + len(at))
    of = np.repeat(np.asarray([targets.number(one.target) for one in order], np.intp), np.diff(count))
    names = [str(one.column) for one in order]
    cells = Cells(
        np.concatenate(rows),
        of,
        np.concatenate(sent),
        np.concatenate(flags),
        np.concatenate(sentinel),
        lambda cell: names[int(np.searchsorted(count, cell, side="right")) - 1],
        bad,
        {},
    )
    return cells, len(frame) * len(order) - len(cells.row)


def _long(frame: pd.DataFrame, mapping: ImportMapping, long: Long, targets: Targets) -> tuple[Cells, int]:
    value, filled, words = numbers(frame[long.value], mapping)
    at = np.flatnonzero(filled)
    pairs = pd.MultiIndex.from_arrays([_text(frame[name])[at] for name in (long.station, long.quantity)])
    codes, found = pairs.factorize()
    answers = [targets.of_words(str(station), str(quantity)) for station, quantity in found]
    number = np.asarray([-1 if isinstance(one, TargetError) else one for one in answers], np.intp)
    target = number[codes] if len(number) else np.empty(0, np.intp)
    unknown = {
        int(cell): error
        for cell in np.flatnonzero(target < 0)
        if isinstance(error := answers[codes[cell]], TargetError)
    }
    flag, wrong = _flags(frame[long.flag], mapping) if long.flag is not None else (None, {})
    bad = {int(np.searchsorted(at, row)): word for row, word in (wrong | words).items() if filled[row]}
    more = {
        name: numbers(frame[column], mapping)[0][at]
        for name, column in (("n", long.n), ("low", long.low), ("high", long.high))
        if column is not None
    }
    n = more.pop("n", None)
    cells = Cells(
        at,
        target,
        value[at],
        np.full(len(at), NORMAL, np.uint8) if flag is None else flag[at],
        np.isin(value[at], mapping.sentinels),
        lambda _: str(long.value),
        bad,
        unknown,
        None if n is None else np.clip(np.nan_to_num(n, nan=1.0), 1, 100_000).astype(np.int32),
        more.get("low"),
        more.get("high"),
    )
    return cells, len(frame) - len(at)


def numbers(
    column: "pd.Series[float]", mapping: ImportMapping
) -> tuple[NDArray[np.float64], NDArray[np.bool_], dict[int, str]]:
    """Return the numbers of a column [n], which cells are filled, and the words that are no numbers by row."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        plain = np.asarray(column, np.float64)
        return plain, ~np.isnan(plain), {}
    words = _text(column)
    filled = np.asarray(~np.isin(words, mapping.words) & (words != ""), np.bool_)
    spelt = pd.Series(words)
    if mapping.file.decimal == ",":
        written = np.asarray(
            [isinstance(cell, str) for cell in column], np.bool_
        )  # not a number of a workbook
        dotted = written & spelt.str.contains(".", regex=False).to_numpy(np.bool_)
        spelt = spelt.str.replace(",", ".", regex=False).mask(dotted, "")
    value = np.array(pd.to_numeric(spelt, errors="coerce"), np.float64)
    wrong = np.flatnonzero(filled & np.isnan(value))
    return value, filled, {int(row): str(words[row]) for row in wrong}


def _flags(column: "pd.Series[str]", mapping: ImportMapping) -> tuple[NDArray[np.uint8], dict[int, str]]:
    codes, found = pd.factorize(pd.Series(_text(column)))
    letter = [mapping.flags.get(word, word or "N") for word in found]
    code = np.asarray([ord(one) if one in tuple("NFMSDCTB") else 0 for one in letter], np.uint8)
    flag = code[codes]
    return flag, {int(row): str(found[codes[row]]) for row in np.flatnonzero(flag == 0)}


def _text(column: "pd.Series[Any]") -> NDArray[np.object_]:
    plain = column.astype("object").where(column.notna(), "")
    return np.asarray(plain.astype(str).str.strip().to_numpy(object))


def word(name: Name) -> str:
    """Return how a column is called in a message."""
    return f"column {name}" if isinstance(name, int) else name
