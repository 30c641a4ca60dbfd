"""What our own clock decides, once a second: who has fallen silent, and which stale alert must be announced after all."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from alerts import household
from alerts.changes import Change, Occurrence, measured
from alerts.findings import Held
from alerts.life import Event
from alerts.points import SECOND_US, instant
from alerts.region import Region
from alerts.sieve import NEVER_US, Marks
from alerts.silence import Household, Hush
from alerts.track import Key, Track
from alerts.verdict import Verdict

if TYPE_CHECKING:
    from alerts.engine import Engine

Standing = dict[int, list[tuple[Track, Region]]]


def moved(before: NDArray[np.int64], marks: Marks) -> NDArray[np.int64]:
    """Return a copy of an array [n] with the new values in it."""
    after = before.copy()
    after[marks.at] = marks.us
    return after


def deaf(held: dict[Key, Held]) -> bool:
    """Return whether we ourselves hear nothing: then nobody else is called silent."""
    return any(each.rule.parameters["finding"] == "feed_down" for each in held.values())


def listen(engine: "Engine", verdict: Verdict, now_us: int) -> None:
    """Find who fell silent and who is back; what is open there becomes unknown."""
    heard, watermark = engine.heard_us, engine.watermark_us
    if verdict.heard is not None and verdict.watermark is not None:
        heard, watermark = moved(heard, verdict.heard), moved(watermark, verdict.watermark)
    stale = [*engine.stale, *([verdict.stale_at] if verdict.stale_at is not None else [])]
    listening = engine.listening
    if deaf(engine.held if verdict.held is None else verdict.held):
        listening = listening.deaf_until(now_us)
    offline = listening.offline_us if verdict.offline is None else verdict.offline
    stale_at = np.concatenate(stale) if stale else np.empty(0, np.int64)
    hush, new, back = listening.listen(now_us, heard, watermark, offline, stale_at)
    verdict.hush = hush
    touched = {
        each.key: each
        for at in (*new.tolist(), *back.tolist(), *listening.restored)
        if (each := listening.household_of.get(at)) is not None
    }
    standing = _standing(engine, verdict, hush, new.tolist()) if touched else {}
    for key in sorted(touched):
        verdict.changes.append(_item(engine, touched[key], hush, standing, verdict))


def sound_late(engine: "Engine", verdict: Verdict, now_us: int) -> None:
    """Announce what is still active although nothing newer came for the live window."""
    for number, held in engine.regions.items():
        region = verdict.regions.get(number, held)
        if not region.active or region.sounded or region.expected:
            continue
        track = engine.tracks[number]
        at = engine.position[track.point.sensor_id]
        if verdict.heard is not None and at in verdict.heard.at:
            continue
        known = max(int(engine.heard_us[at]), int(engine.listening.floor_us[at]))
        if now_us - known <= track.point.live_window_us:
            continue
        region = engine.region(number, verdict)
        region.sounded = True
        age_s = round((now_us - region.last_us) / SECOND_US)
        event = Event(type="annunciated", at=instant(now_us), data={"age_s": age_s})
        verdict.changes.append(_intent(engine, track, region, event))


def _standing(engine: "Engine", verdict: Verdict, hush: Hush, new: Iterable[int]) -> Standing:
    """Return the tracks of silent points, by position, that are active or pending; active ones become unknown."""
    fallen = set(new)
    found: Standing = {}
    for number in sorted({*engine.regions, *verdict.regions}):
        track = engine.tracks[number]
        at = engine.position[track.point.sensor_id]
        region = verdict.regions.get(number) or engine.regions[number]
        if hush.since_us[at] == NEVER_US or region.settled:
            continue
        if at in fallen and region.active and not region.unknown:
            region = engine.region(number, verdict)
            region.unknown = True
            since = instant(int(hush.since_us[at]))
            event = Event(type="unknown", at=since, data=measured(region))
            verdict.changes.append(_intent(engine, track, region, event))
        found.setdefault(at, []).append((track, region))
    return found


def _intent(engine: "Engine", track: Track, region: Region, event: Event) -> Change:
    return Change(key=track.key, event=event, of=Occurrence(track, region.copied(), engine.drills))


def _item(engine: "Engine", of: Household, hush: Hush, standing: Standing, verdict: Verdict) -> Change:
    mine = [each for at in of.positions for each in standing.get(at, ())]
    return household.item(
        of, engine.points, hush, mine, drills=engine.drills, feed=engine.feed, now=verdict.now
    )
