"""The time of a reading: exact, strict, and helpful where it is wrong."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import instants

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-11-22T08:00:00+08:00", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22t00:00:00z", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22 00:00:00-00:00", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T00:00:00.1234567Z", datetime(2026, 11, 22, 0, 0, 0, 123456, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2024-02-29T00:00:00.5+05:30", datetime(2024, 2, 28, 18, 30, 0, 500000, tzinfo=UTC)),
    ],
)
def test_an_rfc_3339_time_is_read_exactly(text, same):
    assert instants.parse(text) == (same - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize("text", ["2026-11-22T08:00:00", "2026-11-22 08:00:00.5"])
def test_a_time_without_offset_is_refused_as_such(text):
    with pytest.raises(instants.TimeError, match="no UTC offset; write it like") as caught:
        instants.parse(text)
    assert caught.value.reason == "no_offset"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "yesterday",
        "2026-11-22",
        "20261122T080000Z",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T23:59:61Z",
        "2026-11-22T00:00:00+24:00",
        "2026-11-22T00:00:00+0800",
        "0000-01-01T00:00:00Z",
        "２０２６-11-22T00:00:00Z",
        "2026-11-22T00:00:00Z\0",
        1.5e12,
        True,
        None,
        [],
        {},
    ],
)
def test_what_is_no_time_is_malformed(wrong):
    with pytest.raises(instants.TimeError) as caught:
        instants.parse(wrong)
    assert caught.value.reason == "malformed"


def test_epoch_milliseconds_lose_nothing_on_the_way():
    assert instants.parse(1795305600123) == 1795305600123000


@pytest.mark.parametrize("huge", [10**30, -(10**30), 2**63])
def test_integers_beyond_the_calendar_come_to_its_ends(huge):
    assert abs(instants.parse(huge)) < 2**63


@given(
    st.datetimes(
        datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
        datetime(9999, 12, 30),  # noqa: DTZ001 - as above
        timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_every_written_instant_is_read_back(at):
    assert instants.Memory().parse(at.isoformat()) == (at - EPOCH) // timedelta(microseconds=1)
