"""Write a verdict in the transaction that stores its readings: rows first, events last, under their one lock."""

from collections.abc import Mapping, Sequence

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
    settling = _Settling(conn, verdict)
    if verdict.changes:
        settling.save()
    if verdict.progress:
        _advance(conn, verdict, {**known, **verdict.rows})
    rows.append(conn, settling.events)
    return len(settling.events)


class _Settling:
    """The changes of a verdict, settled one by one against locked rows."""

    def __init__(self, conn: rows.AnyConnection, verdict: Verdict) -> None:
        self.conn = conn
        self.verdict = verdict
        self.lives: list[Alert] = []
        self.at: dict[Key, int] = {}
        self.told: list[tuple[int, Event]] = []  # position in lives, event
        self.events: list[tuple[int, Event]] = []

    def save(self) -> None:
        """Settle every change in order and save what came of it."""
        changes = self.verdict.changes
        held = rows.lock_open(self.conn, [change.key for change in changes])
        shelves = rows.carried(self.conn, _rising(changes, held), self.verdict.now)
        for change in changes:
            self._settle(change, held.get(change.key), shelves.get(change.key))
        rows.update_many(self.conn, [alert for alert in self.lives if alert.id])
        ids = self._inserted()
        self.events = [(ids[at], event) for at, event in self.told]
        self.verdict.rows.update({key: ids[at] for key, at in self.at.items()})

    def _settle(self, change: Change, held: Alert | None, shelf: Mapping[str, object] | None) -> None:
        at = self.at.get(change.key)
        before = held if at is None else self.lives[at]
        after, told = settle(before, change, shelf, self.verdict.now)
        if after is None or not told:
            return
        anew = before is None or before.ended_at is not None
        if at is None or anew:
            at = len(self.lives)
            self.lives.append(after)
            self.at[change.key] = at
        self.lives[at] = after
        self.told += [(at, event) for event in told]

    def _inserted(self) -> list[int]:
        """Insert what has no id yet; return the id of every life. One that has ended already goes alone."""
        ids = [
            rows.insert(self.conn, alert) if not alert.id and alert.ended_at is not None else alert.id
            for alert in self.lives
        ]
        fresh = [alert for alert, known in zip(self.lives, ids, strict=True) if not known]
        found = rows.insert_many(self.conn, fresh)
        keys = [(a.rule, a.target_kind, a.target_id) for a in self.lives]
        return [known or found[key] for known, key in zip(ids, keys, strict=True)]


def _rising(changes: Sequence[Change], held: Mapping[Key, Alert]) -> list[Key]:
    return sorted({c.key for c in changes if c.key not in held and c.event.type in _RAISES})


def _advance(conn: rows.AnyConnection, verdict: Verdict, ids: Mapping[Key, int]) -> None:
    newest: dict[int, Progress] = {}
    for each in verdict.progress:
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
        "nows": [verdict.now] * len(order),
    }
    conn.execute(rows.Q.progress, columns)
