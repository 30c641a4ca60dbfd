"""What a receiver refuses: it rests, is given up at last, and holds up nobody."""

import contextlib
from datetime import timedelta

import pytest

from records.upward.courier import TroubleError
from records.upward.due import Due
from tests.records.park import (
    CL2,
    COD,
    GAS,
    HOUR,
    MINUTE,
    SO2,
    STACK,
    T0,
    WATER,
    fill,
    point,
    states,
)
from tests.records.push.conftest import NOW

pytestmark = pytest.mark.integration


def test_what_a_receiver_refuses_for_good_rests_and_later_data_go_on(park, push, platform):
    due = Due()
    due.turn(park, NOW)
    platform.status = 422
    assert [push.turn(park, NOW, 0) for _ in range(4)] == [0] * 4
    with pytest.raises(TroubleError, match="422"):  # the third alone: it takes nothing
        push.turn(park, NOW, 0)
    platform.status = 200
    due.turn(park, NOW + MINUTE)
    assert push.turn(park, NOW + MINUTE, 60) == 1
    assert push.turn(park, NOW + MINUTE, 60) == 0
    later = NOW + 11 * MINUTE
    assert [push.turn(park, later, 660) for _ in range(4)] == [1, 1, 1, 0]
    assert refusals(park) == []


def test_one_that_is_refused_is_alone_soon_says_why_and_holds_nobody_up(park, push, platform):
    now = T0 + 50 * MINUTE + timedelta(seconds=10)
    bad = T0 + 17 * MINUTE
    park.execute("update reading set value = 666 where date_trunc('minute', time) = %s", [bad])
    Due().turn(park, now)
    platform.dislikes = 666
    for _ in range(20):
        push.turn(park, now, 0)
    assert states(park) == {"confirmed": 49, "sent": 1}
    assert platform.posts <= 2 * 6 + 1
    assert refusals(park) == [(bad, "the receiver answers 400")]
    posts = platform.posts
    Due().turn(park, now + MINUTE)
    now += 11 * MINUTE
    assert [push.turn(park, now, 660) for _ in range(3)] == [1, 0, 0]
    assert platform.posts == posts + 2  # the new one, then the refused one by itself
    platform.dislikes = None
    assert push.turn(park, now + 19 * MINUTE, 1800) == 0
    assert push.turn(park, now + 20 * MINUTE, 1860) == 1  # it rests twice as long
    assert (states(park), refusals(park)) == ({"confirmed": 51}, [])


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_word_or_address_is_no_matter_of_what_is_sent(park, push, platform, status):
    Due().turn(park, NOW)
    platform.status = status
    with pytest.raises(TroubleError, match=str(status)):
        push.turn(park, NOW, 0)
    platform.status = 200
    assert push.turn(park, NOW, 1) == 3


@pytest.fixture
def busy(park, push):
    """Three stations go to the receiver: the late data of one of them first, more than a batch, then an hour of all."""
    for station, sensor in ((STACK, SO2), (WATER, COD)):
        point(park, 1, station, periods=("instant",), since=T0 + 2 * HOUR)
        fill(park, sensor, T0 + 2 * HOUR, T0 + 3 * HOUR)
    fill(park, CL2, T0 + HOUR, T0 + 3 * HOUR)
    park.execute(
        "insert into reading select sensor_id, 1, last_at, last, 'N', '-' from minute on conflict do nothing"
    )
    park.commit()
    return park


def test_one_station_that_is_refused_holds_up_no_other_and_the_courier_never_backs_off(busy, push, platform):
    platform.dislikes = "gas-1"
    due = Due()
    minutes = [T0 + 2 * HOUR + number * MINUTE + timedelta(seconds=70) for number in range(60)]
    for now in minutes:
        due.turn(busy, now)
        push.turn(busy, now, 0)
        while push._busy:
            push.turn(busy, now, 0)
        assert goods(busy) == {"confirmed": 2 * (minutes.index(now) + 1)}
    refused = "select count(*), count(*) filter (where next_at is not null and refusal is not null) from upward_item"
    assert busy.execute(f"{refused} where station_id = %s", [GAS]).fetchone() == (180, 180)
    assert not any(one["resent"] for one in platform.taken)
    posts = platform.posts
    later = minutes[-1] + HOUR
    while push.turn(busy, later, 0) or push._busy:
        pass
    assert platform.posts - posts <= 180  # each by itself, once
    assert push._list.next(busy, later, 50, ()) == []


def goods(conn):
    rows = conn.execute(
        "select state, count(*) from upward_item where station_id <> %s group by 1", [GAS]
    ).fetchall()
    return dict(rows)


def test_what_is_refused_again_and_again_is_given_up_and_stays_visible(park, push, platform):
    bad = T0 + MINUTE
    park.execute("update reading set value = 666 where date_trunc('minute', time) = %s", [bad])
    platform.dislikes = 666
    Due().turn(park, NOW)
    now, rests = NOW, []
    for _ in range(12):
        while push.turn(park, now, 0) or push._busy:
            pass
        at = park.execute("select next_at from upward_item where next_at < 'infinity'").fetchone()
        if at:
            rests.append((at[0] - now) / MINUTE)
            now = at[0]
    assert rests == [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]
    posts = platform.posts
    assert push.turn(park, now + 100 * HOUR, 0) == 0
    assert platform.posts == posts
    assert refusals(park) == [(bad, "the receiver answers 400")]
    assert states(park) == {"confirmed": 2, "sent": 1}


def test_another_word_or_address_wakes_what_was_refused_in_the_last_days(park, push):
    park.execute(
        "insert into upward_item (receiver_id, station_id, period, start, state, refusals, next_at)"
        " select 1, %s, 'instant', now() - d * interval '1 day', 'sent', 12, 'infinity' from unnest(array[1, 8]) d",
        [GAS],
    )
    park.execute("update upward_receiver set name_en = 'another'")
    assert park.execute("select count(*) from upward_item where next_at is null").fetchone() == (0,)
    park.execute("update upward_receiver set secret = 'another'")
    woken = "select refusals, start > now() - interval '2 days' from upward_item where next_at is null"
    assert park.execute(woken).fetchall() == [(0, True)]


def test_what_is_refused_and_older_than_a_new_receiver_would_get_is_given_up_at_once(park, push, platform):
    park.execute("update reading set value = 666 where date_trunc('minute', time) = %s", [T0 + MINUTE])
    platform.dislikes = 666
    Due().turn(park, NOW)
    late = NOW + timedelta(days=7)
    while push.turn(park, late, 0) or push._busy:
        pass
    assert park.execute(
        "select refusals, next_at = 'infinity' from upward_item where state = 'sent'"
    ).fetchall() == [(1, True)]


def test_a_receiver_that_takes_nothing_gives_up_nothing(park, push, platform):
    Due().turn(park, NOW)
    platform.status = 422
    now = NOW
    for _ in range(20):
        with contextlib.suppress(TroubleError):
            while push.turn(park, now, 0) or push._busy:
                pass
        push.close()
        push.open(park, now)
        now += timedelta(days=1)
    assert park.execute("select max(refusals), max(next_at) from upward_item").fetchone() == (
        0,
        now - timedelta(days=1) + 10 * MINUTE,
    )
    platform.status = 200
    assert [push.turn(park, now, 0) for _ in range(4)] == [1, 1, 1, 0]


def test_another_connection_counts_refusals_anew(park, push, platform):
    Due().turn(park, NOW)
    platform.status = 422
    assert [push.turn(park, NOW, 0) for _ in range(4)] == [0] * 4
    with pytest.raises(TroubleError, match="422"):
        push.turn(park, NOW, 0)
    push.close()
    now = NOW + 2 * MINUTE
    Due().turn(park, now)
    push.open(park, now)
    assert [push.turn(park, now, 0) for _ in range(3)] == [0, 0, 0]


def refusals(conn):
    return conn.execute("select start, refusal from upward_item where refusal is not null").fetchall()
