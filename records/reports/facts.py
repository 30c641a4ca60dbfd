"""What a report says, whatever file it is written to: every number of it stands here once; pure.

Times are aware and in the park's zone; periods hold their start and not their end. Values are in the unit beside them.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from records.reports.findings import Compliance, Deed, Exceedance, Missing, Rate, Revision

Kind = Literal["daily", "monthly", "annual"]
KINDS: tuple[Kind, ...] = ("daily", "monthly", "annual")
_DIGITS = 9  # more than any file prints
NEVER = datetime.min  # noqa: DTZ901 - stands for no instant at all


@dataclass(frozen=True, slots=True)
class Sealed:
    """The finalised month that the facts stand for."""

    number: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cover:
    """What the report is about; ``until`` is the end, or the last whole hour where the period is not over."""

    kind: Kind
    park: str
    park_code: str
    timezone: str
    enterprise: str | None  # None: the whole park
    enterprise_code: str | None
    sector: str
    zone: str
    start: datetime
    end: datetime
    until: datetime
    sealed: Sealed | None = None
    revision: int = 0
    made_at: datetime = NEVER

    @property
    def subject(self) -> str:
        """Return the enterprise, or the park."""
        return self.enterprise or self.park

    @property
    def over(self) -> bool:
        """Return whether the period was over when the facts were put together."""
        return self.until >= self.end


@dataclass(frozen=True, slots=True)
class Figure:
    """A record of one period; values are None unless ``status`` is valid. Without a record: revision 0."""

    status: str
    mean: float | None
    min: float | None
    max: float | None
    expected: int
    samples: int
    flag: str
    converted: float | None  # mean at reference oxygen
    amount: float | None  # [m³] of a flow
    mass: float | None  # [kg]
    revision: int


def absent(expected: int) -> Figure:
    """Return the figure of a period that has no record, of so many samples due."""
    return Figure("none", None, None, None, expected, 0, "", None, None, None, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One hour, day or month of a point, or the whole period."""

    start: datetime
    end: datetime
    figure: Figure


@dataclass(frozen=True, slots=True)
class Limit:
    """A lawful limit in force in the period; what nobody has verified is none."""

    basis: str
    stage: str
    value: float
    unit: str
    kind: str
    standard: str
    clause: str
    converted: bool  # holds for the value at reference oxygen


@dataclass(frozen=True, slots=True)
class Point:
    """One quantity of one outlet: its hours, days or months, and the whole period."""

    enterprise: str
    outlet_code: str
    outlet: str
    quantity: str
    name: str
    unit: str
    decimals: int
    converts: bool  # has values at reference oxygen
    auxiliary: bool  # flow, oxygen, temperature: beside the pollutants
    weighed: bool  # has a mass wherever it is valid
    limits: tuple[Limit, ...]
    rows: tuple[Row, ...]
    whole: Row


@dataclass(frozen=True, slots=True)
class Stand:
    """What one rule of substitution stands for in a total."""

    method: str
    standard: str
    verified: bool
    hours: int
    kg: float


@dataclass(frozen=True, slots=True)
class Emission:
    """What an enterprise let out of one pollutant [kg], against what it may in the year."""

    enterprise: str
    pollutant: str
    measured_kg: float | None  # None: not one hour was measured
    substituted_kg: float
    calculated_kg: float
    year_kg: float | None
    allowance_kg: float | None
    missing_hours: int
    unsubstituted_hours: int  # of these, hours that nothing stands for
    stands: tuple[Stand, ...] = ()

    @property
    def total_kg(self) -> float | None:
        """Return everything of the period [kg]; None: nothing was measured, replaced or calculated."""
        if self.measured_kg is None and not self.substituted_kg and not self.calculated_kg:
            return None
        return (self.measured_kg or 0.0) + self.substituted_kg + self.calculated_kg

    @property
    def substituted_share(self) -> float | None:
        """Return the share of the total that is not measured [%]."""
        total = self.total_kg
        return 100 * (self.substituted_kg + self.calculated_kg) / total if total else None

    @property
    def used(self) -> float | None:
        """Return the share of the year's allowance [%] that is used up."""
        if self.year_kg is None or not self.allowance_kg:
            return None
        return 100 * self.year_kg / self.allowance_kg


@dataclass(frozen=True, slots=True)
class Air:
    """The AQI of an air station in one hour or day; None: there is none, ``why`` says so."""

    station: str
    start: datetime
    end: datetime
    aqi: int | None
    level: str
    rgb: tuple[int, int, int] | None
    primary: str
    edition: str
    why: str
    sand: bool = False


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One line of the park's report."""

    name: str
    outlets: int
    hours_over: int
    days_over: int
    effective: float | None
    missing_hours: int
    marks: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A whole report."""

    cover: Cover
    pass_rate: float  # effective rate that passes [%]
    points: tuple[Point, ...] = ()
    exceedances: tuple[Exceedance, ...] = ()
    compliance: tuple[Compliance, ...] = ()
    rates: tuple[Rate, ...] = ()
    missing: tuple[Missing, ...] = ()
    marks: tuple[Deed, ...] = ()
    corrections: tuple[Deed, ...] = ()
    revisions: tuple[Revision, ...] = ()
    emissions: tuple[Emission, ...] = ()
    air: tuple[Air, ...] = ()
    enterprises: tuple[Enterprise, ...] = ()

    def printed(self, revision: int, made_at: datetime) -> "Facts":
        """Return the facts under the number and time that are printed on the cover."""
        return replace(self, cover=replace(self.cover, revision=revision, made_at=made_at))

    def digest(self) -> bytes:
        """Return the SHA-256 of everything but revision and time of making: equal facts have equal digests."""
        tree = asdict(self)
        for name in ("revision", "made_at"):
            del tree["cover"][name]
        if self.cover.over:
            del tree["cover"]["until"]
        text = json.dumps(_plain(tree), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).digest()


def _plain(value: Any) -> Any:
    """Return a tree of words; a sum depends in its last digits on the order in which it was added up."""
    match value:
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case float():
            return f"{value:.{_DIGITS}g}"
        case datetime():
            return value.isoformat()
    return value
