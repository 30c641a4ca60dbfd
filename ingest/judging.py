"""What ingest asks of judging; the real one is ``alerts.judge.Judge``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from alerts.judge import Finding
from smartpark import db
from smartpark.readings import Readings


class Judge(Protocol):
    """Judges newly stored readings inside the transaction that stores them."""

    def judge(self, new: Readings, now: datetime, findings: Sequence[Finding] = ()) -> Any:
        """Return the verdict on readings sorted by (sensor, time); pure."""

    def write(self, conn: db.Connection, verdict: Any, now: datetime) -> int:
        """Write the verdict last before the commit; return the number of events."""

    def adopt(self, verdict: Any) -> None:
        """Make the verdict's state the present one, after the commit."""


class Silence:
    """Judges nothing: for a release, whose readings the owner of the feed looks at again, and for tests."""

    def judge(self, new: Readings, now: datetime, findings: Sequence[Finding] = ()) -> None:
        """Return no verdict."""

    def write(self, conn: db.Connection, verdict: Any, now: datetime) -> int:
        """Write nothing."""
        del conn, verdict, now
        return 0

    def adopt(self, verdict: Any) -> None:
        """Keep no state."""
