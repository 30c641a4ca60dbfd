"""The rules of judging once more, reading by reading and as plainly as can be: what the engine must agree with."""

from dataclasses import dataclass, field

UPPER, LOWER = ("H", "HH"), ("L", "LL")


@dataclass
class Oracle:
    """One limit rule at one point; ``limits`` = {stage: value}; a reading is (t, value, flag, mark, received), in s."""

    limits: dict
    deadband: float = 0.0
    on_delay: float = 0.0
    off_delay: float = 0.0
    stream: str = "safety"
    live: float = 120.0
    active: str | None = None  # stage of the present occurrence
    since: dict = field(default_factory=dict)
    good_since: float | None = None
    watermark: float = float("-inf")
    announced: bool = True
    events: list = field(default_factory=list)

    def take(self, t, value, flag, mark, received):
        """Fold one reading that is newly stored."""
        late = t <= self.watermark
        self.watermark = max(self.watermark, min(t, received))
        if late:
            return
        raises, clears = self.permits(flag, mark)
        if not raises and not clears:
            return
        fresh = received - t <= self.live
        over_range = raises and self.stream == "safety" and (flag == "T" or mark == "O") and self.has(UPPER)
        beyond = {s for s in self.limits if raises and self.past(s, value)}
        if over_range:
            beyond |= {"HH"} | {s for s in UPPER if s in self.limits}
        for stage in ("LL", "L", "H", "HH"):
            if stage in beyond:
                begun = self.since.get(stage)
                self.since[stage] = t if begun is None or begun > t else begun
            elif clears:
                self.since.pop(stage, None)
        if self.active:
            self.follow(t, value, clears, fresh)
        ready = [s for s in ("HH", "LL", "H", "L") if s in beyond and t - self.since[s] >= self.on_delay]
        if ready:
            self.cross(ready[0], t, value, fresh)

    def follow(self, t, value, clears, fresh):
        side = UPPER if self.active in UPPER else LOWER
        if clears and self.back(side, value):
            if self.good_since is None or self.good_since > t:
                self.good_since = t
            if t - self.good_since >= self.off_delay:
                self.events.append((t, "cleared"))
                self.active, self.good_since, self.announced = None, None, True
            return
        self.good_since = None
        if not self.announced and fresh and not self.back((self.active,), value):
            self.announced = True
            self.events.append((t, "annunciated"))

    def cross(self, stage, t, value, fresh):
        if self.active is None or (stage in UPPER) != (self.active in UPPER):
            self.events.append((t, "raised", stage, value))
        elif len(stage) > len(self.active):
            self.events.append((t, "level_raised", stage, value))
        else:
            return
        self.active, self.good_since, self.announced = stage, None, fresh
        if fresh:
            self.events.append((t, "annunciated"))

    def permits(self, flag, mark):
        if self.stream == "safety":
            return flag in "NT", flag == "N" and mark == "-"
        return flag == "N" and mark != "I", flag == "N" and mark in "-R"

    def has(self, side):
        return any(stage in self.limits for stage in side)

    def past(self, stage, value):
        """A set-point is reached."""
        return value >= self.limits[stage] if stage in UPPER else value <= self.limits[stage]

    def back(self, side, value):
        """Whether the value has come back behind the first limit of a side by more than the deadband."""
        found = [self.limits[s] for s in side if s in self.limits]
        if not found:
            return side in (UPPER, LOWER)
        if side[0] in UPPER:
            return value < min(found) and value <= min(found) - self.deadband
        return value > max(found) and value >= max(found) + self.deadband
