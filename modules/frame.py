"""One page frame for the seven modules: cards, tables, charts, and what is still missing.

The dataclasses are the JSON that a page reads; the functions below them are how a module makes them.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Words = tuple[str, str]  # Chinese, English
Status = Literal["normal", "red", "orange", "yellow", "blue", "stale", "unknown"]
CellType = Literal["text", "number", "time", "age", "level"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One figure, how old it is, where it comes from and where its list is.

    ``value`` None means not known, and the reason is said; ``of`` is the denominator, where there is one.
    """

    key: str
    label_zh: str
    label_en: str
    value: float | str | None
    value_en: str | None = None  # where ``value`` is a word
    of: float | None = None
    unit: str = ""
    decimals: int = 0
    at: datetime | None = None
    age_s: float | None = None
    stale_after_s: float = 300.0
    source: str
    source_en: str
    status: Status = "normal"
    link: str | None = None
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table; ``type`` tells the page how to print it."""

    key: str
    label_zh: str
    label_en: str
    unit: str = ""
    type: CellType = "text"
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows behind the figures; a row's ``link`` leads on, a cell of two languages is ``{zh, en}``."""

    key: str
    title_zh: str
    title_en: str
    source: str
    source_en: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    empty_zh: str
    empty_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSeries:
    """One line or bar set of a chart: points are (label or instant, value)."""

    key: str
    label_zh: str
    label_en: str
    unit: str
    points: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A small chart."""

    key: str
    title_zh: str
    title_en: str
    type: Literal["bar", "line"]
    unit: str
    source: str
    source_en: str
    series: tuple[ChartSeries, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something this module ought to show and does not have yet."""

    label_zh: str
    label_en: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a module shows at one instant."""

    module: str
    name_zh: str
    name_en: str
    generated_at: datetime
    cards: tuple[Card, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    missing: tuple[Missing, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain containers; instants stay aware datetimes for the API to print."""
        return asdict(self)


def both(zh: str | None, en: str | None) -> dict[str, str] | None:
    """Return a cell in both languages; None where there is nothing to say."""
    return {"zh": zh or en or "", "en": en or zh or ""} if zh or en else None


def card(key: str, label: Words, value: float | Words | None, source: Words, **more: Any) -> Card:
    """Return a card; a value in words is given in both languages, and ``reason`` says why one is not known."""
    why: Words = more.pop("reason", ("", ""))
    said: dict[str, Any] = {"value": value}
    if isinstance(value, tuple):
        said = {"value": value[0], "value_en": value[1]}
    elif value is None:
        said |= {"reason_zh": why[0], "reason_en": why[1]}
    return Card(
        key=key, label_zh=label[0], label_en=label[1], source=source[0], source_en=source[1], **said, **more
    )


def column(
    key: str, label: Words, kind: CellType = "text", unit: str = "", decimals: int | None = None
) -> Column:
    """Return a column."""
    return Column(key=key, label_zh=label[0], label_en=label[1], type=kind, unit=unit, decimals=decimals)


def table(
    key: str,
    title: Words,
    columns: Iterable[Column],
    rows: Iterable[dict[str, Any]],
    *,
    source: Words,
    empty: Words,
) -> Table:
    """Return a table; ``empty`` is what it says without rows."""
    return Table(
        key=key,
        title_zh=title[0],
        title_en=title[1],
        source=source[0],
        source_en=source[1],
        columns=tuple(columns),
        rows=tuple(rows),
        empty_zh=empty[0],
        empty_en=empty[1],
    )


def chart(key: str, title: Words, series: Iterable[ChartSeries], *, source: Words, **more: Any) -> Chart:
    """Return a chart; ``type`` is bar or line."""
    found = tuple(series)
    unit = found[0].unit if found else ""
    return Chart(
        key=key,
        title_zh=title[0],
        title_en=title[1],
        unit=unit,
        source=source[0],
        source_en=source[1],
        series=found,
        **more,
    )


def series(key: str, label: Words, points: Iterable[tuple[str, float | None]], unit: str = "") -> ChartSeries:
    """Return one line or bar set."""
    return ChartSeries(key=key, label_zh=label[0], label_en=label[1], unit=unit, points=tuple(points))


def missing(label: Words, reason: Words) -> Missing:
    """Return something that is not there yet."""
    return Missing(label_zh=label[0], label_en=label[1], reason_zh=reason[0], reason_en=reason[1])
