"""What alerts said of official periods, and what each next fact makes of it; pure: rows are somebody else's business."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from alerts.alert import Alert
from alerts.changes import Change
from alerts.fact import Fact, Watch
from alerts.life import Event, fold
from alerts.period_changes import Case, Spoken, changes_of, progress_of, revision_of
from alerts.track import Key
from alerts.verdict import Progress

Place = tuple[int, str, bool]  # sensor, period, at reference oxygen


class Lives(Protocol):
    """Alerts that changes are settled against; ``at`` is the number of the newest life of a key, ``held`` those there before."""

    @property
    def held(self) -> Mapping[Key, Alert]: ...  # noqa: D102
    @property
    def at(self) -> Mapping[Key, int]: ...  # noqa: D102
    def standing(self, key: Key) -> Alert | None: ...  # noqa: D102
    def take(self, change: Change) -> None: ...  # noqa: D102


@dataclass(slots=True)
class Said:
    """What alerts said of the periods of one rule at one sensor; an owner is (id of alert, None) or (0, life)."""

    periods: dict[datetime, Spoken] = field(default_factory=dict)
    owners: dict[datetime, tuple[int, int | None]] = field(default_factory=dict)


class Book:
    """Facts taken one by one, in order of time."""

    def __init__(self, lives: Lives) -> None:
        self.lives = lives
        self.said: dict[Key, Said] = defaultdict(Said)
        self.newest: dict[Place, datetime] = {}  # judgeable period
        self.past: dict[int, Alert] = {}  # ended alerts that spoke of a period here
        self.past_events: list[tuple[int, Event]] = []
        self.touched: list[tuple[Watch, Fact]] = []
        self.progress: list[Progress] = []

    def take(self, watch: Watch, fact: Fact, *, drill: bool = False) -> None:
        """Judge one fact by one rule."""
        known = self.newest.get(place := (fact.sensor_id, fact.period, watch.converted))
        said = self.said[watch.key]
        before, standing = said.periods.get(fact.start), watch.standing(fact)
        case = Case(
            watch=watch,
            fact=fact,
            standing=standing,
            alert=self.lives.standing(watch.key),
            before=before,
            run=self._run(watch.key, fact.start),
            newest=known is None or fact.start >= known,
            drill=drill,
        )
        case = self._revised(case, said)
        for change in changes_of(case):
            self.lives.take(change)
        alert = self.lives.standing(watch.key)
        if case.over and (alert is not None or case.spoken):
            self._speaks(watch, fact, Spoken(fact.start, standing.value, over=True))
            told = progress_of(case) if alert is not None else None
            self.progress += [] if told is None else [told]
        elif before is not None:
            self._speaks(watch, fact, Spoken(fact.start, standing.value, over=False))
        if watch.value_of(fact) is not None:
            self.newest[place] = fact.start if known is None else max(known, fact.start)

    def _revised(self, case: Case, said: Said) -> Case:
        """Tell the alert that spoke of this period when it has another value now."""
        owner, _ = said.owners.get(case.fact.start, (0, None))
        alert = case.alert
        spoke = alert if alert is not None and alert.id == owner else self.past.get(owner)
        event = revision_of(case, spoke) if spoke is not None else None
        if spoke is None or event is None:
            return case
        if spoke is not alert:
            self.past[owner] = fold(spoke, event)
            self.past_events.append((owner, event))
            return case
        self.lives.take(Change(key=case.watch.key, event=event))
        return case.with_alert(self.lives.standing(case.watch.key))

    def _speaks(self, watch: Watch, fact: Fact, spoken: Spoken) -> None:
        said = self.said[watch.key]
        life, held = self.lives.at.get(watch.key), self.lives.held.get(watch.key)
        said.periods[fact.start] = spoken
        if fact.start not in said.owners or self._anew(watch.key, said.owners[fact.start]):
            said.owners[fact.start] = (0, life) if life is not None else (held.id if held else 0, None)
        self.touched.append((watch, fact))

    def _anew(self, key: Key, owner: tuple[int, int | None]) -> bool:
        """Return whether another alert is open than the one that spoke of a period."""
        alert = self.lives.standing(key)
        return alert is not None and owner != (0, self.lives.at.get(key)) and alert.id != owner[0]

    def _run(self, key: Key, start: datetime) -> tuple[Spoken, ...]:
        """Return the other periods over the limit of the occurrence that is open, in order."""
        alert = self.lives.standing(key)
        if alert is None or "from" not in alert.evidence:
            return ()
        since = datetime.fromisoformat(alert.evidence["from"])
        found = [s for s in self.said[key].periods.values() if s.over and since <= s.start != start]
        return tuple(sorted(found, key=lambda each: each.start))
