"""Silence: points that ought to deliver and do not, judged by our own clock from receipt to now.

One item an enterprise (one a station of the park's own), whose members are the silent points. A point is heard
again when something of it arrives; it leaves the item when that is live, or after a minute of back-filling.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.points import SECOND_US, Point, Window, microseconds
from alerts.rules import Rule
from alerts.sieve import NEVER_US
from alerts.track import Key, applies

Instants = NDArray[np.int64]

# Said within so many periods, the judging once a second included.
_TICK_MARGIN_US = 2 * SECOND_US
_LEAST_PERIODS = 1.05
_BACKFILL_US = 60 * SECOND_US
_ALWAYS_US = 2**62


@dataclass(frozen=True, slots=True)
class Household:
    """The points whose silence is one item."""

    rule: Rule
    key: Key
    first: Point  # any of its points: park, time zone, names
    positions: tuple[int, ...]


class Hush(NamedTuple):
    """Where silence stands, per point [n]; ``since_us`` is NEVER_US of a point that is not silent."""

    since_us: Instants
    back_us: Instants  # first heard again while still a member
    late: NDArray[np.int64]  # readings back-filled since it fell silent

    def copied(self) -> "Hush":
        """Return an independent copy."""
        return Hush(self.since_us.copy(), self.back_us.copy(), self.late.copy())


class Listening:
    """Who ought to be heard, how often, and in whose item the silence stands."""

    def __init__(self, points: Sequence[Point], rules: Iterable[Rule], windows: Sequence[Window]) -> None:
        self.points = points
        self.excuses = [(w.starts_us, w.ends_us, _under(w, points)) for w in windows]
        count = len(points)
        self.allowed_us = np.full(count, _ALWAYS_US, np.int64)
        self.due_us = np.array([_us(p.due_since, _ALWAYS_US) for p in points], np.int64)
        self.until_us = np.array([_us(p.due_until, _ALWAYS_US) for p in points], np.int64)
        self.offline_us = np.full(count, NEVER_US, np.int64)
        self.live_us = np.array([p.live_window_us for p in points], np.int64)
        self.floor_us = np.full(count, NEVER_US, np.int64)  # since when we listen ourselves
        self.restored: tuple[int, ...] = ()  # positions whose item must be said again after a restart
        self.households = self._households([r for r in rules if r.enabled and r.kind == "silence"])
        self.household_of = {at: h for h in self.households.values() for at in h.positions}
        self.hush = Hush(
            np.full(count, NEVER_US, np.int64), np.full(count, NEVER_US, np.int64), np.zeros(count, np.int64)
        )

    def deaf_until(self, now_us: int) -> "Listening":
        """Return the same, as if we had begun to listen just now: our own feed is down."""
        other = copy(self)
        other.floor_us = np.full_like(self.floor_us, now_us)
        return other

    def listen(
        self,
        now_us: int,
        heard_us: Instants,
        watermark_us: Instants,
        offline_us: Instants,
        stale_at: Instants,
    ) -> tuple[Hush, NDArray[np.intp], NDArray[np.intp]]:
        """Return where silence stands now, the positions newly silent, and those that are back.

        ``heard_us`` and ``watermark_us`` [n] with the present batch in them; ``offline_us`` [n] = since when its
        station says that it is off line; ``stale_at`` = position of every reading that was not live.
        """
        hush = self.hush.copied()
        silent = hush.since_us != NEVER_US
        if len(stale_at):
            np.add.at(hush.late, stale_at, silent[stale_at].astype(np.int64))
        due = (self.due_us <= now_us) & (now_us < self.until_us) & ~self._excused(now_us)
        known = np.maximum(heard_us, self.floor_us)
        quiet = (now_us - known >= self.allowed_us) | (offline_us > heard_us)
        quiet &= self.allowed_us < _ALWAYS_US
        new = ~silent & due & quiet
        again = silent & (heard_us > hush.since_us) & (offline_us <= heard_us)
        hush.back_us[again & (hush.back_us == NEVER_US)] = now_us
        live = now_us - watermark_us <= self.live_us
        # Silent by its station's word alone, and the station has taken the word back in time.
        withdrawn = silent & (offline_us == NEVER_US) & (heard_us <= hush.since_us)
        withdrawn &= now_us - heard_us < self.allowed_us
        back = silent & (~due | withdrawn | (again & (live | (now_us - hush.back_us >= _BACKFILL_US))))
        hush.since_us[new] = np.maximum(known, offline_us)[new]
        hush.back_us[new], hush.late[new] = NEVER_US, 0
        hush.since_us[back] = NEVER_US
        return hush, np.flatnonzero(new), np.flatnonzero(back)

    def _excused(self, now_us: int) -> NDArray[np.bool_]:
        """Return where [n] a filed window expects no data."""
        excused = np.zeros(len(self.points), np.bool_)
        for starts_us, ends_us, positions in self.excuses:
            if starts_us <= now_us < ends_us:
                excused[positions] = True
        return excused

    def _households(self, rules: Sequence[Rule]) -> dict[Key, Household]:
        members: dict[Key, list[int]] = defaultdict(list)
        ruled: dict[Key, Rule] = {}
        for at, point in enumerate(self.points):
            rule = next((r for r in rules if applies(r, point)), None)
            if rule is None or point.due_since is None:
                continue
            target = ("station", point.station_id)
            if point.enterprise_id is not None:
                target = ("enterprise", point.enterprise_id)
            key = (rule.code, *target)
            members[key].append(at)
            ruled[key] = rule
            self.allowed_us[at] = _allowed_us(rule, point)
        return {
            key: Household(ruled[key], key, self.points[found[0]], tuple(found))
            for key, found in members.items()
        }


def _under(window: Window, points: Sequence[Point]) -> Instants:
    return np.array(
        [at for at, point in enumerate(points) if window.covers(point, window.starts_us)], np.int64
    )


def _allowed_us(rule: Rule, point: Point) -> int:
    period_us = point.period_s * SECOND_US
    asked_us = float(rule.parameters.get("after_periods", 1.2)) * period_us - _TICK_MARGIN_US
    least_us = float(rule.parameters.get("at_least_s") or 0) * SECOND_US
    return round(max(asked_us, _LEAST_PERIODS * period_us, least_us))


def _us(at: datetime | None, otherwise: int) -> int:
    return otherwise if at is None else microseconds(at)
