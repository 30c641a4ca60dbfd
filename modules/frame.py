"""One page frame for the seven modules: cards, tables, charts, and what is still missing."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Status = Literal["normal", "red", "orange", "yellow", "blue", "stale", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One figure; ``value`` None means not known, and the reason is said."""

    key: str
    label_zh: str
    label_en: str
    value: float | str | None
    unit: str = ""
    decimals: int = 0
    at: datetime | None = None
    age_s: float | None = None
    source: str
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
    type: Literal["text", "number", "time", "level", "state", "link"] = "text"
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows behind the figures."""

    key: str
    title_zh: str
    title_en: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
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
    kind: Literal["bar", "line"]
    series: tuple[Series, ...]


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
    missing: tuple[Missing, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return plain containers; instants stay aware datetimes for the API to print."""
        return asdict(self)
