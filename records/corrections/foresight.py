"""What a correction would change, computed by the engine of records and taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import tuple_row

from records.corrections.decisions import AnyConnection, Preview
from records.periods.preview import preview

_SHOWN = (
    "sensor_id",
    "period",
    "start",
    "revision",
    "status",
    "mean",
    "converted",
    "mass",
    "expected",
    "samples",
    "judgeable",
)


def foreseen(oxygen_not_running: float, now: datetime) -> Preview:
    """Return what tells the records as they would be if a correction were confirmed."""

    def tell(conn: AnyConnection, number: int) -> Sequence[Mapping[str, Any]]:
        rows, conn.row_factory = conn.row_factory, tuple_row
        try:
            changes = preview(conn, number, oxygen_not_running=oxygen_not_running, now=now)
        finally:
            conn.row_factory = rows
        return [{name: getattr(change, name) for name in _SHOWN} for change in changes]

    return tell
