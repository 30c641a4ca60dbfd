"""Judging itself: (state, batch) -> verdict, pure. The state moves only when a committed verdict is adopted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from alerts import tick
from alerts.changes import Change, changes_of
from alerts.findings import Desk, Held
from alerts.fold import fold
from alerts.limits import Limit
from alerts.points import SECOND_US, Drill, Finding, Point, Window, microseconds
from alerts.region import Region, Stretch
from alerts.rules import Rule
from alerts.sieve import NEVER_US, Sieve, Sifted, sift
from alerts.silence import Listening
from alerts.track import Key, Track, tracks_of
from alerts.verdict import Progress, Verdict
from smartpark import flag_use
from smartpark.readings import Readings

# Readings as old as this can still arrive; limits that ended earlier need no watching.
HORIZON = timedelta(days=400)
TICK_US = SECOND_US // 2


class Watched(NamedTuple):
    """What an engine is built of."""

    points: tuple[Point, ...]
    tracks: tuple[Track, ...]
    others: tuple[Point, ...]  # of other feeds: judged only when a value of theirs is refused here
    limits: tuple[Limit, ...]
    rules: tuple[Rule, ...]
    windows: tuple[Window, ...]
    drills: tuple[Drill, ...]
    feed: str
    now: datetime


class Engine:
    """The rules of one feed at its points, and where every condition stands."""

    def __init__(self, watched: "Watched") -> None:
        self.points = watched.points
        self.tracks = watched.tracks
        self.drills = watched.drills
        self.feed = watched.feed
        self.position = {p.sensor_id: at for at, p in enumerate(self.points)}
        self.by_position: dict[int, list[int]] = defaultdict(list)
        for number, each in enumerate(self.tracks):
            self.by_position[self.position[each.point.sensor_id]].append(number)
        self.number = {each.key: number for number, each in enumerate(self.tracks)}
        self.listening = Listening(self.points, watched.rules, watched.windows)
        every = (*self.points, *watched.others)
        self.desk = Desk.of(watched.rules, every, watched.limits, self.drills, self.feed)
        self.sieve = Sieve.of(self.points, self._envelopes(watched.now))
        self.watermark_us = np.full(len(self.points), NEVER_US, np.int64)
        self.heard_us = np.full(len(self.points), NEVER_US, np.int64)
        self.busy = np.zeros(len(self.points), np.bool_)
        self.regions: dict[int, Region] = {}
        self.held: dict[Key, Held] = {}
        self.dirty: set[int] = set()
        self.stale: list[NDArray[np.int64]] = []  # positions of stale readings since the last tick
        self.ticked_us = self.flushed_us = NEVER_US
        self.rows: dict[Key, int] = {}
        self.orphans: list[Change] = []  # ends of alerts that no rule answers for any more
        self.listening.floor_us[:] = microseconds(watched.now)

    @classmethod
    def of(
        cls,
        points: Sequence[Point],
        rules: Sequence[Rule],
        limits: Sequence[Limit],
        windows: Sequence[Window] = (),
        drills: Sequence[Drill] = (),
        *,
        now: datetime,
        feed: str = "safety",
        others: Sequence[Point] = (),
    ) -> Self:
        """Build the engine of some points; ``others`` = points of other feeds, judged only when refused here."""
        watched = Watched(
            tuple(points),
            tuple(tracks_of(points, rules, limits, windows)),
            tuple(others),
            tuple(limits),
            tuple(rules),
            tuple(windows),
            tuple(drills),
            feed,
            now,
        )
        return cls(watched)

    def judge(self, new: Readings, now: datetime, findings: Sequence[Finding] = ()) -> Verdict:
        """Judge newly stored readings, sorted by sensor, then time; nothing of the engine changes.

        An empty batch drives what depends on our own clock: silence, late announcements, progress.
        """
        verdict = Verdict(now, changes=list(self.orphans))
        if len(new):
            self._fold(new, verdict)
        now_us = microseconds(now)
        verdict.ticked = now_us - self.ticked_us >= TICK_US
        if findings or (self.held and verdict.ticked):
            heard = self._heard_of(self.held, verdict, now_us)
            verdict.held, changes = self.desk.judge(self.held, findings, heard, now)
            verdict.changes += changes
        self._offline(findings, verdict)
        if verdict.ticked:
            tick.listen(self, verdict, now_us)
            tick.sound_late(self, verdict, now_us)
        if now_us - self.flushed_us >= SECOND_US:
            self._flush(verdict)
        return verdict

    def adopt(self, verdict: Verdict) -> None:
        """Make the state of a committed verdict the present one."""
        self.regions.update(verdict.regions)
        for number in verdict.regions:
            at = self.position[self.tracks[number].point.sensor_id]
            held = [self.regions.get(n) for n in self.by_position[at]]
            self.busy[at] = any(region is not None and not region.settled for region in held)
        for number in [n for n in verdict.regions if self.regions[n].settled]:
            del self.regions[number]
        if verdict.watermark is not None and verdict.heard is not None:
            self.watermark_us[verdict.watermark.at] = verdict.watermark.us
            self.heard_us[verdict.heard.at] = verdict.heard.us
        if verdict.hush is not None:
            self.listening.hush = verdict.hush
        if verdict.offline is not None:
            self.listening.offline_us = verdict.offline
        self.held = self.held if verdict.held is None else verdict.held
        self.orphans = []
        self.listening.restored = () if verdict.ticked else self.listening.restored
        now_us = microseconds(verdict.now)
        if verdict.ticked:
            self.ticked_us, self.stale = now_us, []
            self.listening.restored = ()
            if tick.deaf(self.held):
                self.listening.floor_us = np.full_like(self.heard_us, now_us)
        elif verdict.stale_at is not None:
            self.stale.append(verdict.stale_at)
        self.dirty = set() if verdict.flushed else self.dirty | verdict.dirty
        self.flushed_us = now_us if verdict.flushed else self.flushed_us
        self.rows.update(verdict.rows)

    def region(self, number: int, verdict: Verdict) -> Region:
        """Return the region of a track to change in a verdict."""
        if number not in verdict.regions:
            held = self.regions.get(number)
            verdict.regions[number] = Region() if held is None else held.copied()
        return verdict.regions[number]

    def _fold(self, new: Readings, verdict: Verdict) -> None:
        sifted = sift(self.sieve, new, self.watermark_us, self.busy)
        verdict.watermark, verdict.heard = sifted.watermark, sifted.heard
        verdict.stale_at = sifted.stale_at
        verdict.late = _instants(sifted.late)
        if not len(sifted.at):
            return
        ends = [*sifted.starts[1:].tolist(), len(sifted.at)]
        for start, end in zip(sifted.starts.tolist(), ends, strict=True):
            self._fold_point(sifted, slice(start, end), verdict)

    def _fold_point(self, sifted: Sifted, part: slice, verdict: Verdict) -> None:
        picked = sifted.picked
        stretch = Stretch(
            picked.time_us[part],
            picked.value[part],
            sifted.bits[part],
            picked.flag[part],
            picked.mark[part],
            sifted.fresh[part],
        )
        marked = bool((stretch.bits & flag_use.MARKED).any())
        for number in self.by_position[int(sifted.at[part.start])]:
            each = self.tracks[number]
            if each.marked and not marked and number not in self.regions:
                continue
            region = self.region(number, verdict)
            steps = fold(each, region, stretch)
            verdict.changes += changes_of(each, steps, self.drills)
            if steps:  # where an occurrence begins and where it ends; in between once a second
                last = region if region.active else steps[-1].region
                verdict.progress.append(Progress.of(each.key, last))
            if region.active:
                verdict.dirty.add(number)

    def _heard_of(self, held: Iterable[Key], verdict: Verdict, now_us: int) -> dict[int, int]:
        """Return when the sensors of standing findings were last heard; one of another feed counts as heard."""
        heard = self.heard_us if verdict.heard is None else tick.moved(self.heard_us, verdict.heard)
        found = {}
        for _, target_kind, target_id in held:
            if target_kind == "sensor":
                at = self.position.get(target_id)
                found[target_id] = now_us if at is None else int(heard[at])
        return found

    def _offline(self, findings: Iterable[Finding], verdict: Verdict) -> None:
        """Take note of stations that say that they leave or are back."""
        told = {f.station_id: f for f in findings if f.kind == "offline"}
        if not told:
            return
        verdict.offline = self.listening.offline_us.copy()
        for at, point in enumerate(self.points):
            if point.station_id in told:
                finding = told[point.station_id]
                left_us = microseconds(verdict.now) if finding.time_us is None else finding.time_us
                verdict.offline[at] = left_us if finding.active else NEVER_US

    def _flush(self, verdict: Verdict) -> None:
        verdict.flushed = True
        for number in sorted(self.dirty | verdict.dirty):
            region = verdict.regions.get(number) or self.regions.get(number)
            if region is not None and region.active:
                verdict.progress.append(Progress.of(self.tracks[number].key, region))

    def _envelopes(self, now: datetime) -> dict[int, tuple[float, float]]:
        since_us = microseconds(now - HORIZON)
        found = {}
        for at, numbers in self.by_position.items():
            low, high = -inf, inf
            for number in numbers:
                lowest, highest = self.tracks[number].envelope(since_us)
                low, high = max(low, lowest), min(high, highest)
            found[at] = (low, high)
        return found


def _instants(late: Readings) -> list[tuple[int, int, int]]:
    """Return (sensor id, from, to [us]) of each late reading: itself, so that its neighbours keep what they said."""
    times = late.time_us.tolist()
    return list(zip(late.sensor_id.tolist(), times, times, strict=True))
