"""Which alerts ought to be raised, told from what was sent and the published limits alone.

Simple on purpose: it says what must be there and what may be there, and leaves the exact course to the product.
An alert must be there when readings in order violate a limit for its delay; it may be there when any reading does.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simulators.truth import Line, Session
from simulators.watches import Key, Watch


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading as it arrived."""

    at_ms: int
    time_ms: int
    value: float
    flag: str


@dataclass(slots=True)
class Ought:
    """One alert that ought to be raised, or (``must`` false) may be."""

    rule: str
    station: str
    quantity: str
    form: str
    stage: str
    origin: str
    must: bool
    raised_ms: int
    published_ms: int
    peak: float

    def json(self) -> dict[str, Any]:
        """Return it for the truth file."""
        return asdict(self)


def arrivals(session: Session, lines: Iterable[Line]) -> dict[Key, list[Seen]]:
    """Return what arrived of each sensor, in order of arrival; what must be refused is left out."""
    keys: list[Key] = [(s, q, f) for s, q, f in session.head["sensors"]]
    found: dict[Key, list[Seen]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.at_ms):
        if line.odd:
            continue
        for point, value, flag in zip(line.points, line.values, line.flags, strict=True):
            found[keys[point]].append(Seen(line.at_ms, line.time_ms, value, flag))
    return found


def ought(watches: Sequence[Watch], seen: dict[Key, list[Seen]]) -> list[Ought]:
    """Return the alerts of limit and state rules that ought to be or may be raised."""
    found = []
    for watch in watches:
        one = _of(watch, seen.get(watch.key, []))
        if one is not None:
            found.append(one)
    return found


def silences(session: Session) -> list[dict[str, Any]]:
    """Return the outages of the scenario as silence items that must be raised: one an enterprise."""
    out = []
    for outage in session.head.get("outages", []):
        stations = set(outage["stations"])
        members = [key for key in session.head["sensors"] if key[0] in stations]
        out.append(
            {
                "rule": "silence",
                "enterprise": outage["enterprise"],
                "points": len(members),
                "since_ms": outage["from_ms"],
                "until_ms": outage["to_ms"],
                "must": True,
            }
        )
    return out


def _of(watch: Watch, readings: Sequence[Seen]) -> Ought | None:
    sure = _runs(watch, readings, for_certain=True)
    perhaps = [r for r in readings if watch.stage(r.value, r.flag, for_certain=False)]
    if not perhaps:
        return None
    chosen = sure[0] if sure else None
    first = chosen or perhaps[0]
    live = next((r for r in sure if r.at_ms - r.time_ms <= watch.live_window_ms), None)
    grave = [s for r in perhaps if (s := watch.stage(r.value, r.flag, for_certain=bool(sure)))]
    stage = max(grave, key=lambda s: (len(s), s), default="")
    values = [r.value for r in perhaps]
    peak = min(values) if stage in {"L", "LL"} else max(values)
    station, quantity, form = watch.key
    return Ought(
        watch.rule,
        station,
        quantity,
        form,
        stage,
        "live" if live else "retrospective",
        chosen is not None,
        first.time_ms,
        (live or first).at_ms,
        peak,
    )


def _runs(watch: Watch, readings: Sequence[Seen], *, for_certain: bool) -> list[Seen]:
    """Return the readings in order at which a violation has lasted for the delay of the rule."""
    newest_ms = -1
    begun_ms: int | None = None
    held = []
    for reading in readings:
        if reading.time_ms <= newest_ms:
            continue  # a repetition, or out of order: judged later, if at all
        newest_ms = reading.time_ms
        if watch.stage(reading.value, reading.flag, for_certain=for_certain) is None:
            begun_ms = None
            continue
        begun_ms = reading.time_ms if begun_ms is None else begun_ms
        if reading.time_ms - begun_ms >= watch.on_delay_s * 1000:
            held.append(reading)
    return held
