"""What a batch writes besides readings: quarantine, ledger, sequence numbers, statuses, positions, events."""

from collections import Counter
from collections.abc import Sequence

from ingest.batch import Batch, Position
from ingest.ledger import Ledger
from ingest.readings_table import instant
from ingest.refusal import Refusal
from smartpark import db, queries

_Q = queries.load("ingest")


def quarantine(
    conn: db.Connection, batch: Batch, refusals: Sequence[Refusal], ledger: Ledger
) -> dict[str, int]:
    """Keep refused messages, book their items by the rows that the database wrote; return items by reason."""
    if not refusals:
        return {}
    rows = []
    for refusal in refusals:
        origin = batch.origins[refusal.message]
        rows.append(
            {
                "digest": origin.digest,
                "topic": origin.topic.replace("\0", "\\0"),
                "payload": origin.payload,
                "reason": refusal.reason,
                "detail": refusal.detail,
                "source": batch.source,
                "station_id": refusal.station_id or None,
                "items": refusal.items,
                "received_at": instant(origin.received_us),
                "peer": origin.peer,
            }
        )
    by_reason: Counter[str] = Counter()
    with conn.cursor() as cursor:
        cursor.executemany(_Q.quarantine, rows, returning=True)
        for refusal in refusals:
            written = len(cursor.fetchall())
            ledger.entries[refusal.station_id].quarantined += refusal.items * written
            by_reason[refusal.reason] += refusal.items
            cursor.nextset()
    return dict(by_reason)


def book(conn: db.Connection, batch: Batch, ledger: Ledger, newest: dict[int, int]) -> None:
    """Add the counts of a batch to the ledger, and keep the stations' newest sequence numbers."""
    if ledger.entries:
        stations = sorted(ledger.entries)
        entries = [ledger.entries[station_id] for station_id in stations]
        conn.execute(
            _Q.book,
            [
                instant(batch.minute_us),
                batch.source,
                stations,
                [e.received for e in entries],
                [e.stored for e in entries],
                [e.duplicate for e in entries],
                [e.quarantined for e in entries],
                [e.gap for e in entries],
            ],
        )
    if newest:
        conn.execute(_Q.note_sequences, [list(newest), list(newest.values())])


def write(conn: db.Connection, batch: Batch, positions: Sequence[Position]) -> None:
    """Keep statuses, positions and park events; each again is the same."""
    with conn.cursor() as cursor:
        if batch.statuses:
            cursor.executemany(
                _Q.note_status,
                [
                    {"station_id": s.station_id, "online": s.online, "at": instant(s.received_us)}
                    for s in batch.statuses
                ],
            )
        if positions:
            cursor.executemany(
                _Q.note_position,
                [
                    {"station_id": p.station_id, "time": instant(p.time_us), "lat": p.lat, "lon": p.lon}
                    for p in positions
                ],
            )
        if batch.events:
            cursor.executemany(
                _Q.note_event,
                [
                    {
                        "park_id": e.park_id,
                        "type": e.type,
                        "id": e.id,
                        "at": instant(e.at_us),
                        "received_at": instant(e.received_us),
                        "data": e.data,
                    }
                    for e in batch.events
                ],
            )
