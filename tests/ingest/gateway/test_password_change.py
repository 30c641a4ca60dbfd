"""What becomes of two passwords, as time passes."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.gateway.password_change import Change, step

SINCE = datetime(2026, 11, 26, tzinfo=UTC)
MINE, OTHER = "123456", "654321"


@pytest.mark.parametrize(
    ("state", "asking", "spoken_s", "now_s", "becomes"),
    [
        ("offered", False, {}, 400, None),
        ("offered", False, {MINE: 290}, 400, None),
        ("offered", False, {MINE: 300}, 300, "forget"),
        ("offered", True, {MINE: 300}, 300, None),  # it may confirm it yet
        ("offered", False, {OTHER: -1}, 10, None),  # said before it was offered
        ("offered", False, {MINE: 9, OTHER: 9}, 10, "follow"),
        ("offered", False, {}, 86_399, None),
        ("offered", True, {}, 86_400, "forget"),
        ("confirmed", False, {OTHER: 299}, 299, None),
        ("confirmed", False, {OTHER: 299}, 300, "return"),
        ("confirmed", False, {OTHER: 29}, 300, "forget"),  # under way when it confirmed
        ("confirmed", False, {}, 300, "forget"),
        ("confirmed", False, {MINE: 1, OTHER: 299}, 300, "used"),
        ("used", False, {OTHER: 299}, 299, None),
        ("used", False, {OTHER: 299}, 300, "forget"),
    ],
)
def test_of_two_passwords_one_lapses_in_time(state, asking, spoken_s, now_s, becomes):
    change = Change("A" * 24, MINE, OTHER, state, SINCE, asking)
    spoken = {pw: SINCE + timedelta(seconds=at) for pw, at in spoken_s.items()}
    assert step(change, spoken, SINCE + timedelta(seconds=now_s)) == becomes


def test_a_logger_that_needed_no_password_may_use_the_offered_one():
    change = Change("A" * 24, None, OTHER, "offered", SINCE, asking=False)
    assert change.pair == {OTHER}
    assert step(change, {OTHER: SINCE}, SINCE) == "follow"
