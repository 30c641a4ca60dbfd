"""A batch that the database or judging refuses: find the message that does it, and keep it aside."""

from collections.abc import Sequence
from datetime import datetime

from alerts.judge import Finding
from ingest.batch import Batch, Origin
from ingest.decode import Decoder
from ingest.judging import Judge
from ingest.ledger import Entry
from ingest.refusal import Refusal, shown
from ingest.store import Outcome, Store
from smartpark import db, log

# SQLSTATE classes of what passes by itself: connection, resources, rollback (deadlock), intervention, lock.
_PASSING = ("08", "53", "55", "57", "40", "58", "XX")
# So many stations after one another: the back-fill of one that cannot be stored never stops the others.
_IN_A_ROW = 10


def is_passing(error: BaseException) -> bool:
    """Return whether writing the same again later may work, so that nothing of it is to blame."""
    if not isinstance(error, db.Error) or isinstance(error, db.UnfitError):
        return False
    return error.sqlstate is None or error.sqlstate[:2] in _PASSING


class DefectError(RuntimeError):
    """Messages of so many stations in a row cannot be written that they are not to blame; nothing of them is lost."""


class Poison:
    """Writes batches; one that fails for what is in it is halved until the message to blame stands alone."""

    def __init__(self, decoder: Decoder, store: Store, judge: Judge) -> None:
        self._log = log.get("ingest.poison")
        self._in_a_row: set[str] = set()  # topics
        self.renew(decoder, store, judge)

    def renew(self, decoder: Decoder, store: Store, judge: Judge) -> None:
        """Go on with newly loaded parts; what went wrong so far is told."""
        self._decoder = decoder
        self._store = store
        self._judge = judge
        self._why = ""
        self.troubles: list[str] = []
        self.reload = False

    def write(self, batch: Batch, now: datetime, findings: Sequence[Finding] = ()) -> Outcome:
        """Write a batch, all of it, whatever is in it.

        Raises:
            smartpark.db.Error: the database cannot be reached or is in trouble of its own; nothing is lost.
            DefectError: the defect is not in the messages.
            Exception: even an empty batch fails.

        """
        try:
            outcome = self._store.write(batch, self._judge, now, findings)
        except Exception as error:
            if is_passing(error):
                raise
            self.reload = True
            self._log.warning("batch_refused", messages=len(batch.origins), exc_info=True)
        else:
            self._in_a_row.clear()
            return outcome
        self.troubles.append("batch_refused")
        # Another writer may have stored what the watermarks do not know: the careful way asks for each reading.
        again = self._attempt(batch.origins, batch.source, now)
        if again is not None:
            return again
        self._store.write(self._decoder.batch(batch.source), self._judge, now, careful=True)
        return self._halve(batch.origins, batch.source, now)

    def _attempt(self, origins: Sequence[Origin], source: str, now: datetime) -> Outcome | None:
        batch = self._decoder.batch(source)
        for origin in origins:
            self._decoder.add(batch, origin)
        try:
            outcome = self._store.write(batch, self._judge, now, careful=True)
        except Exception as error:
            if is_passing(error):
                raise
            self._why = str(error).strip()
            return None
        self._in_a_row.clear()
        return outcome

    def _halve(self, origins: Sequence[Origin], source: str, now: datetime) -> Outcome:
        if len(origins) == 1:
            return self._set_aside(origins[0], source, now)
        middle = len(origins) // 2
        halves = (origins[:middle], origins[middle:])
        return _together([self._attempt(h, source, now) or self._halve(h, source, now) for h in halves])

    def _set_aside(self, origin: Origin, source: str, now: datetime) -> Outcome:
        self._in_a_row.add(origin.topic)
        if len(self._in_a_row) > _IN_A_ROW:
            raise DefectError(f"messages of {_IN_A_ROW} stations in a row could not be written: {self._why}")
        self.troubles.append("poison")
        self._log.error("message_set_aside", topic=origin.topic, error=self._why)
        decoded = self._decoder.batch(source)
        self._decoder.add(decoded, origin)
        batch = self._decoder.batch(source)
        batch.origins.append(origin)
        batch.counted.extend(decoded.counted)
        items = sum(count for _, _, count in decoded.counted)
        station_id = decoded.counted[0][1] if decoded.counted else 0
        detail = f"it could not be stored ({shown(self._why)}); report it with this message"
        batch.refusals.append(Refusal(0, "unsupported", detail, items, station_id))
        return self._store.write(batch, self._judge, now)


def _together(parts: Sequence[Outcome]) -> Outcome:
    total = Entry()
    refused: dict[str, int] = {}
    for part in parts:
        for name in ("received", "stored", "duplicate", "quarantined", "gap"):
            setattr(total, name, getattr(total, name) + getattr(part.totals, name))
        for reason, count in part.refused.items():
            refused[reason] = refused.get(reason, 0) + count
    return Outcome(
        total,
        sum(p.conflicts for p in parts),
        sum(p.events for p in parts),
        sum(p.imbalances for p in parts),
        refused,
    )
