"""Write a verdict in the transaction that stores its readings: rows first, events last, under their one lock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from alerts import rows
from alerts.alert import Alert
from alerts.changes import Change
from alerts.life import Event
from alerts.points import instant
from alerts.settle import settle
from alerts.track import Key
from alerts.verdict import Progress, Verdict

_RAISES = frozenset({"raised", "level_raised", "known", "annunciated", "members_changed"})


def mark_late(conn: rows.AnyConnection, verdict: Verdict) -> None:
    """Mark late readings past a limit, to be judged again with their neighbours."""
    if not verdict.late:
        return
    sensors, froms, tos = zip(*verdict.late, strict=True)
    columns = {
        "sensors": list(sensors),
        "froms": [instant(us) for us in froms],
        "tos": [instant(us) for us in tos],
        "now": verdict.now,
    }
    conn.execute(rows.Q.mark_late, columns)


def write(conn: rows.AnyConnection, verdict: Verdict, known: Mapping[Key, int]) -> int:
    """Write alerts, progress and events; return how many events. Call it last before the commit.

    ``known`` = ids of open alerts; the ids of the rows written are left in ``verdict.rows``.
    """
    changes = verdict.changes
    events: list[tuple[int, Event]] = []
    if changes:
        keys = {change.key for change in changes}
        rising = {change.key for change in changes if change.event.type in _RAISES}
        settling = Settling(conn, keys, rising, verdict.now)
        for change in changes:
            settling.take(change)
        ids = settling.save()
        events = settling.events(ids)
        verdict.rows.update({key: ids[at] for key, at in settling.at.items()})
    advance(conn, verdict.progress, {**known, **verdict.rows}, verdict.now)
    rows.append(conn, events)
    return len(events)


class Settling:
    """Changes settled one by one against locked rows; ``at`` tells the newest life of a key that something happened to."""

    def __init__(
        self, conn: rows.AnyConnection, keys: Collection[Key], rising: Collection[Key], now: datetime
    ) -> None:
        self.conn = conn
        self.now = now
        self.held = rows.lock_open(conn, keys)
        self.shelves = rows.carried(conn, sorted(key for key in rising if key not in self.held), now)
        self.lives: list[Alert] = []
        self.at: dict[Key, int] = {}
        self.told: list[tuple[int, Event]] = []  # position in lives, event

    def standing(self, key: Key) -> Alert | None:
        """Return the open alert of a rule at a target as it stands now."""
        at = self.at.get(key)
        alert = self.held.get(key) if at is None else self.lives[at]
        return alert if alert is not None and alert.ended_at is None else None

    def take(self, change: Change) -> None:
        """Settle one change after those before it."""
        at = self.at.get(change.key)
        before = self.held.get(change.key) if at is None else self.lives[at]
        after, told = settle(before, change, self.shelves.get(change.key), self.now)
        if after is None or not told:
            return
        anew = before is None or before.ended_at is not None
        if at is None or anew:
            at = len(self.lives)
            self.lives.append(after)
            self.at[change.key] = at
        self.lives[at] = after
        self.told += [(at, event) for event in told]

    def save(self) -> list[int]:
        """Write the rows; return the id of every life."""
        rows.update_many(self.conn, [alert for alert in self.lives if alert.id])
        # One that has ended already goes alone.
        ids = [
            rows.insert(self.conn, alert) if not alert.id and alert.ended_at is not None else alert.id
            for alert in self.lives
        ]
        fresh = [alert for alert, known in zip(self.lives, ids, strict=True) if not known]
        found = rows.insert_many(self.conn, fresh)
        keys = [(a.rule, a.target_kind, a.target_id) for a in self.lives]
        return [known or found[key] for known, key in zip(ids, keys, strict=True)]

    def events(self, ids: Sequence[int]) -> list[tuple[int, Event]]:
        """Return what happened, with the id of its alert."""
        return [(ids[at], event) for at, event in self.told]


def advance(
    conn: rows.AnyConnection, progress: Iterable[Progress], ids: Mapping[Key, int], now: datetime
) -> None:
    """Write where active alerts stand; of several words about one the last counts."""
    newest: dict[int, Progress] = {}
    for each in progress:
        alert_id = ids.get(each.key)
        if alert_id is not None:
            newest[alert_id] = each
    if not newest:
        return
    order = sorted(newest)
    found = [newest[alert_id] for alert_id in order]
    columns = {
        "ids": order,
        "lasts": [p.last_value for p in found],
        "last_ats": [p.last_at for p in found],
        "peaks": [p.peak_value for p in found],
        "peak_ats": [p.peak_at for p in found],
        "counts": [p.count for p in found],
        "nows": [now] * len(order),
    }
    conn.execute(rows.Q.progress, columns)
