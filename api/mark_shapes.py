"""The shapes of marks on data, as the OpenAPI document shows them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.free_text import Printable
from api.logger_shapes import PlaceRef
from api.shapes import EnterpriseRef, Listing
from api.validity_shapes import SensorRef
from api.visit import Instant

Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*\S[^\x00]*$"), Printable]
Kind = Literal["device", "condition"]
State = Literal["filed", "confirmed", "fallen_back", "refused", "withdrawn"]
Effect = Literal["invalid", "exempt", "stopped"]


class NewMark(BaseModel):
    """What is said of the data of a station, or of one sensor."""

    model_config = ConfigDict(extra="forbid")
    station: Annotated[str | None, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")] = None
    sensor: int | None = Field(None, ge=1, le=2**31 - 1, description="null: the whole station")
    kind: Kind
    code: Annotated[str, Field(max_length=40, description="see /api/v1/mark-codes")]
    starts_at: Instant = Field(description="a whole minute")
    ends_at: Instant = Field(description="a whole minute, not included; at most 31 days later")
    reason: Text


class Decision(BaseModel):
    """What the bureau says of a mark."""

    model_config = ConfigDict(extra="forbid")
    decision: Literal["confirmed", "refused"]
    note: Text | None = Field(None, description="why; needed to refuse")


class Withdrawal(BaseModel):
    """Why a mark is taken back."""

    model_config = ConfigDict(extra="forbid")
    note: Text | None = None


class VoucherRef(BaseModel):
    """A file that proves a mark; its content is at /api/v1/attachments/{id}."""

    id: int
    name: str
    media_type: str
    bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime


class Mark(BaseModel):
    """A mark on data."""

    id: int
    station: PlaceRef
    enterprise: EnterpriseRef | None
    sensor: SensorRef | None = Field(description="null: the whole station")
    kind: Kind
    code: str
    name_zh: str
    name_en: str
    effect: Effect | None = Field(description="on the rates; null: as its kind has it")
    starts_at: datetime
    ends_at: datetime
    reason: str
    filed_by: str
    filed_at: datetime
    voucher_due: datetime = Field(description="it falls back then if there is no voucher")
    due_in_days: int | None = Field(description="days left for the voucher; null: none is awaited")
    state: State
    decided_by: str | None
    decided_at: datetime | None
    note: str | None
    vouchers: list[VoucherRef]


class MarkCodeShape(BaseModel):
    """A code that a mark may have."""

    code: str
    kind: Kind
    sector: str = Field(description="blank: any")
    name_zh: str
    name_en: str
    effect: Effect
    source: str
    verified: bool


class MarkCodes(Listing[MarkCodeShape]):
    """The codes of marks, and the terms of filing one."""

    mark_days: int = Field(description="data may be marked so long after they were measured, or before [d]")
    voucher_day: int = Field(description="vouchers of a month are due by this day of the next")
