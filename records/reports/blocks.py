"""What a page of a report is made of, before it becomes a cell of Excel, a table of Word or a line of HTML; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

from smartpark.science.rounding import half_even

Tone = Literal["", "over", "lacking", "muted"]
_LETTER_MM = 2.3
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML can carry them
DASH = "—"  # this figure does not exist for such a row; never for a value that is lacking


@dataclass(frozen=True, slots=True)
class Cell:
    """What is printed, and the number behind it, rounded as it is printed."""

    text: str
    number: float | None = None
    decimals: int = 0
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``group`` stands above neighbours of the same group; ``width`` in letters."""

    name: str
    width: int = 10
    group: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence of its own."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title; ``totals`` are its last lines; ``empty`` is said where it has no lines."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...] = ()
    empty: str = ""

    @property
    def grouped(self) -> bool:
        """Return whether a line of groups stands above the names of the columns."""
        return any(column.group for column in self.columns)

    @property
    def groups(self) -> list[tuple[int, int, str]]:
        """Return the groups of neighbouring columns as first, last, name; a column without one alone."""
        found: list[tuple[int, int, str]] = []
        for number, column in enumerate(self.columns):
            if column.group and found and found[-1][2] == column.group:
                found[-1] = (found[-1][0], number, column.group)
            else:
                found.append((number, number, column.group))
        return found

    def widths_mm(self, room_mm: float) -> list[float]:
        """Return the widths of the columns [mm], as wide as their letters need, squeezed where there is less room."""
        wanted = [column.width * _LETTER_MM for column in self.columns]
        squeeze = min(1.0, room_mm / sum(wanted))
        return [width * squeeze for width in wanted]


@dataclass(frozen=True, slots=True)
class Lines:
    """Values along a period, with the limit that holds for them; None leaves a gap."""

    title: str
    unit: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    limit: float | None = None
    limit_words: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars, one a name."""

    title: str
    unit: str
    bars: tuple[tuple[str, float, str], ...]  # name, value, what is printed at its end
    limit: float | None = None
    limit_words: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Squares of one period each, coloured by a scheme of their own: the AQI calendar."""

    title: str
    tiles: tuple[tuple[str, str, tuple[int, int, int] | None], ...]  # label, text, colour
    columns: int


Block = Text | Table | Lines | Bars | Tiles


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under its heading; ``sheet`` names it in a workbook, "" where it has none."""

    title: str
    sheet: str
    blocks: tuple[Block, ...]
    level: int = 1
    opens: bool = False  # begins on a page of its own


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report, the cover first."""

    title: str
    subject: str
    period: str
    draft: str  # "" where it is finalised, or needs not be
    foot: str
    cover: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    signers: tuple[str, ...] = ("编制", "审核", "签发")


def word(text: object, tone: Tone = "") -> Cell:
    """Return a cell of words."""
    return Cell(str(text), tone=tone)


def count(number: int | None, tone: Tone = "") -> Cell:
    """Return a cell of a whole number."""
    return Cell(DASH) if number is None else Cell(f"{number:,}", number, 0, tone)


def figure(value: float | None, decimals: int, instead: str = DASH, tone: Tone = "") -> Cell:
    """Return a cell of a value rounded after GB/T 8170, or of what is said instead of it."""
    if value is None:
        return Cell(instead, tone="muted" if instead == DASH else "lacking")
    rounded = half_even(value, decimals)
    return Cell(f"{rounded:,f}", float(rounded), decimals, tone)


def percent(value: float | None, instead: str = DASH, tone: Tone = "") -> Cell:
    """Return a cell of a share [%] with one decimal."""
    return figure(value, 1, instead, tone)


def words(cells: Sequence[object]) -> tuple[Cell, ...]:
    """Return a row of words."""
    return tuple(word(cell) for cell in cells)


def printable(made: Any) -> Any:
    """Return a text, or a report with all its texts, in which what no XML can carry is replaced by U+FFFD."""
    if isinstance(made, str):
        return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", made)
    if isinstance(made, tuple):
        return tuple(printable(one) for one in made)
    if is_dataclass(made) and not isinstance(made, type):
        return replace(made, **{one.name: printable(getattr(made, one.name)) for one in fields(made)})
    return made
