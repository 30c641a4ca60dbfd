"""An alert lives in three independent regions and a latch; its row is the fold of its events.

Condition (what the readings say), acknowledgement (whether a person has seen it) and suppression (whether it may
sound) never share one enumeration: ISA-18.2-2016, OPC UA Part 9 section 5.8. An alert is open until its condition
is normal and it is acknowledged and its latch is reset. No data never resolves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from alerts.alert import Alert, from_row, to_row

__all__ = [
    "SYSTEM",
    "Alert",
    "Event",
    "ImpossibleEventError",
    "fold",
    "from_row",
    "jsonable",
    "may_annunciate",
    "to_row",
]

SYSTEM = "system"
_words = str.split

# The whole vocabulary of alert_event.type.
EVENT_TYPES = frozenset(
    _words(
        "raised annunciated level_raised unknown known cleared returned reactivated acknowledged confirmed shelved "
        "unshelved commented assigned reset closed revised members_changed drill"
    )
)


class ImpossibleEventError(ValueError):
    """The event does not fit the life of this alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an alert.

    ``at`` is the reading's own time for condition events, and the present for what people and the platform do.
    """

    type: str
    at: datetime
    actor: str = SYSTEM
    data: Mapping[str, Any] = field(default_factory=dict)


# What an event about the condition may say anew about its alert.
_DESCRIPTIVE = frozenset(
    _words(
        "level stage value limit_value limit_id unit clause flag mark occurrences evidence text_zh text_en "
        "rule_version drill origin cleared_at"
    )
)
_IDENTITY = frozenset(
    _words(
        "park_id rule rule_version target_kind target_id sensor_id station_id enterprise_id scheme origin condition "
        "suppressed shelved_until shelved_once shelved_by shelve_reason"
    )
)
# Suppressed by logic or by a filed window: nobody needs to see it.
_DESIGNED = frozenset({"by_design", "out_of_service"})
# After its end an alert still takes these: the reason and the review follow, a shelf outlives the row.
_AFTER_END = frozenset({"closed", "commented", "confirmed", "assigned", "revised", "unshelved", "drill"})


def fold(alert: Alert | None, event: Event) -> Alert:
    """Return the alert after the event; its version grows by one, and the first event makes version 1.

    Raises:
        ImpossibleEventError: the type is unknown, or the event does not fit the alert as it stands.

    """
    if event.type not in EVENT_TYPES:
        raise ImpossibleEventError(f"{event.type!r} is not an event of an alert")
    if alert is None:
        if event.type != "raised":
            raise ImpossibleEventError(f"the first event of an alert is 'raised', not {event.type!r}")
        return _ended(_raise(event), event)
    if event.type == "raised":
        raise ImpossibleEventError(
            "an alert is raised once; a new violation while it is open is 'reactivated'"
        )
    if alert.ended_at is not None and event.type not in _AFTER_END:
        raise ImpossibleEventError(f"alert {alert.id} has ended; {event.type!r} needs a new one")
    return _ended(_changed(alert, event), event)


def may_annunciate(alert: Alert) -> bool:
    """Return whether the alert may sound: not normal, not acknowledged, not suppressed."""
    return (
        alert.ended_at is None
        and alert.condition != "normal"
        and not alert.acked
        and alert.suppressed == "none"
    )


def jsonable(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return event data as JSON can carry it: instants become RFC 3339 text, at any depth."""
    return {key: _plain(value) for key, value in data.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return jsonable(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _described(data: Mapping[str, Any]) -> dict[str, Any]:
    changes = {key: value for key, value in data.items() if key in _DESCRIPTIVE}
    if "members" in data:
        changes["members"] = tuple(data["members"])
    if "cleared_at" in changes:
        changes["cleared_at"] = _instant(changes["cleared_at"])
    return changes


def _raise(event: Event) -> Alert:
    data = event.data
    values = _described(data) | {key: value for key, value in data.items() if key in _IDENTITY}
    values["shelved_until"] = _instant(values.get("shelved_until"))
    by_design = values.get("suppressed") in _DESIGNED
    try:
        return Alert(
            **values,
            class_=data["class"],
            raised_at=event.at,
            acked=by_design,
            latched=bool(data.get("latch")) and not by_design and values.get("origin") != "retrospective",
        )
    except (KeyError, TypeError) as err:
        raise ImpossibleEventError(f"'raised' lacks what an alert needs: {err}") from err


def _changed(alert: Alert, event: Event) -> Alert:
    data, changes = event.data, _described(event.data)
    match event.type:
        case "annunciated":
            if not may_annunciate(alert):
                raise ImpossibleEventError(f"alert {alert.id} may not sound: {alert.state}")
            changes["annunciated_at"] = alert.annunciated_at or event.at
            changes["latched"] = bool(data.get("latch", alert.latched))
        case "level_raised":
            changes |= {"acked": alert.suppressed in _DESIGNED, "condition": "active"}
        case "unknown":
            changes["condition"] = "normal" if alert.condition == "normal" else "unknown"
        case "known":
            changes["condition"] = data.get("condition", "active")
        case "cleared" | "returned":
            changes |= {"condition": "normal", "cleared_at": event.at}
            changes |= _UNSHELVED if alert.suppressed == "shelved" and alert.shelved_once else {}
        case "reactivated":
            changes |= {
                "condition": "active",
                "cleared_at": None,
                "latched": bool(data.get("latch", alert.latched)),
            }
            changes["acked"] = alert.suppressed in _DESIGNED
            changes.setdefault("occurrences", alert.occurrences + 1)
        case "commented" | "revised" | "members_changed" | "drill":
            pass
        case _:
            changes |= _answered(alert, event)
    return replace(alert, version=alert.version + 1, **changes)


_UNSHELVED: dict[str, Any] = {
    "suppressed": "none",
    "shelved_until": None,
    "shelved_once": False,
    "shelved_by": None,
    "shelve_reason": None,
}


def _answered(alert: Alert, event: Event) -> dict[str, Any]:
    """Return what an action of a person changes."""
    data = event.data
    match event.type:
        case "acknowledged":
            return {"acked": True, "acked_at": event.at, "acked_by": event.actor}
        case "confirmed":
            return {
                "confirmed_at": event.at,
                "confirmed_by": event.actor,
                "cause": data.get("cause", alert.cause),
            }
        case "shelved":
            return {
                "suppressed": "shelved",
                "shelved_until": _instant(data["until"]),
                "shelved_once": bool(data.get("once")),
                "shelved_by": event.actor,
                "shelve_reason": data["reason"],
            }
        case "unshelved":
            unack = (
                {"acked": False, "latched": bool(data.get("latch", alert.latched))}
                if data.get("unack")
                else {}
            )
            return _UNSHELVED | unack
        case "assigned":
            return {"assigned_to": data["to"]}
        case "reset":
            return {"latched": False}
        case _:
            return _closed(alert, event)


def _closed(alert: Alert, event: Event) -> dict[str, Any]:
    if alert.condition not in {"normal", "unknown"}:
        raise ImpossibleEventError(f"alert {alert.id} is active and cannot be closed")
    seen = {} if alert.acked else {"acked": True, "acked_at": event.at, "acked_by": event.actor}
    return seen | {
        "condition": "normal",
        "latched": False,
        "close_reason": event.data["reason"],
        "close_note": event.data.get("note"),
        "closed_at": event.at,
        "closed_by": event.actor,
    }


def _ended(alert: Alert, event: Event) -> Alert:
    over = alert.condition == "normal" and alert.acked and not alert.latched
    if not over or alert.ended_at is not None:
        return alert
    known = (event.at, alert.raised_at, alert.cleared_at, alert.acked_at, alert.closed_at)
    return replace(alert, ended_at=max(at for at in known if at is not None))
