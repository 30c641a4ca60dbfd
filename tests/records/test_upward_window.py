"""What waits for an answer: bounded, repeated, given up."""

from datetime import UTC, datetime, timedelta

import pytest

from records.upward.periods import Going, Item
from records.upward.window import FRAMES, PUT_OFF_S, SilenceError, Window

START = datetime(2026, 11, 22, tzinfo=UTC)


def going(number=0):
    start = START + number * timedelta(minutes=1)
    item = Item(
        1,
        "s",
        "stack",
        "MN",
        "31",
        "minute",
        start,
        start + timedelta(minutes=1),
        resent=False,
        first_sent_at=None,
    )
    return Going(item, start, resent=False)


def frames(*qns):
    return {qn: qn.encode() for qn in qns}


def test_an_item_is_confirmed_when_its_last_part_is_answered():
    window, one = Window(), going()
    window.launch(one, frames("1", "2"), 0)
    assert window.answered("2", 1) is None
    assert window.answered("2", 1) is None
    assert window.answered("1", 1) == one
    assert window.taken(1) == set()


def test_an_answer_to_nothing_is_passed_over():
    assert Window().answered("9", 0) is None


def test_no_more_frames_wait_than_the_window_holds():
    window = Window()
    for number in range(FRAMES - 1):
        window.launch(going(number), frames(f"q{number}"), 0)
    assert window.fits(frames("x"))
    assert not window.fits(frames("x", "y"))
    assert window.room == 1
    window.launch(going(99), frames("last"), 0)
    assert window.room == 0
    assert Window().fits(frames(*map(str, range(FRAMES + 5))))


def test_a_qn_that_waits_already_is_not_used_twice():
    window = Window()
    window.launch(going(), frames("1"), 0)
    assert not window.fits(frames("1"))


def test_what_is_not_answered_goes_three_times_with_only_its_unanswered_parts():
    window = Window()
    window.launch(going(), frames("1", "2"), 0)
    assert window.overdue(9.9) == []
    window.answered("1", 5)
    [flight] = window.overdue(10)
    assert list(flight.frames) == ["2"]
    assert window.overdue(19) == []
    assert len(window.overdue(20)) == 1


def test_a_receiver_that_answers_nothing_is_left():
    window = Window()
    window.launch(going(), frames("1"), 0)
    window.overdue(10)
    window.overdue(20)
    with pytest.raises(SilenceError):
        window.overdue(30)


def test_one_that_alone_is_not_answered_rests_and_holds_nobody_up():
    window, poison = Window(), going()
    window.launch(poison, frames("1"), 0)
    window.launch(going(1), frames("2"), 0)
    window.answered("2", 1)
    window.overdue(10)
    window.overdue(20)
    assert window.overdue(30) == []
    assert window.room == FRAMES
    assert window.taken(30) == {poison.item.key}
    assert window.taken(30 + PUT_OFF_S) == set()
