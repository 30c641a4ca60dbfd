"""What Prometheus reads."""

import pytest

pytestmark = pytest.mark.integration


def test_the_counters_of_the_ledger_are_of_this_day_alone(as_role, park_conn):
    """Adding up the whole ledger at every scrape would take longer each day."""
    park_conn.execute("delete from ledger")
    park_conn.execute(
        "insert into ledger (minute, source, station_id, received, stored) values"
        " (date_trunc('minute', now()), 'mqtt', 1, 7, 7), (now() - interval '25 hours', 'mqtt', 1, 1000, 1000)"
    )
    park_conn.commit()
    text = as_role("viewer").get("/metrics").text
    assert 'smartpark_ledger_received_items_total{source="mqtt"} 7.0' in text
