"""How long a connection lives, and what may keep it."""

import socket

import pytest

from ingest.gateway.door import Ration
from ingest.gateway.link import Link
from smartpark.hj212.encode import Sender, encode
from tests.ingest.gateway.line import Time, Transport

IDLE_S = 900


class House:
    """A server that takes everything, or nothing more."""

    def __init__(self, time):
        self.time, self.full, self.frames, self.gone = time, False, [], []

    def key_of(self, _mn):
        return None

    def joined(self, _link):
        return True

    def ration(self, _address):
        return Ration(self.time.time())

    def left(self, _link, closed_by):
        self.gone.append(closed_by)

    def took(self, _link, frames):
        self.frames += frames
        return not self.full


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def house(time):
    return House(time)


@pytest.fixture
def link(house, time):
    found = Link(house, time)
    found.transport = Transport()
    found.connection_made(found.transport)
    return found


def frame(number=1):
    return encode(
        Sender("A" * 24, "31"), "2011", "DataTime=20261126080000;a21026-Rtd=1", flag=4, qn=str(number)
    )


def looked(link, time, seconds):
    for _ in range(seconds):
        time.pass_by(1)
        link.look(time.time(), IDLE_S)
        if link.transport.closing:
            return


@pytest.mark.parametrize("why", ["house", "defects", "leaving"])
def test_a_connection_that_we_do_not_read_is_not_silent(link, time, why):
    link.hold(why)
    looked(link, time, 2 * IDLE_S)
    assert not link.transport.closing
    link.release(why)
    looked(link, time, IDLE_S)
    assert not link.transport.closing
    looked(link, time, 2)
    assert link.transport.aborted


@pytest.mark.parametrize(("trusted", "ends"), [(False, True), (True, False)])
def test_whoever_hangs_up_while_it_owes_is_gone_at_once(link, time, trusted, ends):
    link.transport.socket, other = socket.socketpair()
    with link.transport.socket, other:
        if trusted:
            link.trust("A" * 24)  # what it has sent is read in a moment
        link.hold("defects")
        other.sendall(frame())
        looked(link, time, 5)
        assert not link.transport.closing
        other.close()
        looked(link, time, 2)
    assert link.transport.aborted == ends


def test_whoever_does_not_read_our_answers_loses_its_connection_at_once(link, time, house):
    link.pause_writing()
    looked(link, time, IDLE_S)
    assert not link.transport.closing
    looked(link, time, 2)
    assert link.transport.aborted
    link.connection_lost(None)
    assert house.gone == ["network"]


def test_a_silent_connection_waits_for_no_answer_of_ours(link, time):
    looked(link, time, IDLE_S + 2)
    assert link.transport.aborted


def test_what_is_closed_and_still_has_to_be_sent_has_a_moment(link, time):
    link.close("us")
    assert (link.transport.closing, link.transport.aborted) == (True, False)
    time.pass_by(2)
    link.look(time.time(), IDLE_S)
    assert link.transport.aborted


def test_the_rest_of_a_frame_may_take_a_minute(link, time, house):
    whole = frame()
    link.data_received(whole[:40])
    looked(link, time, 55)
    link.data_received(whole[40:])
    assert [one.head.cn for one in house.frames] == ["2011"]
    link.data_received(whole[:40])
    looked(link, time, 62)
    assert len(house.frames) == 2
    assert not link.transport.closing


def test_a_frame_that_comes_byte_by_byte_is_held_to_a_bound(link, time, house):
    link.data_received(b"##9999")
    for _ in range(11_000):
        link.data_received(b"x")
        time.pass_by(30)
        link.look(time.time(), IDLE_S)
    assert house.frames
    assert link._splitter.held < 11_000
