"""Where an intended event meets the alert as it really stands; the row has the last word.

An occurrence that begins while the row of its rule and target is open is a reactivation of that row; after the row
has ended it is a new one. A row that a person closed while nothing was known is raised anew when it still holds.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts import offline_item, sentences
from alerts.alert import Alert
from alerts.changes import Change, subject_of
from alerts.life import Event, fold, may_annunciate
from alerts.limits import RANK, SLOTS
from alerts.points import microseconds

# These say something of a row that is open; where there is none, nothing happens.
_NEEDS_ROW = frozenset({"cleared", "returned", "unknown", "revised", "members_changed", "unshelved"})
_IDENTITY = frozenset(
    [
        "park_id",
        "rule",
        "target_kind",
        "target_id",
        "sensor_id",
        "station_id",
        "enterprise_id",
        "class",
        "scheme",
        "origin",
        "suppressed",
        "raised_at",
    ]
)
_OF_STAGE = frozenset(
    [
        "level",
        "stage",
        "value",
        "limit_value",
        "limit_id",
        "unit",
        "clause",
        "flag",
        "mark",
        "text_zh",
        "text_en",
    ]
)


def settle(
    alert: Alert | None,
    change: Change,
    shelf: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> tuple[Alert | None, list[Event]]:
    """Return the alert after the intended event, and the events that really happen to it.

    A sound is dated ``now``, when people hear it; without it, as in a replay, by the data's time.

    ``shelf`` is what ``rows.carried`` found for the target: a new row begins shelved and does not sound.
    """
    event = change.event
    if event.type == "members_changed":
        told = offline_item.told(_open(alert), event.data, {**change.full, **(shelf or {})}, event.at)
        alert = _open(alert) if told else alert
    elif event.type == "found_late":
        alert, told = _open(alert), _found_late(_open(alert), change)
    elif alert is None or alert.ended_at is not None:
        if event.type in _NEEDS_ROW or not (change.of or change.given):
            return alert, []
        alert, told = None, _raised(change, shelf or {})
    else:
        told = _on_open_row(alert, change)
    happened = []
    for each in told:
        if each.type == "annunciated" and (alert is None or not _may_sound(alert)):
            continue
        heard = replace(each, at=now) if each.type == "annunciated" and now is not None else each
        alert = fold(alert, heard)
        happened.append(heard)
    return alert, happened


def _open(alert: Alert | None) -> Alert | None:
    return alert if alert is not None and alert.ended_at is None else None


def _raised(change: Change, shelf: Mapping[str, Any]) -> list[Event]:
    event, full = change.event, change.full
    at = event.at if event.type == "raised" else full.get("raised_at", event.at)
    data = {key: value for key, value in full.items() if key != "raised_at"} | dict(shelf)
    first = Event(type="raised", at=at, data=data)
    # It was closed while nothing was known of it, and live data say that it still holds.
    anew = event.type == "known" and event.data.get("fresh")
    if anew or event.type == "annunciated":
        return [first, Event(type="annunciated", at=event.data.get("now", event.at))]
    return [first]


def _on_open_row(alert: Alert, change: Change) -> list[Event]:
    event = change.event
    match event.type:
        case "raised":
            return [_reactivated(alert, change)]
        case "level_raised":
            return [Event(type="level_raised", at=event.at, data=_anew(alert, event.data))]
        case "annunciated":
            return [_announced(alert, change)]
        case "cleared" | "returned":
            return [] if alert.condition == "normal" else [_cleared(alert, change)]
        case "unknown":
            return [] if alert.condition in {"normal", "unknown"} else [event]
        case "known":
            return [event] if alert.condition == "unknown" else []
        case "unshelved":
            return [event] if alert.suppressed == "by_design" else []
        case _:
            return [event]


def _reactivated(alert: Alert, change: Change) -> Event:
    data = _anew(alert, change.event.data)
    # One cloud, one siren: what sounded and was not acknowledged does not sound again.
    heard = not alert.acked and alert.annunciated_at is not None
    data["evidence"] = _with_past(alert, data["evidence"]) | {"heard": heard}
    return Event(type="reactivated", at=change.event.at, data=data)


def _anew(alert: Alert, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event says anew: a stage below the row's own leaves its level, value and sentence alone."""
    said = {key: value for key, value in data.items() if key not in _IDENTITY}
    said["evidence"] = _with_past(alert, said.get("evidence", {}))
    if _rank(said.get("stage")) < _rank(alert.stage):
        said = {key: value for key, value in said.items() if key not in _OF_STAGE}
    return said


def _rank(stage: str | None) -> int:
    return RANK[SLOTS.index(stage)] if stage in SLOTS else 1


def _with_past(alert: Alert, evidence: Mapping[str, Any]) -> dict[str, Any]:
    past = alert.evidence.get("retrospective")
    return dict(evidence) | ({"retrospective": past} if past else {})


def _may_sound(alert: Alert) -> bool:
    return may_annunciate(alert) and not alert.evidence.get("heard")


def _announced(alert: Alert, change: Change) -> Event:
    evidence = dict(alert.evidence) | {"sounded": True}
    data = dict(change.event.data) | {"evidence": evidence, "origin": "live"}
    if change.of is not None and change.of.latches:
        data["latch"] = True
    return Event(type="annunciated", at=change.event.data.get("now", change.event.at), data=data)


def _cleared(alert: Alert, change: Change) -> Event:
    """Return the clearing; an occurrence that nobody heard live is counted, and said, as back-filled."""
    event = change.event
    evidence = _with_past(alert, event.data.get("evidence", {}))
    if evidence.get("sounded", True) or alert.suppressed != "none" or change.point is None:
        return Event(type=event.type, at=event.at, data=dict(event.data) | {"evidence": evidence})
    found = _counted(alert.evidence.get("retrospective", {}), event)
    data = dict(event.data) | {"evidence": evidence | {"retrospective": found}}
    if alert.origin == "retrospective":
        data |= _retrospective_words(change, found)
    return Event(type=event.type, at=event.at, data=data)


def _found_late(alert: Alert | None, change: Change) -> list[Event]:
    """Return the events of an occurrence that only late readings show: over before anybody knew of it."""
    event = change.event
    cleared_at = datetime.fromisoformat(event.data["cleared_at"])
    over = Event(type="cleared", at=cleared_at, data=event.data)
    past = {} if alert is None else alert.evidence.get("retrospective", {})
    found = _counted(past, over)
    evidence = dict(event.data["evidence"]) | {"sounded": False, "retrospective": found}
    words = _retrospective_words(change, found)
    if alert is None:
        full = {key: value for key, value in change.full.items() if key != "raised_at"}
        condition = {"origin": "retrospective", "condition": "normal", "cleared_at": event.data["cleared_at"]}
        return [Event(type="raised", at=event.at, data=full | condition | words | {"evidence": evidence})]
    if alert.condition == "normal" and alert.origin == "live":
        again = _reactivated(
            alert, Change(key=change.key, event=Event(type="raised", at=event.at, data=change.full))
        )
        return [again, Event(type="cleared", at=cleared_at, data={"evidence": evidence})]
    kept = dict(alert.evidence) | {"retrospective": found}
    said = {"occurrences": alert.occurrences + 1, "evidence": kept}
    if alert.condition == "normal":
        said |= _anew(alert, change.full) | words | said | {"cleared_at": event.data["cleared_at"]}
    return [Event(type="revised", at=event.at, data=said)]


def _retrospective_words(change: Change, found: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentence that counts what was found late; one official period alone says itself better."""
    point = change.point
    if point is None or (change.of is None and found["count"] == 1):
        return {}
    start, end = (microseconds(datetime.fromisoformat(found[name])) for name in ("from", "to"))
    zh, en = sentences.retrospective(
        subject_of(point), found["count"], found["peak"], point.local(start), point.local(end)
    )
    return {"text_zh": zh, "text_en": en}


def _counted(past: Mapping[str, Any], event: Event) -> dict[str, Any]:
    """Return how often, how high and when back-filled data were past the limit, this occurrence included."""
    data, evidence = event.data, event.data["evidence"]
    peak, peak_at = data["peak_value"], data["peak_at"]
    this = {
        "count": 1,
        "readings": data["count"],
        "peak": peak,
        "peak_at": peak_at,
        "from": evidence["from"],
        "to": event.at.isoformat(),
    }
    if not past:
        return this
    lower = str(evidence.get("stage", "")).startswith("L")
    higher = past["peak"] <= peak if lower else past["peak"] >= peak
    return {
        "count": past["count"] + 1,
        "readings": past["readings"] + data["count"],
        "peak": past["peak"] if higher else peak,
        "peak_at": past["peak_at"] if higher else peak_at,
        "from": min(past["from"], this["from"], key=datetime.fromisoformat),
        "to": max(past["to"], this["to"], key=datetime.fromisoformat),
    }
