"""The simulated platform of an authority: it answers what it has stored, and is down as it is told."""

import json
import socket
from collections.abc import Callable

import pytest

from simulators.upper import Outage, Received, Upper
from smartpark import clock
from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.frame import Frame, decode
from smartpark.hj212.framing import Splitter

MN = "010000A8900016F000169DC0"
KEY = b"0123456789abcdef"
SENDER = Sender(MN, "31")


class Caller:
    """A connection to the platform."""

    def __init__(self, upper: Upper) -> None:
        self._socket = socket.create_connection((upper.host, upper.port), timeout=10)
        self._splitter = Splitter()

    def say(self, data: bytes, patience_s: float = 10.0) -> Frame | None:
        """Send a frame and return the answer, None when there is none in time."""
        self._socket.sendall(data)
        self._socket.settimeout(patience_s)
        try:
            while not (pieces := self._splitter.feed(self._socket.recv(4096))):
                pass
        except TimeoutError:
            return None
        return decode(pieces[0])

    def is_cut(self) -> bool:
        self._socket.settimeout(10)
        try:
            return self._socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def upper():
    platform = Upper(key_of=lambda _: KEY)
    platform.start()
    yield platform
    platform.stop()


@pytest.fixture
def caller(upper):
    made = Caller(upper)
    yield made
    made.close()


def record(n: int = 0, flag: int = 5, **changes) -> bytes:
    cp = f"DataTime=2026112208{n:02}00;a21026-Avg=1.0,a21026-Flag=N"
    return encode(SENDER, "2051", cp, flag=flag, qn=f"202611220800{n:02}000", **changes)


def message(n: int = 0) -> Received:
    return Received(MN, "2051", f"2026112208{n:02}00")


def until(done: Callable[[], bool]) -> None:
    deadline_s = clock.monotonic_s() + 10
    while not done():
        assert clock.monotonic_s() < deadline_s
        clock.wait(0.01)


def test_what_is_stored_is_answered_under_its_qn_and_counted_as_often_as_it_comes(upper, caller):
    for _ in range(2):
        answer = caller.say(record())
        assert answer is not None
        assert (answer.head.cn, answer.qn, answer.head.flag) == ("9014", "20261122080000000", 4)
    assert upper.received == {message()}
    assert upper.counts[message()] == 2


def test_what_is_sent_again_is_known_by_rf_and_what_is_encrypted_is_opened(upper, caller):
    caller.say(record(1, flag=9, resent=True))
    secret = Sender(MN, "31", key=KEY)
    caller.say(
        encode(secret, "2051", "DataTime=20261122080200;a21026-Avg=1.0", flag=9, qn="20261122080200000")
    )
    assert upper.received == {message(1), message(2)}
    assert upper.resent == {message(1)}


def test_a_wrong_check_and_an_edition_of_the_past_are_refused_in_silence(upper, caller):
    assert caller.say(record()[:-6] + b"0000\r\n", 0.3) is None
    assert caller.say(record(flag=1), 0.3) is None
    assert upper.received == set()
    assert upper.refused == {"bad_crc": 1, "edition": 1}


def test_a_heartbeat_and_a_notice_are_answered_and_are_no_data(upper, caller):
    answer = caller.say(encode(SENDER, "9015", "", flag=9, qn="20261122080000000"))
    assert answer is not None
    assert answer.head.cn == "9013"
    assert (upper.heartbeats, upper.received) == (1, set())


def test_nobody_gets_in_while_it_refuses_and_it_comes_back_on_the_same_port(upper, caller):
    port = upper.port
    upper.go_down()
    assert caller.is_cut()
    with pytest.raises(ConnectionRefusedError):
        Caller(upper)
    upper.come_up()
    again = Caller(upper)
    assert again.say(record()) is not None
    again.close()
    assert upper.port == port


def test_while_it_is_silent_it_takes_connections_and_stores_nothing(upper, caller):
    upper.go_down("silent")
    assert caller.say(record(1), 0.3) is None
    upper.come_up()
    assert caller.say(record(2)) is not None
    assert upper.received == {message(2)}


def test_it_is_down_as_scripted():
    scripted = Upper(outages=[Outage(0.0, 1.0, "refusing")])
    scripted.start()
    until(lambda: not scripted.callers and _refuses(scripted))
    until(lambda: not _refuses(scripted))
    scripted.stop()


def _refuses(upper: Upper) -> bool:
    try:
        Caller(upper).close()
    except OSError:
        return True
    return False


def test_dropped_answers_are_a_share_and_what_was_dropped_is_stored():
    dropping = Upper(drops=1.0)
    dropping.start()
    one = Caller(dropping)
    assert one.say(record(), 0.3) is None
    assert dropping.received == {message()}
    one.close()
    dropping.stop()


def test_a_file_keeps_every_message(tmp_path):
    keeping = Upper(file=tmp_path / "upper.ndjson")
    keeping.start()
    one = Caller(keeping)
    one.say(record(3))
    one.close()
    keeping.stop()
    (line,) = (tmp_path / "upper.ndjson").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["data_time"] == "20261122080300"
    assert decode(json.loads(line)["frame"].encode("latin-1")).head.mn == MN
