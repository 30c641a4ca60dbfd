"""The shapes of data loggers in the API: what they are, what they sent, what was asked of them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.shapes import EnterpriseRef

CommandState = Literal[
    "waiting_second", "queued", "sent", "accepted", "done", "refused", "failed", "timed_out", "cancelled"
]
Period = Literal["minute", "hour", "day"]


class PlaceRef(BaseModel):
    """The station something belongs to."""

    id: int
    code: str
    name_zh: str
    name_en: str


class Logger(BaseModel):
    """A data logger; its password and key are shown to nobody."""

    mn: str = Field(description="device number")
    station: PlaceRef | None
    enterprise: EnterpriseRef | None
    edition: int | None = Field(description="of HJ 212: 2005 2017 2025")
    admitted: bool
    admitted_at: datetime | None
    admitted_by: str | None
    refused_at: datetime | None = Field(
        description="since when it is not wanted; null: it is, or waits for a word"
    )
    refused_by: str | None
    has_password: bool
    has_key: bool
    online: bool
    since: datetime | None = Field(description="since when online or offline")
    first_seen: datetime | None
    last_seen: datetime | None
    peer: str | None = Field(description="where it last called from")
    system: str | None = Field(description="ST of its newest frame")
    frames: int
    defects: int
    clock_offset_s: float | None = Field(description="its clock minus ours [s]")
    deviations: list[str] = Field(description="what it does otherwise than the standard")
    minute_interval_min: int = Field(description="length of its minute periods [min]")
    waiting: int = Field(description="its messages that wait in quarantine")
    open_gaps: int


class LoggerSession(BaseModel):
    """One connection of a logger."""

    id: int
    peer: str
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: Literal["logger", "network", "us"] | None
    frames: int
    defects: int


class LoggerGap(BaseModel):
    """A time for which a logger's data are missing, and how far fetching them back is; [from, to)."""

    id: int
    period: Period
    from_time: datetime
    to_time: datetime
    found_at: datetime
    state: Literal["found", "asked", "filled", "given_up"]
    tries: int
    next_at: datetime
    command_id: int | None
    filled_at: datetime | None
    given_up_at: datetime | None


class LoggerCommand(BaseModel):
    """Something asked of a logger; times among its parameters are local digits, a password is hidden."""

    id: int
    mn: str
    station: PlaceRef | None
    cn: str
    name_zh: str
    name_en: str
    parameters: dict[str, str]
    cause: Literal["person", "gap", "clock"]
    reason: str
    state: CommandState
    requested_by: str
    requested_at: datetime
    expires_at: datetime | None = Field(description="until when a second person may sign")
    second_by: str | None
    second_at: datetime | None
    qn: str | None
    tries: int
    sent_at: datetime | None
    answered_at: datetime | None
    qn_rtn: int | None
    qn_rtn_zh: str | None
    qn_rtn_en: str | None
    exe_rtn: int | None
    exe_rtn_zh: str | None
    exe_rtn_en: str | None
    frames: int = Field(description="frames of data that answered it")
    result: dict[str, Any]
    finished_at: datetime | None


class LoggerDetail(Logger):
    """A logger with its newest connections, its gaps and what was last asked of it."""

    sessions: list[LoggerSession] = Field(description="newest first, 20 at most")
    gaps: list[LoggerGap] = Field(description="open ones first, then the newest, 50 at most")
    commands: list[LoggerCommand] = Field(description="newest first, 20 at most")


class RawFrame(BaseModel):
    """A frame as it came; ``text`` where it is UTF-8, its password hidden."""

    received_at: datetime
    mn: str
    st: str | None
    cn: str
    qn: str | None
    pno: int | None
    data_time: datetime | None
    resent: bool
    source: Literal["tcp", "mqtt"]
    peer: str | None
    bytes: int
    text: str | None
    base64: str | None = Field(
        description="bytes, for those who may command, the password hidden from all but an administrator; null for others"
    )


class HeldFrame(BaseModel):
    """A message of a logger that waits in quarantine; ``text`` where it is UTF-8, its password hidden."""

    id: int = Field(description="of the quarantined message")
    received_at: datetime
    last_seen_at: datetime
    reason: str
    detail: str
    seen: int
    peer: str | None
    bytes: int
    text: str | None
    base64: str = Field(description="bytes, the password hidden")


class AdmissionPlace(BaseModel):
    """A station that a logger may be admitted to."""

    id: int
    code: str = Field(description="park/code")
    kind: str
    name_zh: str
    name_en: str
    enterprise: EnterpriseRef | None
    other_at: datetime | None = Field(
        description="when its newest values came by another way, which an admission shuts; null: by none, of late"
    )


class LoggerReport(BaseModel):
    """What a logger told beside values: states, running times, restarts, information."""

    mn: str
    cn: str
    name_zh: str
    name_en: str
    time: datetime
    data: dict[str, Any]
    resent: bool
    received_at: datetime


class Unregistered(BaseModel):
    """A code that a logger sends and nobody has admitted; its values are stored as sent and judged by nothing."""

    id: int = Field(description="of the sensor")
    station: PlaceRef
    code: str
    form: str
    registered: bool = Field(description="whether the code is in the registry of quantities")
    name_zh: str | None
    name_en: str | None
    unit: str | None = Field(description="of the registry")
    first_at: datetime | None
    last_at: datetime | None
    value: float | None
    flag: str | None
    count_day: int = Field(description="values of the last 24 h")


class ReleasedFrames(BaseModel):
    """What became of the messages that waited for a logger, and of the values in them; ``left`` wait still."""

    messages: int
    stored: int = Field(description="values")
    duplicate: int = Field(description="values")
    quarantined: int = Field(description="values; of a message that is refused as a whole, what it holds")
    left: int = Field(description="messages")


class StaysHeld(BaseModel):
    """Messages that stay in quarantine for one reason."""

    reason: str = Field(description="reason, or cause, as in the quarantine")
    messages: int
    items: int


class Admission(BaseModel):
    """An admitted logger and what became of the messages that waited for it."""

    logger: Logger
    released: ReleasedFrames
    held: list[StaysHeld] = Field(description="why messages of it stay in quarantine, most first")
