"""Who has to go when many come, and what strangers may send; on a server without a network."""

import resource

import pytest
from structlog.testing import capture_logs

from ingest.gateway.door import Door, Ration, address_of
from ingest.gateway.server import Server
from ingest.gateway.sessions import Sessions
from smartpark.settings import Gateway
from tests.ingest.gateway.house import House, said, stranger
from tests.ingest.gateway.loggers_park import STACK


@pytest.fixture
def house():
    return House(20)


def test_frames_under_invented_numbers_use_up_a_ration(house):
    link = house.call()
    house.flood(link, 400)
    assert link.transport.reading
    house.flood(link, 100, 400)
    assert not link.transport.reading
    house.time.pass_by(4)
    assert not link.transport.reading
    house.time.pass_by(2)
    assert link.transport.reading
    assert len(house.server.inbox) == 500  # none is lost


def test_a_ration_outlives_the_connection_and_belongs_to_the_address(house):
    house.flood(house.call(), 2000)
    again = house.call()
    house.flood(again, 300)
    assert again.transport.aborted
    assert len(house.server.inbox) == 2000
    elsewhere = house.call("10.0.0.2")
    house.flood(elsewhere, 300)
    assert elsewhere.transport.reading


def test_a_byte_in_advance_buys_no_ration(house):
    house.flood(house.call(), 2000)
    again = house.call()
    again.data_received(b"#")
    again.data_received(stranger(1)[1:])
    assert again.transport.aborted
    assert len(house.server.inbox) == 2000


def test_a_logger_that_we_trust_is_taken_from_an_address_that_floods(house):
    house.flood(house.call(), 2000)
    link = house.call()
    link.data_received(said(STACK))
    assert link.transport.reading
    assert house.server.online() == {STACK}
    assert len(house.server.inbox) == 2001
    for number in range(500):
        link.data_received(said(STACK, number=number))
    assert link.transport.reading


GARBAGE = b"##000" * 4000


def test_no_debt_is_longer_than_a_minute(house):
    house.call().data_received(GARBAGE)
    ration = house.server._door.ration("10.0.0.1", house.time.time())
    assert ration.owes_s(house.time.time()) == 60
    house.time.pass_by(61)
    waiting = house.call()
    before = len(house.server.inbox)
    waiting.data_received(stranger(1))
    assert len(house.server.inbox) == before + 1  # the page shows it
    assert not waiting.transport.closing


def test_a_logger_that_we_trust_is_read_again_within_seconds(house):
    link = house.call()
    link.data_received(said(STACK))
    link.data_received(GARBAGE)
    assert not link.transport.reading
    house.time.pass_by(6)
    assert link.transport.reading
    assert not link.transport.closing


def test_nothing_is_charged_to_a_connection_that_has_ended(house):
    link = house.call()
    link.data_received(GARBAGE)
    assert link.transport.aborted
    house.time.pass_by(61)
    link.data_received(GARBAGE)
    house.lost(link)
    assert house.server._door.ration("10.0.0.1", house.time.time()).owes_s(house.time.time()) == 0
    assert house.time.pass_by(1000) is None
    assert not house.time._later


@pytest.mark.parametrize(
    "parts",
    [
        lambda frame: [b"REG 13800138000\r\n", frame],
        lambda frame: [b"REG 13800138000\r\n" + frame[:20], frame[20:]],
        lambda frame: [b"##0004REG1&&AAAA\r\n", frame[:9], frame[9:]],
    ],
)
def test_a_modem_that_registers_itself_is_let_through_from_an_address_that_floods(house, parts):
    house.call().data_received(GARBAGE)
    link = house.call()
    for part in parts(said(STACK)):
        assert link.transport.reading
        link.data_received(part)
    assert not link.transport.closing
    assert link.mns == {STACK}
    assert [one.heard.frame.head.mn for one in house.server.inbox if one.believed] == [STACK]


def test_whoever_has_no_frame_to_say_has_few_chances_where_its_address_owes(house):
    house.call().data_received(GARBAGE)
    before = len(house.server.inbox)
    link = house.call()
    for _ in range(4):
        assert not link.transport.closing
        link.data_received(b"##0004REG1&&AAAA\r\n")
    assert link.transport.aborted
    assert len(house.server.inbox) == before


def test_a_wrong_password_is_a_strangers_frame(house):
    link = house.call()
    link.data_received(b"".join(said(STACK, "000000", n) for n in range(500)))
    assert not link.transport.reading


def test_whoever_sends_far_too_much_has_to_go(house):
    link = house.call()
    house.flood(link, 7000)
    assert link.transport.aborted


def test_a_slot_is_made_free_for_a_logger_when_strangers_have_them_all(house):
    strangers = [house.call(f"10.0.1.{n}") for n in range(20)]
    late = house.call("10.0.2.1")
    assert late.transport.aborted  # all have come just now
    house.lost(late)
    house.time.pass_by(60)
    link = house.call("10.0.2.2")
    assert not link.transport.closing
    house.call("10.0.2.3")
    assert [one.transport.aborted for one in strangers[:3]] == [True, True, False]


def test_a_crowd_from_one_address_keeps_nobody_else_out(house):
    crowd = [house.call() for _ in range(20)]
    one_more = house.call()
    assert one_more.transport.aborted
    link = house.call("10.0.2.2")
    assert not link.transport.closing
    assert [one.transport.aborted for one in crowd[:2]] == [True, False]


def test_connections_of_one_address_that_say_nothing_go_the_oldest_first_when_slots_run_short(house):
    silent = [house.call() for _ in range(3)]
    elsewhere = [house.call(f"10.0.1.{n}") for n in range(13)]
    house.time.pass_by(60)
    silent.append(house.call())
    # a park behind one address comes back all at once
    assert not any(one.transport.closing for one in silent)
    house.call()
    assert [one.transport.aborted for one in silent] == [True, False, False, False]
    assert not any(one.transport.closing for one in elsewhere)


def test_loggers_that_we_trust_are_never_too_many_of_one_address(house):
    links = []
    for _ in range(15):
        links.append(house.call())
        links[-1].data_received(said(STACK))
        house.time.pass_by(60)
    assert not any(one.transport.closing for one in links)


def test_when_slots_run_short_those_go_that_have_said_nothing_for_minutes(house):
    trusted = house.call()
    trusted.data_received(said(STACK))
    strangers = [house.call(f"10.0.1.{n}") for n in range(10)]
    house.time.pass_by(181)
    house.look()
    assert not any(one.transport.closing for one in strangers)  # there is room
    more = [house.call(f"10.0.2.{n}") for n in range(8)]
    house.look()
    assert all(one.transport.aborted for one in strangers)
    assert not any(one.transport.closing for one in [trusted, *more])
    assert house.server.connections == 9


@pytest.mark.parametrize(("hard", "events"), [(1000, ["too_few_open_files"]), (6000, [])])
def test_as_many_files_may_be_open_as_the_system_allows(monkeypatch, hard, events):
    limits = [(256, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.append(pair))
    server = Server(Gateway(connections=5000), Sessions())
    server._loop.close()
    with capture_logs() as said:
        server._raise_files()
    assert limits[-1] == (hard, hard)
    assert [one["event"] for one in said] == events


def test_rations_of_many_addresses_stay_few():
    door = Door(10)
    for number in range(25_000):
        door.ration(f"10.{number}", 0.0).spend(1)
    assert len(door._rations) <= 10_000


def test_a_ration_comes_back():
    ration = Ration(0.0)
    ration.spend(500)
    assert ration.owes_s(0.0) == 5.0
    assert ration.owes_s(5.0) == 0.0


def test_ipv6_is_counted_by_its_first_half():
    assert address_of("2001:db8:1:2::1") == address_of("2001:db8:1:2:ffff::9")
    assert address_of("2001:db8:1:2::1") != address_of("2001:db8:1:3::1")
    assert address_of("10.0.0.1") == "10.0.0.1"
