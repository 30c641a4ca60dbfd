"""The shapes of exceedances, of compliance and of the hour that is running."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.shapes import Listing


class Owner(BaseModel):
    """Whose outlet it is."""

    id: int
    code: str
    name_zh: str
    name_en: str


class Outlet(BaseModel):
    """Where it is measured."""

    id: int
    code: str
    kind: str
    outlet_kind: str | None
    name_zh: str
    name_en: str


class Factor(BaseModel):
    """What is measured there."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    decimals: int


class LegalLimit(BaseModel):
    """The limit that was in force at the time of the data."""

    id: int
    value: float
    unit: str
    reference_o2: float | None = Field(description="[%]")
    kind: str = Field(description="permit agreement local industry integrated")
    standard: str
    clause: str
    stage: str


class MarkRef(BaseModel):
    """A mark that touches the period."""

    id: int
    kind: str
    code: str
    state: str


class CorrectionRef(BaseModel):
    """A correction that touches the period."""

    id: int
    kind: str
    state: str


class AlertRef(BaseModel):
    """The alert that speaks of the period."""

    id: int
    state: str
    acked: bool
    origin: str


class Exceedance(BaseModel):
    """An hour or a day over its limit."""

    place: int = Field(description="in the order of the list, from 1")
    sensor_id: int
    enterprise: Owner | None
    station: Outlet
    quantity: Factor
    form: str = Field(description="Zs: at reference oxygen, measured so or converted; empty: as measured")
    period: Literal["hour", "day"]
    start: datetime
    end: datetime
    period_words: str = Field(description="08:00-09:00 with its day, as it is printed")
    value: float
    value_text: str = Field(
        description="with the decimals of the quantity, and more where it would print as its limit"
    )
    limit: LegalLimit
    factor: str | None = Field(
        description="(C - C0) / C0 as it is printed; null: lower limit, or a limit of 0"
    )
    run: int = Field(description="this is the n-th hour, or day, over the limit without a break")
    exceeding_days: int = Field(
        description="days with any exceedance of this sensor in the 30 that end with this one"
    )
    flag: str
    samples: int
    expected: int
    late: bool = Field(
        description="found after closing: by late data, a correction, a mark that fell, or our own delay"
    )
    found_at: datetime = Field(description="when the first revision over the limit was made")
    revision: int
    cause: str
    marks: list[MarkRef]
    corrections: list[CorrectionRef]
    alert: AlertRef | None


class ExceedancePage(Listing[Exceedance]):
    """One page, and how many there are in all."""

    total: int
    from_: datetime = Field(alias="from")
    to: datetime


class Counts(BaseModel):
    """Judged and over; the rates are compliant / judged, null where nothing could be judged."""

    hours_judged: int
    hours_over: int
    hours_rate: float | None
    days_judged: int
    days_over: int
    days_rate: float | None
    max_factor: str | None
    max_value: float | None
    max_limit: float | None


class Compliance(Counts):
    """One factor of one outlet."""

    sensor_id: int
    form: str
    enterprise: Owner | None
    station: Outlet
    quantity: Factor


class EnterpriseCompliance(Counts):
    """All outlets of one enterprise."""

    enterprise: Owner | None


class Unjudged(BaseModel):
    """An outlet whose valid hours could be held against nothing."""

    enterprise: Owner | None
    station: Outlet
    partly: bool = Field(description="other pollutants of the outlet have a limit")
    quantities: list[Factor] = Field(
        description="pollutants without any limit of an hour or a day, in either form"
    )


class ComplianceSheet(BaseModel):
    """Compliance rate (排放达标率) of [from, to): compliant / judgeable records; ``unjudged`` is in none of it."""

    from_: datetime = Field(alias="from")
    to: datetime
    total: Counts
    enterprises: list[EnterpriseCompliance]
    items: list[Compliance]
    unjudged: list[Unjudged]


class RunningHour(BaseModel):
    """Where an hour that has begun is going; nothing of it sounds."""

    sensor_id: int
    enterprise: Owner | None
    station: Outlet
    quantity: Factor
    form: str
    converted: bool = Field(description="the mean so far is converted by the mean oxygen so far")
    mean: float | None = Field(description="so far; null: no valid minute yet")
    mean_text: str | None
    valid_minutes: int
    minutes_left: float
    rest_below: float | None = Field(
        description="what the mean of the rest must not exceed, in the unit of the limit"
    )
    outlook: Literal["open", "cannot be met", "cannot be exceeded", "no data"]
    on_course: bool | None = Field(description="the mean so far is within the limit")
    limit: LegalLimit
    text_zh: str
    text_en: str


class RunningHours(BaseModel):
    """Every outlet with an hourly limit, the nearest to its limit first."""

    at: datetime
    start: datetime
    end: datetime
    minutes_passed: float
    items: list[RunningHour]
