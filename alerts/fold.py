"""The condition of one rule at one point, folded reading by reading in the readings' own time.

normal -> pending (on-delay) -> active -> recovering (off-delay) -> normal; unknown while nothing arrives. A delay
counts between readings, never between a reading and our clock. Only a reading that may clear ends anything.
"""

from collections.abc import Sequence
from dataclasses import replace

from alerts.limits import RANK, SIGN, Bound
from alerts.quiet import Quiet
from alerts.region import Crossing, Region, Step, Stretch
from alerts.track import Track

_GRAVEST_FIRST = (3, 0, 2, 1)  # HH LL H L
_HH = 3
# From so many readings on, stretches in which nothing changes are found array-wise.
_LONG = 48


def fold(track: Track, region: Region, stretch: Stretch) -> list[Step]:
    """Take the region (changed in place) through the readings; return its transitions in order."""
    folding = _Folding(track, region)
    times, values = stretch.time_us.tolist(), stretch.value.tolist()
    bits, fresh = stretch.bits.tolist(), stretch.fresh.tolist()
    flags, marks = stretch.flag.tolist(), stretch.mark.tolist()
    quiet = None
    if len(times) >= _LONG and track.bounds.at(times[0]) is track.bounds.at(times[-1]):
        quiet = Quiet(track, stretch)
    at = 0
    while at < len(times):
        if quiet is not None:
            end = quiet.until(at, region)
            if end > at:
                folding.skip(stretch, at, end)
                at = end
                continue
        folding.step(times[at], values[at], bits[at], (flags[at], marks[at]), fresh=fresh[at])
        at += 1
    return folding.steps


class _Folding:
    def __init__(self, track: Track, region: Region) -> None:
        self.track = track
        self.region = region
        self.steps: list[Step] = []
        self.both = track.raise_upper | track.raise_lower | track.clear
        self.bounds: tuple[Bound, ...] = ()
        self.gates: list[tuple[int, int, float, int]] = []  # slot, sign, edge, bits that raise it

    def step(self, time_us: int, value: float, bits: int, letters: tuple[int, int], *, fresh: bool) -> None:
        """Fold one reading."""
        track, region = self.track, self.region
        if not bits & self.both:
            return
        bounds = track.bounds.at(time_us)
        if bounds is not self.bounds:
            self._watch(bounds)
        x = value if track.equals is None else -abs(value - track.equals)
        over = bool(bits & track.over_range) and any(b.sign > 0 for b in bounds)
        beyond = [
            slot
            for slot, sign, edge, raising in self.gates
            if bits & raising and (sign * x > edge or (over and sign > 0))
        ]
        if over and _HH not in beyond:
            beyond.append(_HH)
        if not beyond and region.settled:
            return
        top = self._timers(beyond, time_us, bits)
        was_unknown, region.unknown, before = region.unknown, False, len(self.steps)
        if region.active or any(since is not None for since in region.since_us):
            self._measure(time_us, value)
        else:
            region.count = 0
        if region.active:
            self._follow(bounds, time_us, x, bits, fresh=fresh)
        if was_unknown and region.active:
            self.steps.insert(before, Step("known", time_us, region.copied(), fresh))
        if top is not None and self._graver(top):
            crossing = self._crossing(top, bounds, (value, time_us), letters, over=over)
            self._cross(crossing, time_us, fresh=fresh)

    def skip(self, stretch: Stretch, start: int, end: int) -> None:
        """Fold readings [start, end) that change nothing but count, peak and last value."""
        region = self.region
        if not region.active or region.crossing is None:
            return
        if (stretch.bits[start:end] & self.track.clear).any():
            region.since_us = [None, None, None, None]
        values = stretch.value[start:end]
        region.count += end - start
        region.last, region.last_us = float(values[-1]), int(stretch.time_us[end - 1])
        signed = values * region.crossing.bound.sign
        best = int(signed.argmax())
        if signed[best] > region.crossing.bound.sign * region.peak:
            region.peak, region.peak_us = float(values[best]), int(stretch.time_us[start + best])

    def _watch(self, bounds: tuple[Bound, ...]) -> None:
        upper, lower = self.track.raise_upper, self.track.raise_lower
        self.bounds = bounds
        self.gates = [(b.slot, b.sign, b.edge, upper if b.sign > 0 else lower) for b in bounds]

    def _timers(self, beyond: list[int], time_us: int, bits: int) -> int | None:
        """Run the on-delays; return the gravest slot whose delay has passed."""
        since, clears = self.region.since_us, bits & self.track.clear
        for slot in range(4):
            begun = since[slot]
            if slot in beyond:
                since[slot] = time_us if begun is None or begun > time_us else begun
            elif clears:
                since[slot] = None
        for slot in _GRAVEST_FIRST if beyond else ():
            begun = since[slot]
            if slot in beyond and begun is not None and time_us - begun >= self.track.on_delay_us:
                return slot
        return None

    def _measure(self, time_us: int, value: float) -> None:
        region = self.region
        if not region.active and region.count == 0:
            region.began_us = time_us
        region.last, region.last_us = value, time_us
        sign = self._sign()
        if region.count == 0 or (sign * value > sign * region.peak and self.track.equals is None):
            region.peak, region.peak_us = value, time_us
        region.count += 1

    def _sign(self) -> int:
        region = self.region
        if region.active and region.crossing is not None:
            return region.crossing.bound.sign
        return next((SIGN[slot] for slot in _GRAVEST_FIRST if region.since_us[slot] is not None), 1)

    def _follow(self, bounds: Sequence[Bound], time_us: int, x: float, bits: int, *, fresh: bool) -> None:
        """Continue an occurrence: announce it late, release it from an ended window, or clear it."""
        region, track = self.region, self.track
        sign = self._sign()
        held = [b for b in bounds if b.sign == sign]
        lowest = min(held, key=lambda b: RANK[b.slot], default=None)
        judged_again = track.marked and bool(bits & ~track.raise_upper & ~track.raise_lower & track.clear)
        outside = lowest is not None and sign * x > lowest.reset and not judged_again
        if outside or not bits & track.clear:
            region.recovering_us = None
            if region.expected and not track.expected(time_us):
                region.expected = False
                self._emit("release", time_us, fresh=fresh)
            self._sound_late(held, time_us, sign * x, fresh=fresh)
            return
        if region.recovering_us is None or region.recovering_us > time_us:
            region.recovering_us = time_us
        if time_us - region.recovering_us >= track.off_delay_us:
            self._emit("clear", time_us, fresh=fresh)
            region.active = region.expected = False
            region.sounded = True
            region.recovering_us, region.crossing, region.count = None, None, 0

    def _sound_late(self, held: Sequence[Bound], time_us: int, signed: float, *, fresh: bool) -> None:
        region = self.region
        if region.sounded or region.expected or not fresh or region.crossing is None:
            return
        slot = region.crossing.bound.slot
        stage = next((b for b in held if b.slot == slot), None)
        if stage is None or signed > stage.reset:
            region.sounded = True
            self._emit("sound", time_us, fresh=fresh)

    def _graver(self, slot: int) -> bool:
        crossing = self.region.crossing
        if not self.region.active or crossing is None:
            return True
        return SIGN[slot] != crossing.bound.sign or RANK[slot] > RANK[crossing.bound.slot]

    def _crossing(
        self,
        slot: int,
        bounds: Sequence[Bound],
        reading: tuple[float, int],
        letters: tuple[int, int],
        *,
        over: bool,
    ) -> Crossing:
        bound = next((b for b in bounds if b.slot == slot), None)
        if bound is None:  # over range where no HH limit is set: the highest there is
            upper = max((b for b in bounds if b.sign > 0), key=lambda b: RANK[b.slot])
            bound = replace(upper, slot=slot, level=self.track.over_level)
        return Crossing(bound, *reading, chr(letters[0]), chr(letters[1]), over)

    def _cross(self, crossing: Crossing, time_us: int, *, fresh: bool) -> None:
        region, before = self.region, self.region.crossing
        same_side = region.active and before is not None and before.bound.sign == crossing.bound.sign
        if not same_side:
            region.raised_us = time_us
            region.expected = self.track.expected(time_us)
        region.active, region.crossing = True, crossing
        region.recovering_us = None
        region.sounded = fresh and not region.expected
        self._emit("rise" if same_side else "begin", time_us, fresh=fresh)
        if region.sounded:
            self._emit("sound", time_us, fresh=fresh)

    def _emit(self, kind: str, time_us: int, *, fresh: bool) -> None:
        self.steps.append(Step(kind, time_us, self.region.copied(), fresh))
