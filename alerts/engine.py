"""Judging itself: (state, batch) -> verdict, pure. The state moves only when a committed verdict is adopted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import inf
from typing import Self

import numpy as np

from alerts.alert import Alert
from alerts.changes import Change, changes_of, occurrence
from alerts.fold import Region, Stretch, fold
from alerts.life import Event
from alerts.limits import Limit
from alerts.points import SECOND_US, Drill, Finding, Point, Window, instant, microseconds
from alerts.rules import Rule
from alerts.sieve import NEVER_US, Sieve, Sifted, sift
from alerts.track import KINDS, Key, Track, track
from alerts.verdict import Progress, Verdict
from smartpark import flag_use
from smartpark.readings import Readings

# Readings as old as this can still arrive; limits that ended earlier need no watching.
HORIZON = timedelta(days=400)
TICK_US = SECOND_US // 2


class Engine:
    """The rules of one feed at its points, and where every condition stands."""

    def __init__(
        self, points: Sequence[Point], tracks: Sequence[Track], drills: Sequence[Drill], now: datetime
    ) -> None:
        self.points = tuple(points)
        self.tracks = tuple(tracks)
        self.drills = tuple(drills)
        self.by_position: dict[int, list[int]] = defaultdict(list)
        position = {p.sensor_id: at for at, p in enumerate(self.points)}
        for number, each in enumerate(self.tracks):
            self.by_position[position[each.point.sensor_id]].append(number)
        self.position = position
        self.number = {each.key: number for number, each in enumerate(self.tracks)}
        self.sieve = Sieve.of(self.points, self._envelopes(now))
        self.watermark_us = np.full(len(self.points), NEVER_US, np.int64)
        self.heard_us = np.full(len(self.points), NEVER_US, np.int64)
        self.busy = np.zeros(len(self.points), np.bool_)
        self.regions: dict[int, Region] = {}
        self.dirty: set[int] = set()
        self.ticked_us = self.flushed_us = NEVER_US
        self.rows: dict[Key, int] = {}
        self.orphans: list[Alert] = []  # open rows that no track answers for

    @classmethod
    def of(
        cls,
        points: Sequence[Point],
        rules: Iterable[Rule],
        limits: Iterable[Limit],
        windows: Sequence[Window] = (),
        drills: Sequence[Drill] = (),
        *,
        now: datetime,
    ) -> Self:
        """Build the engine of some points; rules that are switched off are left out."""
        return cls(points, tracks_of(points, rules, limits, windows), drills, now)

    def judge(self, new: Readings, now: datetime, findings: Sequence[Finding] = ()) -> Verdict:
        """Judge newly stored readings, sorted by sensor, then time; nothing of the engine changes.

        An empty batch drives what depends on our own clock: silence, late announcements, progress.
        """
        verdict = Verdict(now)
        if len(new):
            self._fold(new, verdict)
        now_us = microseconds(now)
        if now_us - self.ticked_us >= TICK_US:
            verdict.ticked = True
            self._sound_late(now_us, verdict)
        if now_us - self.flushed_us >= SECOND_US:
            self._flush(verdict)
        return verdict

    def adopt(self, verdict: Verdict) -> None:
        """Make the state of a committed verdict the present one."""
        self.regions.update(verdict.regions)
        for number in verdict.regions:
            at = self.position[self.tracks[number].point.sensor_id]
            self.busy[at] = any(
                (region := self.regions.get(n)) is not None and not region.settled
                for n in self.by_position[at]
            )
        for number in [n for n in verdict.regions if self.regions[n].settled]:
            del self.regions[number]
        if verdict.watermark is not None:
            self.watermark_us[verdict.watermark.at] = verdict.watermark.us
        if verdict.heard is not None:
            self.heard_us[verdict.heard.at] = verdict.heard.us
        self.dirty = set() if verdict.flushed else self.dirty | verdict.dirty
        now_us = microseconds(verdict.now)
        self.ticked_us = now_us if verdict.ticked else self.ticked_us
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
        verdict.late = _spans(sifted.late)
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
            if region.active:
                verdict.dirty.add(number)
            elif steps:
                verdict.progress.append(Progress.of(each.key, steps[-1].region))

    def _sound_late(self, now_us: int, verdict: Verdict) -> None:
        """Announce what is still active although nothing newer came for the live window."""
        for number, held in self.regions.items():
            region = verdict.regions.get(number, held)
            each = self.tracks[number]
            at = self.position[each.point.sensor_id]
            if not region.active or region.sounded or region.expected:
                continue
            if verdict.heard is not None and at in verdict.heard.at:
                continue
            if now_us - max(int(self.heard_us[at]), region.raised_us) <= each.point.live_window_us:
                continue
            region = self.region(number, verdict)
            region.sounded = True
            age_s = (now_us - region.last_us) / SECOND_US
            event = Event(type="annunciated", at=instant(now_us), data={"age_s": round(age_s)})
            full = occurrence(each, region, self.drills)
            verdict.changes.append(Change(key=each.key, event=event, full=full, point=each.point))

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


def tracks_of(
    points: Sequence[Point], rules: Iterable[Rule], limits: Iterable[Limit], windows: Sequence[Window]
) -> list[Track]:
    """Return every rule at every point it applies to and has something to watch at."""
    by_quantity: dict[tuple[str, str], list[Limit]] = defaultdict(list)
    for limit in limits:
        by_quantity[limit.quantity, limit.form].append(limit)
    named: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.enabled and rule.kind in KINDS:
            for quantity in rule.applies.quantities or ("",):
                named[quantity].append(rule)
    found = []
    for point in points:
        mine = by_quantity.get((point.quantity, point.form), ())
        for rule in (*named.get(point.quantity, ()), *named.get("", ())):
            made = track(rule, point, mine, windows) if applies(rule, point) else None
            found += [] if made is None else [made]
    return found


def applies(rule: Rule, point: Point) -> bool:
    """Return whether a rule is meant for a point."""
    return rule.applies.matches(
        kind=point.station_kind,
        quantity=point.quantity,
        form=point.form,
        outlet_kind=point.outlet_kind,
        enterprise=point.enterprise,
        station=point.station,
    )


def _spans(late: Readings) -> list[tuple[int, int, int]]:
    """Return the stretch of late readings of each sensor: (sensor id, first, last [us])."""
    found = []
    for sensor_id in np.unique(late.sensor_id).tolist():
        times = late.time_us[late.sensor_id == sensor_id]
        found.append((sensor_id, int(times.min()), int(times.max())))
    return found
