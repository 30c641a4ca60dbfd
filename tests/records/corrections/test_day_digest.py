"""The digest of a day of records in the chain, and what changes behind it."""

from datetime import UTC, datetime, timedelta

import pytest

from records.corrections import chain, day_digest
from tests.api import park
from tests.records.evidence import outlet

pytestmark = pytest.mark.integration

DAY = datetime(2026, 11, 19, 16, tzinfo=UTC)  # midnight of 20 November in the park
SETTLED = DAY + timedelta(days=1, hours=1)


@pytest.fixture
def conn(conn):
    """An hour in two revisions, both made on 20 November."""
    park.found(conn)
    outlet.found(conn)
    return conn


def entries(conn):
    return chain.entries_of(conn, ["records 2026-11-20", "records 2026-11-21"])


def test_a_day_is_entered_once_when_it_is_over_and_settled(conn):
    assert day_digest.turn(conn, SETTLED - timedelta(seconds=1)) == 0
    assert day_digest.turn(conn, SETTLED) == 1
    assert day_digest.turn(conn, SETTLED + timedelta(hours=20)) == 0
    (entry,) = entries(conn)
    assert (entry.object, entry.actor, entry.action) == ("records 2026-11-20", "system", "records")
    (made,) = conn.execute(
        "select (select count(*) from record) + (select count(*) from record_revision)"
    ).fetchone()
    assert f'"rows":{made}' in entry.content
    assert day_digest.turn(conn, SETTLED + timedelta(days=3)) == 3  # days without records too
    assert chain.verify(conn).holds


def test_without_any_record_nothing_is_entered(conn):
    conn.execute("delete from record")
    conn.execute("delete from record_revision")
    assert day_digest.turn(conn, SETTLED) == 0


def test_a_new_revision_on_another_day_and_another_zone_change_no_digest(conn):
    day_digest.turn(conn, SETTLED)
    conn.execute("set local timezone to 'America/New_York'")
    assert chain.verify(conn).holds
    conn.execute("update minute set total = 1, min = 1, max = 1 where sensor_id = 31")
    outlet.make(conn, "late", SETTLED)
    assert conn.execute("select max(revision) from record").fetchone() == (3,)
    assert chain.verify(conn).holds


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("update record_revision set mean = mean - 1 where sensor_id = 31 and revision = 1", "revisions)"),
        ("update record_revision set made_at = made_at + interval '2 days' where sensor_id = 31", "now)"),
        ("delete from record_revision where sensor_id = 31", "now)"),
        ("update record set cause = 'demo' where sensor_id = 31", "now)"),
        (
            "update record set status = 'short', mean = null where sensor_id = 31 and period = 'hour'",
            "revisions)",
        ),
    ],
)
def test_a_revision_that_is_changed_in_the_database_is_found(conn, tampering, told):
    day_digest.turn(conn, SETTLED)
    conn.execute(tampering.encode())
    code, lines = chain.verify_command(conn)
    assert code == 1
    assert lines[0].startswith("records 2026-11-20: revisions made that day were changed behind the chain")
    assert told in lines[0]
