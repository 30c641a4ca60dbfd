"""What goes upward again: under which QN, after which words of loggers, and what never goes."""

from datetime import timedelta

import pytest

from records.upward.due import Due
from smartpark import clock, db, migrate
from tests.ingest.feed_process import until
from tests.records.park import HOUR, MINUTE, SO2, SO2_ZS, STACK, T0, build, fill, point, receiver, states
from tests.records.post import Post

pytestmark = pytest.mark.integration
SECOND = timedelta(seconds=1)
DUE = T0 + HOUR + 6 * MINUTE  # the first hour is due


@pytest.fixture
def park(conn):
    """The stack goes upward by the hour."""
    build(conn)
    point(conn, receiver(conn, "demo"), STACK, periods=("hour",))
    return conn


@pytest.fixture
def post(park, upper):
    one = Post(park, 1, upper)
    yield one
    one.close()


def said(frame):
    return frame.raw.decode().partition("CP=&&")[2].rpartition("&&")[0].partition(";")[2]


def word(conn, avg, revision=1, *, sensor=SO2, start=T0, received=DUE, low=None):
    conn.execute(
        "insert into reported_record (sensor_id, period, start, revision, avg, min, flag, mn, resent, received_at)"
        " values (%s, 'hour', %s, %s, %s, %s, 'N', 'x', false, %s)",
        [sensor, start, revision, avg, low, received],
    )
    fill(conn, sensor, T0, T0, received=received)


def killed(park, upper, now):
    """Send without hearing an answer, as a process that is killed does."""
    known = len(upper.frames)
    post = Post(park, 1, upper)
    post.due.turn(park, now)
    post.turn(now)
    until(lambda: len(upper.frames) > known, 5, "the platform has it")
    post.close()


def test_what_was_stored_before_a_sensor_was_admitted_never_goes_upward(park, post, upper):
    park.execute("update sensor set admitted = false where id = %s", [SO2_ZS])
    for sensor in (SO2, SO2_ZS):
        fill(park, sensor, T0, T0 + 3 * HOUR, value=1000 if sensor == SO2_ZS else 1)
    post.work(DUE + HOUR)
    park.execute("update sensor set admitted = true where id = %s", [SO2_ZS])
    assert park.execute("select admitted_at <= now() from sensor where id = %s", [SO2_ZS]).fetchone() == (
        True,
    )
    admitted = T0 + 2 * HOUR + 29 * MINUTE
    park.execute("update sensor set admitted_at = %s where id = %s", [admitted, SO2_ZS])
    word(park, 1000, sensor=SO2_ZS, received=DUE + HOUR)
    post.work(DUE + HOUR + 10 * MINUTE)
    assert len(upper.frames) == 2
    assert not any("Zs" in said(frame) for frame in upper.frames)
    post.work(DUE + 2 * HOUR)
    assert "ZsAvg" in said(upper.frames[-1])
    assert park.execute("select made_of from upward_item order by start").fetchall() == [(60,), (60,), (90,)]


def test_a_period_of_which_only_a_sensor_that_waited_has_data_is_no_data(park, post, upper):
    park.execute("update sensor set admitted_at = %s where id = %s", [T0 + HOUR, SO2])
    fill(park, SO2, T0, T0 + HOUR)
    word(park, 1000)
    post.work(DUE)
    post.work(DUE + 5 * MINUTE)
    assert (states(park), upper.frames) == ({"no_data": 1}, [])


def test_the_same_keeps_its_qn_and_something_else_has_a_new_one(park, post, upper):
    upper.drops = 1.0
    fill(park, SO2, T0, T0 + HOUR)
    killed(park, upper, DUE)
    killed(park, upper, DUE + SECOND)
    fill(park, SO2_ZS, T0, T0 + HOUR)
    killed(park, upper, DUE + 2 * SECOND)
    upper.drops = 0.0
    post.work(DUE + 3 * SECOND)
    assert len(upper.frames) == 4
    first, again, more, more_again = upper.frames
    assert first.raw == again.raw
    assert more.raw == more_again.raw
    assert first.qn < more.qn
    assert states(park) == {"confirmed": 1}


def test_an_item_that_has_grown_by_a_part_takes_no_qn_of_its_neighbours(park, post, upper):
    upper.drops = 1.0
    for hour in range(3):
        fill(park, SO2, T0 + hour * HOUR, T0 + (hour + 1) * HOUR)
    killed(park, upper, DUE + 2 * HOUR)
    until(lambda: len(upper.frames) == 3, 5, "all three are there")
    for number in range(30):
        park.execute(
            "insert into quantity (code, name_zh, name_en, unit, source) values (%s, 'x', 'x', 'mg/m3', 't')",
            [f"a2{number:04}"],
        )
        park.execute(
            "insert into sensor (id, station_id, quantity, period_s, unit) values (%s, %s, %s, 60, 'mg/m3')",
            [100 + number, STACK, f"a2{number:04}"],
        )
        fill(park, 100 + number, T0 + HOUR, T0 + HOUR + MINUTE)
    upper.drops = 0.0
    post.work(DUE + 2 * HOUR + SECOND)
    assert states(park) == {"confirmed": 3}
    contents = {}
    for frame in upper.frames:
        contents.setdefault((frame.qn, frame.head.pno), set()).add(said(frame))
    assert {len(one) for one in contents.values()} == {1}
    assert len({qn for qn, _ in contents}) == len(contents)


def test_a_word_that_came_while_its_hour_was_repeated_goes_upward(park, post, upper):
    word(park, 10)
    upper.drops = 1.0
    post.due.turn(park, DUE)
    post.turn(DUE, 0)
    until(lambda: upper.frames, 5, "the platform has it")
    word(park, 20, 2, received=DUE + 2 * SECOND)
    upper.drops = 0.0
    post.turn(DUE + 10 * SECOND, 10)  # the same bytes once more, after the word
    post.sender.rest(2)
    assert post.turn(DUE + 10 * SECOND, 10) == 1
    post.work(DUE + 6 * MINUTE)
    assert [said(frame) for frame in upper.frames] == [
        "a21026-Avg=10,a21026-Flag=N",
        "a21026-Avg=10,a21026-Flag=N",
        "a21026-Avg=20,a21026-Flag=N",
    ]
    assert upper.frames[1].qn != upper.frames[2].qn
    post.work(DUE + 12 * MINUTE)
    assert len(upper.frames) == 3


@pytest.fixture
def grown(servers, monkeypatch):
    """A database of the version before words were counted for what had gone already."""
    every = migrate.available()
    admin = servers.database.dsn_of("postgres")
    with db.connect(admin, name="tests", autocommit=True) as conn:
        conn.execute("create database grown")
    with db.connect(servers.database.dsn_of("grown"), name="tests") as conn:
        monkeypatch.setattr(migrate, "available", lambda: [one for one in every if one[0] < "0014"])
        migrate.migrate(conn)
        monkeypatch.undo()
        yield conn
    with db.connect(admin, name="tests", autocommit=True) as conn:
        conn.execute("drop database grown with (force)")


def test_a_correction_of_what_went_before_words_were_counted_goes_upward(grown):
    build(grown)
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    point(grown, receiver(grown, "demo"), STACK, periods=("hour",), since=now - timedelta(days=9))
    starts = [now - 2 * HOUR, now - 3 * HOUR, now - timedelta(days=8)]
    for start in starts:
        word(grown, 10, start=start, received=start + HOUR)
        grown.execute(
            "insert into upward_item (receiver_id, station_id, period, start, state, sent_at, made_of)"
            " values (1, %s, 'hour', %s, 'confirmed', %s, 60)",
            [STACK, start, start + HOUR + 6 * MINUTE],
        )
    for start in (starts[0], starts[2]):
        word(grown, 20, 2, start=start, received=start + HOUR + 30 * MINUTE)
    grown.commit()
    migrate.migrate(grown)
    listed = "select start, words, state from upward_item where start = any(%s) order by start desc"
    assert grown.execute(listed, [starts]).fetchall() == [
        (starts[0], 1, "confirmed"),
        (starts[1], 1, "confirmed"),
        (starts[2], None, "confirmed"),
    ]
    Due().turn(grown, now)
    assert [state for *_, state in grown.execute(listed, [starts])] == ["due", "confirmed", "confirmed"]


def test_what_is_no_number_or_longer_than_any_stays_here(park, post, upper):
    word(park, float("inf"), low=float("nan"))
    fill(park, SO2_ZS, T0, T0 + 30 * MINUTE, value=1e300)
    fill(park, SO2_ZS, T0 + 30 * MINUTE, T0 + HOUR, value=5)
    post.work(DUE)
    [frame] = upper.frames
    assert said(frame) == "a21026-ZsMin=4,a21026-ZsAvg=5,a21026-Flag=N"
