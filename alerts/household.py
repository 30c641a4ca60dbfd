"""What the silence of a household comes to: one item, and alerts of which nothing is known any more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.changes import Change, where_of
from alerts.life import Event
from alerts.points import Drill, Point, instant, microseconds
from alerts.region import Region
from alerts.rules import LEVELS
from alerts.sieve import NEVER_US
from alerts.silence import Household, Hush
from alerts.track import Track

Standing = Sequence[tuple[Track, Region]]


def item(
    household: Household,
    points: Sequence[Point],
    hush: Hush,
    standing: Standing,
    *,
    drills: Iterable[Drill],
    feed: str,
    now: datetime,
) -> Change:
    """Return the intent that the item shows these points of this feed as silent, and no others of it.

    ``standing`` = tracks of its silent points that are active or pending, with their regions.
    """
    first, rule = household.first, household.rule
    now_us = microseconds(now)
    silent = [at for at in household.positions if hush.since_us[at] != NEVER_US]
    full = where_of(first) | {
        "rule": rule.code,
        "rule_version": rule.version,
        "target_kind": household.key[1],
        "target_id": household.key[2],
        "station_id": first.station_id if household.key[1] == "station" else None,
        "class": rule.class_,
        "scheme": "risk",
        "level": rule.level_of(),
        "origin": "live",
        "drill": any(d.covers(first.park_id, None, now_us) for d in drills),
        "name_zh": first.enterprise_zh or first.station_zh,
        "name_en": first.enterprise_en or first.station_en,
    }
    data = {
        "feed": feed,
        "members": [
            {"sensor_id": points[at].sensor_id, "since": instant(int(hush.since_us[at])).isoformat()}
            for at in silent
        ],
        "open": _worst(standing),
        "late": sum(int(hush.late[at]) for at in household.positions),
        "zone": ZoneInfo(first.timezone),
    }
    return Change(key=household.key, event=Event(type="members_changed", at=now, data=data), given=full)


def _worst(standing: Standing) -> dict[str, Any] | None:
    """Return the gravest alert among silent points, as the item says it: its level and the last value seen."""
    found = [(LEVELS.index(_level(track, region)), track, region) for track, region in standing]
    if not found:
        return None
    _, track, region = max(found, key=lambda each: each[0])
    point = track.point
    return {
        "level": _level(track, region),
        "subject": [point.quantity_zh, point.quantity_en, point.unit, point.decimals],
        "sensor_id": point.sensor_id,
        "last_value": region.last,
        "last_at": instant(region.last_us).isoformat(),
        "count": len(found),
    }


def _level(track: Track, region: Region) -> str:
    if region.active and region.crossing is not None:
        return region.crossing.bound.level
    pending = [b for b in track.bounds.at(region.last_us) if region.since_us[b.slot] is not None]
    return max((b.level for b in pending), key=LEVELS.index, default=track.rule.level_of())
