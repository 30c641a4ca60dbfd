"""The shapes of alerts in the API, and the word of the screen that a row earns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from alerts.alert import from_row
from api.shapes import EnterpriseRef

Word = Literal["unacknowledged", "acknowledged", "returned", "shelved", "closed"]


class QuantityRef(BaseModel):
    """What was measured."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    decimals: int


class StationRef(BaseModel):
    """Where it was measured."""

    id: int
    code: str
    kind: str
    name_zh: str
    name_en: str
    lat: float
    lon: float


class Alert(BaseModel):
    """One occurrence of one rule at one target."""

    id: int
    version: int = Field(description="commands carry the version they saw")
    park: str
    rule: str
    rule_version: int
    class_: Literal["alarm", "warning", "reminder"] = Field(alias="class")
    scheme: str
    level: str
    stage: str | None
    origin: Literal["live", "retrospective"]
    condition: Literal["pending", "active", "recovering", "normal", "unknown"]
    acked: bool
    suppressed: Literal["none", "shelved", "by_design", "out_of_service"]
    latched: bool
    state: str = Field(description="ISA-18.2 label of the three regions")
    word: Word = Field(description="the word of the screen")
    drill: bool
    raised_at: datetime
    annunciated_at: datetime | None
    cleared_at: datetime | None
    ended_at: datetime | None
    value: float | None
    limit_value: float | None
    unit: str | None
    clause: str | None
    flag: str | None
    mark: str | None
    occurrences: int
    members: list[dict[str, Any]]
    evidence: dict[str, Any]
    text_zh: str
    text_en: str
    last_value: float | None
    last_at: datetime | None
    peak_value: float | None
    peak_at: datetime | None
    count: int
    acked_at: datetime | None
    acked_by: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None
    cause: str | None
    shelved_until: datetime | None
    shelved_by: str | None
    shelve_reason: str | None
    assigned_to: str | None
    close_reason: str | None
    close_note: str | None
    closed_at: datetime | None
    closed_by: str | None
    target_kind: str
    target_id: int
    sensor_id: int | None
    quantity: QuantityRef | None
    station: StationRef | None
    enterprise: EnterpriseRef | None


class AlertEvent(BaseModel):
    """One transition of an alert."""

    id: int
    type: str
    at: datetime
    actor: str
    data: dict[str, Any]


class Snapshot(BaseModel):
    """A camera picture stored with an alert."""

    id: int
    camera_id: int
    phase: Literal["raised", "acknowledged"]
    taken_at: datetime


class AlertDetail(Alert):
    """An alert with its history and pictures."""

    events: list[AlertEvent]
    snapshots: list[Snapshot]


_HIDDEN = frozenset({"park_id", "station_id", "enterprise_id"})


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an alert as the API answers it, from a row of view ``alert_shown``."""
    alert = {key: value for key, value in row.items() if key not in _HIDDEN and not key.startswith("event_")}
    alert["word"] = from_row(row).word
    return alert
