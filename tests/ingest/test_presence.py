"""What stations say of themselves is kept whenever it changes: evidence for hours that are missing."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest import loading
from ingest.batch import Origin
from ingest.check import Bounds
from ingest.decode import Decoder
from ingest.judging import Silence
from ingest.store import Store
from tests.ingest import park

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_status_is_kept_when_it_changes_and_only_then(conn):
    park.build(conn)
    decoder = Decoder(loading.directory(conn), "rest")
    store = Store(conn, decoder.directory, Bounds(600_000_000, 90))
    conn.commit()
    for second, word in enumerate([b"online", b"online", b"offline", b"offline", b"online"]):
        at = NOW + timedelta(seconds=second)
        batch = decoder.batch()
        decoder.add(
            batch, Origin(park.topic(park.VOC, last="status"), word, round(at.timestamp() * 1_000_000))
        )
        store.write(batch, Silence(), at)
    assert conn.execute("select online, at from station_presence order by at").fetchall() == [
        (True, NOW),
        (False, NOW + timedelta(seconds=2)),
        (True, NOW + timedelta(seconds=4)),
    ]
    assert conn.execute("select online, since from station_status").fetchall() == [
        (True, NOW + timedelta(seconds=4))
    ]
