"""One courier at a time for each receiver, whatever is changed; and what its page says of an error that is over."""

import threading
from datetime import timedelta

import pytest

from records.upward.crew import Crew
from records.upward.listing import Listing
from records.upward.retention import Retention
from smartpark import db
from tests.ingest.feed_process import until
from tests.records.park import HOUR, STACK, T0, build, point, receiver

pytestmark = pytest.mark.integration
DAY = timedelta(days=1)


class Slow:
    """A courier that sends until the test lets it go."""

    def __init__(self, of, log):
        self.code, self.edition = of.code, of.edition
        self.log = log
        self.sending = threading.Event()
        self.let_go = threading.Event()

    def open(self, *_):
        self.log.append(("open", self.edition))

    def turn(self, *_):
        self.sending.set()
        self.let_go.wait(30)
        self.log.append(("sent", self.edition))
        return 0

    def rest(self, longest_s):
        self.let_go.wait(longest_s)

    def close(self):
        self.log.append(("close", self.edition))


@pytest.fixture
def park(conn):
    build(conn)
    conn.autocommit = True
    return conn


@pytest.fixture
def couriers():
    made = []
    yield made
    for one in made:
        one.let_go.set()


@pytest.fixture
def crews(db_dsn, couriers):
    log = []
    started = []

    def make():
        def courier(of):
            couriers.append(Slow(of, log))
            return couriers[-1]

        started.append(Crew(db_dsn, courier))
        return started[-1]

    make.log = log
    yield make
    for one in couriers:
        one.let_go.set()
    for crew in started:
        crew.end()


def test_a_changed_receiver_waits_until_its_old_courier_has_ended(park, crews, couriers, monkeypatch):
    monkeypatch.setattr("records.upward.crew._SOON_S", 0.1)
    receiver(park, "demo")
    crew = crews()
    crew.follow(park)
    until(lambda: couriers and couriers[0].sending.is_set(), 10, "it sends")
    park.execute("update upward_receiver set edition = 2025")
    crew.follow(park)
    crew.follow(park)
    assert len(couriers) == 1
    couriers[0].let_go.set()
    until(lambda: ("close", 2017) in crews.log, 10, "the old one has ended")
    until(lambda: (crew.follow(park), len(couriers) == 2)[1], 10, "the new one begins")
    until(couriers[1].sending.is_set, 10, "it sends")
    assert crews.log == [("open", 2017), ("sent", 2017), ("close", 2017), ("open", 2025)]


def test_the_courier_of_another_process_waits_as_well(park, crews, couriers):
    receiver(park, "demo")
    crews().follow(park)
    until(lambda: couriers and couriers[0].sending.is_set(), 10, "the first sends")
    crews().follow(park)
    until(lambda: len(couriers) == 2, 10, "the second is there")
    assert not couriers[1].sending.wait(0.5)
    assert crews.log == [("open", 2017)]


def test_an_error_is_over_once_something_arrives(park):
    listing = Listing(receiver(park, "demo"))

    def state():
        return park.execute("select last_error, last_error_at, last_success from upward_state").fetchone()

    listing.note_state(park, T0, connected=False, error="silent")
    listing.note_state(park, T0 + HOUR, connected=True)
    assert state() == ("silent", T0, None)
    listing.note_state(park, T0 + 2 * HOUR, connected=True, success=T0 + 2 * HOUR)
    assert state() == (None, None, T0 + 2 * HOUR)
    listing.note_state(park, T0 + 3 * HOUR, connected=False, error="gone")
    assert state() == ("gone", T0 + 3 * HOUR, T0 + 2 * HOUR)


def test_what_arrived_goes_after_its_days_and_what_is_open_stays(park, db_dsn):
    point(park, receiver(park, "demo"), STACK)
    for days, state in (
        (1, "confirmed"),
        (31, "confirmed"),
        (40, "sent"),
        (41, "no_data"),
        (90, "confirmed"),
    ):
        park.execute(
            "insert into upward_item (receiver_id, station_id, period, start, state) values (1, %s, 'hour', %s, %s)",
            [STACK, T0 - days * DAY, state],
        )
    with db.connect(db_dsn, name="tests") as conn:
        assert Retention(30).turn(conn, T0) == 3  # a chunk and two items
        conn.commit()
        assert Retention(30).turn(conn, T0) == 0
    left = park.execute("select start, state from upward_item order by 1").fetchall()
    assert left == [(T0 - 40 * DAY, "sent"), (T0 - DAY, "confirmed")]
    park.execute("update upward_item set next_at = 'infinity' where start = %s", [T0 - 40 * DAY])  # given up
    with db.connect(db_dsn, name="tests") as conn:
        park.commit()
        assert Retention(30).turn(conn, T0) >= 1
        conn.commit()
    assert park.execute("select start from upward_item").fetchall() == [(T0 - DAY,)]
