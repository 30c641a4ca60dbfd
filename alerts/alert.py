"""An alert as table ``alert`` holds it, and the labels that are derived from its regions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One occurrence of a rule at a target, column by column; ``id`` is 0 until the row is inserted."""

    id: int = 0
    park_id: int
    rule: str
    rule_version: int
    target_kind: str
    target_id: int
    sensor_id: int | None = None
    station_id: int | None = None
    enterprise_id: int | None = None
    class_: str
    scheme: str = "risk"
    level: str
    stage: str | None = None
    origin: str = "live"
    condition: str = "active"
    acked: bool = False
    suppressed: str = "none"
    latched: bool = False
    drill: bool = False
    raised_at: datetime
    annunciated_at: datetime | None = None
    cleared_at: datetime | None = None
    ended_at: datetime | None = None
    value: float | None = None
    limit_value: float | None = None
    limit_id: int | None = None
    unit: str | None = None
    clause: str | None = None
    flag: str | None = None
    mark: str | None = None
    occurrences: int = 1
    members: tuple[Mapping[str, Any], ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    text_zh: str
    text_en: str
    acked_at: datetime | None = None
    acked_by: str | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    cause: str | None = None
    shelved_until: datetime | None = None
    shelved_once: bool = False
    shelved_by: str | None = None
    shelve_reason: str | None = None
    assigned_to: str | None = None
    close_reason: str | None = None
    close_note: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    version: int = 1

    @property
    def state(self) -> str:
        """The ISA-18.2 label of the three regions."""
        if self.ended_at is not None:
            return "ended"
        if self.suppressed != "none":
            return {"shelved": "shelved", "by_design": "suppressed"}.get(self.suppressed, self.suppressed)
        if self.condition == "unknown":
            return "active_unknown"
        if self.condition == "normal":
            return "returned_latched" if self.acked else "returned_unacked"
        return "active_acked" if self.acked else "active_unacked"

    @property
    def word(self) -> str:
        """One of the five words of the screen."""
        if self.ended_at is not None:
            return "closed"
        if self.suppressed == "shelved":
            return "shelved"
        if self.acked:
            return "acknowledged"
        return "returned" if self.condition == "normal" else "unacknowledged"


_COLUMNS = tuple(f.name for f in fields(Alert))


def from_row(row: Mapping[str, Any]) -> Alert:
    """Make an alert of a row of table ``alert``; columns that are no part of its life are ignored."""
    values = {name: row[name] for name in _COLUMNS if name in row}
    values["class_"] = row["class"]
    for code in ("flag", "mark"):
        raw = values.get(code)
        values[code] = raw.decode("ascii") if isinstance(raw, bytes) else raw
    values["members"] = tuple(values.get("members") or ())
    return Alert(**values)


def to_row(alert: Alert) -> dict[str, Any]:
    """Return the columns of table ``alert`` without ``id``, the derived ``state`` among them."""
    row = {name: getattr(alert, name) for name in _COLUMNS if name not in {"id", "class_"}}
    row["class"] = alert.class_
    row["state"] = alert.state
    row["members"] = [dict(member) for member in alert.members]
    row["evidence"] = dict(alert.evidence)
    return row
