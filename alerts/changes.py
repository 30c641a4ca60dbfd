"""What judging wants to happen to an alert: an event as intended, and all that a new row would need.

The intent meets the real row in alerts/settle.py, because a person may have closed it meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alerts import sentences
from alerts.life import Event
from alerts.limits import Limit
from alerts.points import Drill, Point, instant
from alerts.region import Crossing, Region, Step
from alerts.rules import Rule
from alerts.track import Key, Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An intended event on the alert of a rule at a target.

    ``given`` is the data of a ``raised`` where no track tells it, ``place`` the point it is about, if it is about one;
    ``of`` is the occurrence of a track.
    """

    key: Key
    event: Event
    given: Mapping[str, Any] = field(default_factory=dict)
    place: Point | None = None
    of: "Occurrence | None" = None

    @property
    def full(self) -> Mapping[str, Any]:
        """The data of ``raised`` for the occurrence as it stands."""
        return self.given if self.of is None else self.of.full

    @property
    def point(self) -> Point | None:
        """Where it happens, if it is about one point."""
        return self.place if self.of is None else self.of.track.point


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A track with its region at one instant."""

    track: Track
    region: Region
    drills: Sequence[Drill]

    @property
    def latches(self) -> bool:
        """Whether its alert stays until a person closes it."""
        return bool(self.track.rule.parameters.get("latch"))

    @property
    def full(self) -> dict[str, Any]:
        """The data of ``raised``."""
        return occurrence(self.track, self.region, self.drills)


def subject_of(point: Point) -> sentences.Named:
    """Return what a point measures, as sentences need it."""
    return sentences.Named(point.quantity_zh, point.quantity_en, point.unit, point.decimals)


_TYPES = {
    "begin": "raised",
    "rise": "level_raised",
    "clear": "cleared",
    "sound": "annunciated",
    "known": "known",
    "release": "unshelved",
}


def changes_of(track: Track, steps: Iterable[Step], drills: Sequence[Drill]) -> list[Change]:
    """Turn the transitions of one track into intended events, in order."""
    found = []
    for step in steps:
        of = Occurrence(track, step.region, drills)
        match step.type:
            case "begin" | "rise":
                data = of.full
            case "clear" if step.region.crossing is not None:
                data = {"evidence": evidence(step.region, step.region.crossing), **measured(step.region)}
            case "release":
                data = {"unack": True, "latch": of.latches, "because": "window_ended"}
            case _:
                data = measured(step.region) | {"fresh": step.fresh}
        event = Event(type=_TYPES[step.type], at=instant(step.time_us), data=data)
        found.append(Change(key=track.key, event=event, of=of))
    return found


def occurrence(track: Track, region: Region, drills: Iterable[Drill]) -> dict[str, Any]:
    """Return the data of ``raised`` for an occurrence of a track."""
    rule, point, crossing = track.rule, track.point, region.crossing
    if crossing is None:
        raise ValueError(f"{track.key} has no occurrence")
    zh, en = _sentence(track, crossing)
    limit = crossing.bound.limit
    return identity_of(rule, point) | {
        "level": crossing.bound.level,
        "stage": crossing.bound.stage if rule.kind != "state" else None,
        "origin": "live" if region.sounded or region.expected else "retrospective",
        "suppressed": "by_design" if region.expected else "none",
        "drill": any(d.covers(point.park_id, point.station_id, crossing.time_us) for d in drills),
        "value": crossing.value,
        "limit_value": limit.value if limit else None,
        "limit_id": limit.id if limit else None,
        "clause": limit.words if limit else None,
        "flag": crossing.flag,
        "mark": crossing.mark,
        "evidence": evidence(region, crossing),
        "text_zh": zh,
        "text_en": en,
        "raised_at": instant(region.raised_us),
    }


def identity_of(rule: Rule, point: Point) -> dict[str, Any]:
    """Return the columns of an alert that a rule and a point alone decide."""
    return where_of(point) | {
        "rule": rule.code,
        "rule_version": rule.version,
        "target_kind": "sensor",
        "target_id": point.sensor_id,
        "sensor_id": point.sensor_id,
        "class": rule.class_,
        "scheme": "risk",
        "unit": point.unit,
        "latch": bool(rule.parameters.get("latch")),
    }


def where_of(point: Point) -> dict[str, Any]:
    """Return the place columns of an alert at a point."""
    return {
        "park_id": point.park_id,
        "station_id": point.station_id,
        "enterprise_id": point.enterprise_id,
    }


def evidence(region: Region, crossing: Crossing) -> dict[str, Any]:
    """Return the window [from, to], the readings counted in it, and what a restart must know."""
    return source_of(crossing.bound.limit) | {
        "from": instant(region.began_us).isoformat(),
        "to": instant(region.last_us).isoformat(),
        "readings": region.count,
        "stage": crossing.bound.stage,
        "sounded": region.sounded,
        "over_range": crossing.over_range,
    }


def source_of(limit: Limit | None) -> dict[str, Any]:
    """Return where a limit comes from, as evidence keeps it."""
    return {
        "limit_kind": limit.kind if limit else None,
        "standard": limit.standard if limit else None,
        "clause": limit.clause if limit else None,
    }


def measured(region: Region) -> dict[str, Any]:
    """Return what the readings of an occurrence amount to so far."""
    return {
        "last_value": region.last,
        "last_at": instant(region.last_us).isoformat(),
        "peak_value": region.peak,
        "peak_at": instant(region.peak_us).isoformat(),
        "count": region.count,
    }


def wording_of(rule: Rule, point: Point) -> str:
    """Return the words in which limits are said at a point: gas, process or emission."""
    given = rule.parameters.get("wording")
    if given:
        return str(given)
    return {"gas": "gas", "hazard": "process", "process": "process"}.get(point.station_kind, "emission")


def _sentence(track: Track, crossing: Crossing) -> sentences.Sentence:
    rule, subject, limit = track.rule, subject_of(track.point), crossing.bound.limit
    if limit is None:
        words = rule.parameters.get("words_zh", rule.name_zh), rule.parameters.get("words_en", rule.name_en)
        return sentences.state(subject, crossing.value, *words)
    if track.marked:
        return sentences.marked_over(
            subject,
            crossing.value,
            flag=crossing.flag,
            stage=crossing.bound.stage,
            limit_value=limit.value,
            clause=limit.words,
            wording=wording_of(rule, track.point),
        )
    return sentences.limit(
        subject,
        crossing.value,
        stage=crossing.bound.stage,
        limit_value=limit.value,
        clause=limit.words,
        wording=wording_of(rule, track.point),
        over_span=crossing.over_range,
    )
