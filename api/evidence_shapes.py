"""The shapes of the evidence behind one hour."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.correction_shapes import ChainEntry

Row = dict[str, Any]


class EvidenceReading(BaseModel):
    """A reading as it came."""

    time: datetime
    value: float
    flag: str
    mark: str
    received_at: datetime
    averaged: bool = Field(description="whether flag and mark let it into the mean of its minute")


class EvidenceFrame(BaseModel):
    """A raw frame whose data are of the hour."""

    received_at: datetime
    mn: str
    st: str | None
    cn: str
    qn: str | None
    data_time: datetime
    resent: bool
    source: str
    peer: str | None
    size: int = Field(description="bytes as it came")
    sha256: str = Field(description="of the bytes as they came")
    crc_said: str
    crc_computed: str
    crc: Literal["ok", "bad", "encrypted"]
    values: dict[str, str] = Field(description="what it says of this quantity: Rtd, Avg, Flag ...")
    masked: bool = Field(description="its password is hidden here")
    text: str | None = Field(description="null: no UTF-8")
    base64: str | None = Field(description="null: this reader may not have bytes")


class Evidence(BaseModel):
    """Everything behind one hour of one sensor."""

    sensor: Row
    start: datetime
    end: datetime
    label: str = Field(description="period with date and offset")
    record: Row | None = Field(description="as it stands; null: not made yet")
    revisions: list[Row] = Field(description="as it stood before, oldest first, with replaced_at")
    minutes: list[Row] = Field(description="time, n, n_valid, mean, min, max, last, flags")
    readings: list[EvidenceReading] = Field(description="empty where they are no longer kept")
    conflicts: list[Row]
    frames: list[EvidenceFrame]
    conversion: list[str] = Field(description="the steps from the mean to the value, with their numbers")
    inputs: list[Row] = Field(description="role, sensor, and its own record of the hour")
    limits: list[Row] = Field(description="in force at the time of the data")
    reported: list[Row] = Field(description="every word of the logger about the hour")
    marks: list[Row]
    corrections: list[Row]
    files: list[Row] = Field(description="vouchers of the marks and corrections: name, sha256")
    alerts: list[Row]
    missing: Row | None
    months: list[Row] = Field(description="the finalised month that the hour lies in")
    entries: list[ChainEntry]
