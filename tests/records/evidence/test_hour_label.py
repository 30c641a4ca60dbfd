"""How an hour is called in a pack and behind a rate."""

from datetime import UTC, datetime

from api.routes.rates import hour_label
from records.evidence.hour import label


def test_the_last_hour_of_a_day_ends_at_24_and_no_other_does():
    last = datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert label(last, "Asia/Shanghai") == "2026-11-22 23:00-24:00 (UTC+0800)"
    assert label(last, "UTC") == "2026-11-22 15:00-16:00 (UTC+0000)"
    assert hour_label(last.replace(hour=23)) == "23:00-24:00"
    assert hour_label(last.replace(hour=0)) == "00:00-01:00"
