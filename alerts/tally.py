"""What a replayed rule would have raised: how many, how long, where, how much flapping. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts.changes import Change
from alerts.rules import LEVELS
from alerts.track import Key

_MINUTE = timedelta(minutes=1)
CHATTERING = 3  # occurrences in one minute: the usual definition of a chattering alarm, EEMUA 191


@dataclass(slots=True)
class Occurrence:
    """One time a rule was violated at one target; ``end`` None: still violated when the replay ended."""

    key: Key
    station: str
    enterprise: str
    start: datetime
    level: str
    end: datetime | None = None


@dataclass(slots=True)
class Tally:
    """Collects occurrences over [since, until)."""

    since: datetime
    until: datetime
    readings: int = 0
    occurrences: list[Occurrence] = field(default_factory=list)
    _open: dict[Key, Occurrence] = field(default_factory=dict)

    def add(self, changes: Iterable[Change]) -> None:
        """Count intended events, in order."""
        for change in changes:
            event, now_open = change.event, self._open.get(change.key)
            if event.type == "raised" and now_open is None:
                self._begin(change)
            elif event.type == "level_raised" and now_open is not None:
                level = str(event.data.get("level", now_open.level))
                now_open.level = max(now_open.level, level, key=LEVELS.index)
            elif event.type in {"cleared", "returned"} and now_open is not None:
                now_open.end = event.at
                del self._open[change.key]

    def _begin(self, change: Change) -> None:
        point = change.point
        started = Occurrence(
            change.key,
            point.station if point else f"{change.key[1]} {change.key[2]}",
            (point.enterprise or "") if point else "",
            change.event.at,
            str(change.event.data.get("level", "yellow")),
        )
        self.occurrences.append(started)
        self._open[change.key] = started

    def json(self) -> dict[str, Any]:
        """Return the answer for machines; durations in seconds."""
        lasting = [self._lasting_s(one) for one in self.occurrences]
        return {
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "readings": self.readings,
            "alerts": len(self.occurrences),
            "still_active": len(self._open),
            "levels": dict(Counter(one.level for one in self.occurrences)),
            "active_s": round(sum(lasting), 1),
            "longest_s": round(max(lasting, default=0.0), 1),
            "per_day": round(
                len(self.occurrences) / max((self.until - self.since) / timedelta(days=1), 1e-9), 2
            ),
            "chattering_points": len(self.chattering()),
            "where": self._where(),
        }

    def chattering(self) -> dict[Key, int]:
        """Return the targets with CHATTERING or more occurrences in one minute, and how many they had in all."""
        starts: Mapping[Key, list[datetime]] = defaultdict(list)
        for one in self.occurrences:
            starts[one.key].append(one.start)
        last = CHATTERING - 1
        return {
            key: len(at)
            for key, at in starts.items()
            if any(at[i + last] - at[i] <= _MINUTE for i in range(len(at) - last))
        }

    def _where(self) -> list[dict[str, Any]]:
        chattering = self.chattering()
        found: dict[Key, dict[str, Any]] = {}
        for one in self.occurrences:
            place = found.setdefault(
                one.key,
                {
                    "station": one.station,
                    "enterprise": one.enterprise,
                    "target": f"{one.key[1]}/{one.key[2]}",
                    "alerts": 0,
                    "active_s": 0.0,
                    "chattering": one.key in chattering,
                },
            )
            place["alerts"] += 1
            place["active_s"] = round(place["active_s"] + self._lasting_s(one), 1)
        return sorted(found.values(), key=lambda place: (-place["alerts"], place["station"]))

    def _lasting_s(self, one: Occurrence) -> float:
        return ((one.end or self.until) - one.start).total_seconds()

    def text(self, most: int = 20) -> str:
        """Return the answer for people; ``most`` places are listed."""
        shown = self.json()
        levels = ", ".join(f"{number} {level}" for level, number in shown["levels"].items()) or "none"
        lines = [
            f"{shown['from']} - {shown['to']}: {shown['readings']} readings",
            f"alerts {shown['alerts']} ({levels}), {shown['per_day']} a day, {shown['still_active']} still active",
            f"active {shown['active_s']:.0f} s in all, longest {shown['longest_s']:.0f} s",
            f"chattering points (3 or more in a minute): {shown['chattering_points']}",
        ]
        for place in shown["where"][:most]:
            flaps = "  chattering" if place["chattering"] else ""
            lines.append(
                f"  {place['station']:<24} {place['alerts']:>6}  {place['active_s']:>10.0f} s{flaps}"
            )
        left = len(shown["where"]) - most
        return "\n".join([*lines, *([f"  and {left} more places"] if left > 0 else [])])
