"""Both passwords of a logger count while one is changed, and no other; on a server without a network."""

import pytest

from ingest.gateway.desk import Desk
from ingest.gateway.roll import Roll
from tests.ingest.gateway.house import House, directory, said
from tests.ingest.gateway.loggers_park import STACK

OLD, NEW = "123456", "654321"


@pytest.fixture
def house():
    found = House(20)
    found.server.passwords.pairs = {STACK: frozenset({OLD, NEW})}
    return found


def taken(desk):
    """Return the passwords under which the worker finds what waits."""
    return [one.heard.frame.head.pw for one in iter(desk.take, None)]


@pytest.mark.parametrize("known", [OLD, NEW])
def test_frames_under_either_password_are_taken_and_answered_at_once(house, known):
    house.server.roll = Roll(directory(known))
    link = house.call()
    link.data_received(said(STACK, OLD, 1) + said(STACK, NEW, 2) + said(STACK, OLD, 3))
    assert link.transport.reading
    assert link.mns == {STACK}
    assert all(one.believed for one in house.server.inbox)
    assert taken(Desk(house.server, None)) == [known] * 3


def test_what_was_believed_when_it_came_is_believed_when_it_is_taken(house):
    house.server.passwords.pairs = {}
    desk = Desk(house.server, None)
    house.call().data_received(said(STACK, OLD, 1) + said(STACK, NEW, 2))
    desk.loaded(directory(NEW))
    assert taken(desk) == [NEW, NEW]
    house.call().data_received(said(STACK, OLD, 3))
    assert taken(desk) == [OLD]  # and is refused
    assert house.server.passwords.used() == {}


def test_a_wrong_password_does_not_hide_the_right_one(house):
    desk = Desk(house.server, None)
    house.call().data_received(said(STACK, NEW, 1) + said(STACK, OLD, 2))
    house.call("10.0.0.2").data_received(said(STACK, "000000", 3))
    assert desk.used() == {STACK: {OLD, NEW}}
    assert desk.used() == {}


def test_of_a_logger_that_is_not_admitted_no_password_is_believed(house):
    house.server.roll = Roll()
    link = house.call()
    link.data_received(said(STACK, NEW))
    assert link.mns == set()
    assert not house.server.inbox[0].believed
