"""The shapes of finalised months in the API; figures are frozen as they were composed."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.correction_shapes import ChainEntry
from api.problems import ProblemShape

MonthStateName = Literal["open", "waiting", "ready", "sealed"]


class Owner(BaseModel):
    """The enterprise of a month."""

    id: int
    code: str
    name_zh: str
    name_en: str


class MonthState(BaseModel):
    """How far a month of an enterprise is."""

    enterprise: Owner
    month: str = Field(description="YYYY-MM")
    state: MonthStateName = Field(
        description="open: not over; waiting: marks or corrections wait; sealed: finalised (定稿)"
    )
    marks: int = Field(description="that wait for a decision")
    corrections: int = Field(description="that wait for a second person")
    sealed_by: str | None
    sealed_at: datetime | None
    changes: int = Field(description="revisions made after it was finalised")


class Blockers(BaseModel):
    """What stands in the way of finalising."""

    unclosed: list[dict[str, Any]] = Field(
        description="sensors whose month is not closed, with hours that wait"
    )
    marks: list[dict[str, Any]] = Field(description="not decided; may be passed over with force and a reason")
    corrections: list[dict[str, Any]] = Field(description="that wait for a second person")


class Change(BaseModel):
    """A revision of a record that was made after the month was finalised (定稿后变更)."""

    sensor_id: int
    station: str
    quantity: str
    form: str
    name_zh: str
    name_en: str
    unit: str
    decimals: int
    period: Literal["hour", "day", "month"]
    start: datetime
    revision: int
    cause: str = Field(description="late, correction 12, mark 3, import 4")
    made_at: datetime
    before: dict[str, Any] | None = Field(
        description="status, mean, min, max, samples, converted, amount, mass"
    )
    after: dict[str, Any]


class MonthSheet(BaseModel):
    """The sheet of a month: frozen once it is finalised, as it stands until then."""

    enterprise: Owner
    month: str
    state: Literal["open", "draft", "sealed"]
    sealed_by: str | None
    sealed_at: datetime | None
    sha256: str | None = Field(description="of the figures in canonical JSON; stands in the chain too")
    figures: dict[str, Any] = Field(description="from, to, outlets with rates and sensors, masses")
    blockers: Blockers | None = Field(description="null: it is finalised")
    changes: list[Change] = Field(description="made after it was finalised, newest first, at most 5000")
    entries: list[ChainEntry]


class MonthConflict(ProblemShape):
    """The month cannot be finalised."""

    blockers: Blockers | None = None
