"""The shapes of corrections, finalised months and the chain in the API."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.alert_shapes import QuantityRef
from api.logger_shapes import PlaceRef
from api.problems import ProblemShape
from api.shapes import EnterpriseRef
from records.corrections.links import Entry
from records.corrections.proposal import Kind

CorrectionState = Literal["waiting_second", "confirmed", "refused", "withdrawn"]


class Correction(BaseModel):
    """A correction beside the data; it counts once a second person has confirmed it."""

    id: int
    sensor_id: int
    station: PlaceRef
    enterprise: EnterpriseRef | None
    quantity: QuantityRef
    form: str
    kind: Kind
    from_: datetime = Field(alias="from")
    to: datetime
    factor: float | None = Field(description="scale: value * factor + shift")
    shift: float | None
    value: float | None = Field(description="enter: of every minute without a valid one")
    reason: str
    state: CorrectionState
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class TouchedRecord(BaseModel):
    """A record that a correction touches; null: there was or is none, or nobody has computed it yet."""

    sensor_id: int = Field(
        description="the corrected one, or one of its station whose mass or value depends on it"
    )
    quantity: QuantityRef
    form: str = Field(description="Zs: measured so at reference oxygen; empty: as measured")
    period: Literal["hour", "day", "month", "year"]
    start: datetime
    before: dict[str, Any] | None = Field(
        description="as it stood when the correction was proposed, with revision"
    )
    after: dict[str, Any] | None = Field(
        description="as it was computed to become; null: it would not change"
    )
    now: dict[str, Any] | None = Field(description="as it stands")


class TouchedExceedance(BaseModel):
    """An exceedance that the correction adds to the list, or takes off it."""

    sensor_id: int
    period: Literal["hour", "day"]
    start: datetime
    form: str = Field(description="in which it is judged")
    appears: bool = Field(description="false: it disappears")


class TouchedAlert(BaseModel):
    """An alert that stood over the corrected time."""

    id: int
    rule: str
    class_: str = Field(alias="class")
    level: str
    state: str
    origin: str
    raised_at: datetime
    cleared_at: datetime | None
    text_zh: str
    text_en: str


class TouchedMonth(BaseModel):
    """A finalised month that the corrected time lies in: its sheet stays, the change is listed beside it."""

    id: int
    month: str
    sealed_by: str
    sealed_at: datetime


class ChainEntry(BaseModel):
    """An entry of the chain."""

    id: int
    at: datetime
    actor: str
    action: str
    object: str
    content: str = Field(description="canonical JSON, as it was digested")
    previous: str = Field(description="SHA-256, hexadecimal")
    digest: str


class ChainVerdict(BaseModel):
    """What a look through the whole chain found."""

    entries: int
    last: str = Field(description="digest of the newest entry, hexadecimal; keep it apart")
    holds: bool
    defects: list[str]


class CorrectionDetail(Correction):
    """A correction with everything that it touches."""

    records: list[TouchedRecord]
    exceedances: list[TouchedExceedance] = Field(
        description="by the records before and after, against the limits of their time"
    )
    alerts: list[TouchedAlert]
    months: list[TouchedMonth]
    entries: list[ChainEntry]


class CorrectionConflict(ProblemShape):
    """It does not fit how things stand; ``correction`` is the one it is about."""

    correction: Correction | None = None


def entry_shown(entry: Entry) -> dict[str, Any]:
    """Return an entry of the chain as the API shows it."""
    hexed = {"previous": entry.previous.hex(), "digest": entry.digest.hex()}
    return {
        name: getattr(entry, name) for name in ("id", "at", "actor", "action", "object", "content")
    } | hexed
