"""The item of silent points of an enterprise: one row, although its points may belong to two feeds.

Each feed says which of its own points are silent; the row holds them all and is over when none is left.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts import sentences
from alerts.alert import Alert
from alerts.life import Event
from alerts.rules import graver

Members = list[dict[str, Any]]


def told(alert: Alert | None, data: Mapping[str, Any], full: Mapping[str, Any], now: datetime) -> list[Event]:
    """Return the events that make the item say which points are silent.

    ``data`` = {feed, members: [{sensor_id, since}], open, late, zone}; ``alert`` is the open row, if there is one.
    """
    feed = data["feed"]
    silent = alert is not None and alert.condition != "normal"
    held = list(alert.members) if alert is not None and silent else []
    others = [dict(m) for m in held if m.get("feed") != feed]
    members: Members = [*others, *({**m, "feed": feed} for m in data["members"])]
    members.sort(key=lambda m: (m["since"], m["sensor_id"]))
    past = dict(alert.evidence) if alert is not None and silent else {}
    evidence = _evidence(past, data, members)
    if not members:
        if alert is None or not silent:
            return []
        zh, en = _over(full, evidence, now)
        said: dict[str, Any] = {"text_zh": zh, "text_en": en, "evidence": evidence}
        return [Event(type="returned", at=now, data=said | {"backfilled": evidence["backfilled"]})]
    zh, en = _sentence(full, members, evidence, data["zone"])
    level = _level(full["level"], evidence)
    said = {"members": members, "evidence": evidence, "text_zh": zh, "text_en": en, "level": level}
    since = datetime.fromisoformat(members[0]["since"])
    if alert is None:
        row = {key: value for key, value in full.items() if not key.startswith("name_")}
        return [Event(type="raised", at=since, data=row | said)]
    if not silent:
        return [Event(type="reactivated", at=since, data=said)]
    if _same(held, members) and alert.level == level:
        return []
    said["level"] = graver(alert.level, level)
    return [Event(type="members_changed", at=now, data=said)]


def _same(held: list[Mapping[str, Any]], members: Members) -> bool:
    return {m["sensor_id"] for m in held} == {m["sensor_id"] for m in members}


def _evidence(past: Mapping[str, Any], data: Mapping[str, Any], members: Members) -> dict[str, Any]:
    feed = data["feed"]
    opened = {name: found for name, found in past.get("open", {}).items() if name != feed}
    late = {**past.get("late", {}), feed: data["late"]}
    since = [*([past["since"]] if "since" in past else []), *(m["since"] for m in members)]
    return {
        "open": opened | ({feed: data["open"]} if data["open"] else {}),
        "late": late,
        "backfilled": sum(late.values()),
        "points": max(past.get("points", 0), len(members)),
        "since": min(since, key=datetime.fromisoformat) if since else None,
        "sounded": True,
    }


def _level(least: str, evidence: Mapping[str, Any]) -> str:
    level = least
    for found in evidence["open"].values():
        level = graver(level, found["level"])
    return level


def _sentence(
    full: Mapping[str, Any], members: Members, evidence: Mapping[str, Any], zone: Any
) -> sentences.Sentence:
    since = datetime.fromisoformat(members[0]["since"]).astimezone(zone)
    offline = sentences.silence(full["name_zh"], full["name_en"], len(members), since)
    opened = list(evidence["open"].values())
    if not opened:
        return offline
    first = opened[0]
    subject = sentences.Named(*first["subject"])
    last_at = datetime.fromisoformat(first["last_at"]).astimezone(zone)
    others = sum(found["count"] for found in opened) - 1
    return sentences.silence_with_open(offline, subject, first["last_value"], last_at, others)


def _over(full: Mapping[str, Any], evidence: Mapping[str, Any], now: datetime) -> sentences.Sentence:
    since = evidence["since"]
    outage_s = (now - datetime.fromisoformat(since)).total_seconds() if since else 0.0
    return sentences.returned(
        full["name_zh"], full["name_en"], evidence["points"], outage_s, evidence["backfilled"]
    )
