"""Findings of ingest that are no readings: a refused value past a limit, a ledger that does not balance, lost messages.

They speak of our own present, so they are judged by our own clock. A finding that names no end is over when it has
not come again for a minute; a refused gas or hazard value also needs a live reading of that sensor.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from alerts import sentences
from alerts.changes import Change, subject_of, where_of, wording_of
from alerts.life import Event
from alerts.limits import RANK, Bound, Limit, Timeline, Timelines
from alerts.points import SECOND_US, Drill, Finding, Point, microseconds
from alerts.rules import Rule
from alerts.track import Key, any_limit

FEEDS = {"safety": 1, "rest": 2, "gateway": 3}  # target_id of an alert about a feed
# A rule is named after what is found; a value refused on the wrong feed is as bad as a wrong clock.
_KNOWN_AS = {"bad_feed": "bad_clock"}
_LASTS = frozenset({"feed_down"})  # until its end is told
_QUIET_US = 60 * SECOND_US
_LEVELS = {
    "LL": "red",
    "L": "orange",
    "H": "orange",
    "HH": "red",
}  # as the rulebooks of safety streams have them
_DAY_US = 86_400 * SECOND_US


class Held(NamedTuple):
    """A finding that stands, and when it was last made [us]."""

    rule: Rule
    last_us: int
    full: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where findings are judged: the rules by finding, the limits of each safety sensor, the park and the feed."""

    rules: Mapping[str, Rule]
    bounds: Mapping[int, tuple[Point, Timeline]]  # by sensor id
    drills: Sequence[Drill]
    feed: str
    park_id: int | None

    @classmethod
    def of(
        cls,
        rules: Iterable[Rule],
        points: Sequence[Point],
        limits: Iterable[Limit],
        drills: Sequence[Drill],
        feed: str,
    ) -> "Desk":
        """Set up for the points whose values may be refused here; safety streams alone have limits that matter."""
        platform = {str(r.parameters["finding"]): r for r in rules if r.enabled and r.kind == "platform"}
        by_quantity: dict[tuple[str, str], list[Limit]] = defaultdict(list)
        for limit in limits:
            by_quantity[limit.quantity, limit.form].append(limit)
        bounds, known = {}, Timelines()
        clock = platform.get("bad_clock")
        for point in points if clock is not None else ():
            mine = by_quantity.get((point.quantity, point.form))
            if clock is not None and mine and point.stream_class == "safety":
                found = any_limit(clock, _LEVELS, point, mine, known)
                bounds.update({} if found is None else {point.sensor_id: (point, found)})
        return cls(platform, bounds, drills, feed, points[0].park_id if points else None)

    def judge(
        self, held: Mapping[Key, Held], findings: Iterable[Finding], heard: Mapping[int, int], now: datetime
    ) -> tuple[dict[Key, Held], list[Change]]:
        """Return what stands after the findings, and the changes; ``heard`` = last live receipt by sensor id [us]."""
        standing, changes = dict(held), []
        now_us = microseconds(now)
        for finding in findings:
            rule = self.rules.get(_KNOWN_AS.get(finding.kind, finding.kind))
            made = None if rule is None else self._raised(rule, finding, now)
            if rule is None or made is None:
                continue
            key = (rule.code, made["target_kind"], made["target_id"])
            if not finding.active:
                changes += self._over(standing, key, now)
            elif key in standing:
                standing[key] = standing[key]._replace(last_us=now_us)
            else:
                standing[key] = Held(rule, now_us, made)
                changes += [_change(key, "raised", now, made), _change(key, "annunciated", now, made)]
        for key in [key for key, each in standing.items() if _is_over(key, each, heard, now_us)]:
            changes += self._over(standing, key, now)
        return standing, changes

    def _over(self, standing: dict[Key, Held], key: Key, now: datetime) -> list[Change]:
        gone = standing.pop(key, None)
        if gone is None:
            return []
        return [_change(key, "cleared", now, {"evidence": gone.full.get("evidence", {})})]

    def _raised(self, rule: Rule, finding: Finding, now: datetime) -> dict[str, Any] | None:
        if rule.parameters["finding"] == "bad_clock":
            return self._refused(rule, finding, now)
        if self.park_id is None:
            return None
        zh, en = sentences.platform(finding.kind, finding.detail)
        return _common(rule, now) | {
            "park_id": self.park_id,
            "target_kind": "feed",
            "target_id": FEEDS.get(self.feed, 0),
            "station_id": finding.station_id,
            "level": rule.level_of(),
            "value": finding.value,
            "evidence": {"finding": finding.kind, "detail": finding.detail, "sounded": True},
            "text_zh": zh,
            "text_en": en,
        }

    def _refused(self, rule: Rule, finding: Finding, now: datetime) -> dict[str, Any] | None:
        """Return the alert of a refused value past a limit, at that limit's level; None where it is harmless."""
        found = self._worst(finding, microseconds(now))
        if found is None or finding.value is None or found[1].limit is None:
            return None
        (point, bound), limit = found, found[1].limit
        over = sentences.limit(
            subject_of(point),
            finding.value,
            stage=bound.stage,
            limit_value=limit.value,
            clause=limit.words,
            wording=wording_of(rule, point),
        )
        sent_at = None if finding.time_us is None else point.local(finding.time_us)
        zh, en = sentences.bad_clock(over, _reason(finding, microseconds(now)), sent_at)
        level = rule.parameters.get("level", "of_limit")
        return (
            _common(rule, now)
            | where_of(point)
            | {
                "target_kind": "sensor",
                "target_id": point.sensor_id,
                "sensor_id": point.sensor_id,
                "level": bound.level if level == "of_limit" else level,
                "stage": bound.stage,
                "drill": _in_drill(self.drills, point, now),
                "value": finding.value,
                "limit_value": limit.value,
                "limit_id": limit.id,
                "unit": point.unit,
                "clause": limit.words,
                "evidence": {
                    "finding": finding.kind,
                    "detail": finding.detail,
                    "sent_at": None if sent_at is None else sent_at.isoformat(),
                    "stage": bound.stage,
                    "sounded": True,
                },
                "text_zh": zh,
                "text_en": en,
            }
        )

    def _worst(self, finding: Finding, now_us: int) -> tuple[Point, Bound] | None:
        """Return the gravest bound a refused value is past, by the limits of now: its own time is in doubt."""
        found = None if finding.sensor_id is None else self.bounds.get(finding.sensor_id)
        if found is None or finding.value is None:
            return None
        point, bounds = found
        past = [bound for bound in bounds.at(now_us) if bound.sign * finding.value > bound.edge]
        worst = max(past, key=lambda bound: RANK[bound.slot], default=None)
        return None if worst is None else (point, worst)


def _is_over(key: Key, held: Held, heard: Mapping[int, int], now_us: int) -> bool:
    if held.rule.parameters["finding"] in _LASTS or now_us - held.last_us < _QUIET_US:
        return False
    return key[1] != "sensor" or heard.get(key[2], 0) > held.last_us


def _common(rule: Rule, now: datetime) -> dict[str, Any]:
    return {
        "rule": rule.code,
        "rule_version": rule.version,
        "class": rule.class_,
        "scheme": "risk",
        "origin": "live",
        "raised_at": now,
    }


def _change(key: Key, kind: str, now: datetime, data: Mapping[str, Any]) -> Change:
    said = data if kind != "annunciated" else {}
    return Change(key=key, event=Event(type=kind, at=now, data=said), given=data if kind != "cleared" else {})


def _in_drill(drills: Iterable[Drill], point: Point, now: datetime) -> bool:
    return any(d.covers(point.park_id, point.station_id, microseconds(now)) for d in drills)


def _reason(finding: Finding, now_us: int) -> str:
    if finding.kind == "bad_feed":
        return "wrong_feed"
    if finding.time_us is None:
        return finding.detail or "no_offset"
    if finding.time_us > now_us:
        return "future"
    return "too_old" if now_us - finding.time_us > _DAY_US else finding.detail


def hold(rule: Rule, full: Mapping[str, Any], raised_at: datetime) -> Held:
    """Return a finding that stood when the process before this one died."""
    return Held(rule, microseconds(raised_at), full)
