"""The gateway's process on real TCP, broker and database."""

from datetime import timedelta

import pytest

from smartpark import clock, db
from smartpark.embedded import ports
from smartpark.hj212.encode import Sender, encode
from smartpark.mqtt import Publisher
from tests.ingest.feed_process import FeedProcess, ask, until
from tests.ingest.gateway import loggers_park
from tests.ingest.gateway.call import Call, digits, minutes
from tests.ingest.gateway.loggers_park import KEY, STACK, WATER

pytestmark = pytest.mark.integration

STRANGER = "C" * 24


@pytest.fixture
def dsn(db_dsn):
    with db.connect(db_dsn, name="tests") as conn:
        loggers_park.build(conn)
    return db_dsn


@pytest.fixture
def port(monkeypatch):
    number = ports.any_free()
    monkeypatch.setenv("SMARTPARK_GATEWAY__PORT", str(number))
    return number


@pytest.fixture
def gateway(dsn, mqtt_url, port, tmp_path):
    process = FeedProcess(dsn, mqtt_url, "gateway", tmp_path / "gateway.log").start()
    until(lambda: ask(dsn, "select state from feed where name = 'gateway'") == "connected", 30, "listening")
    yield process
    process.close()


@pytest.fixture
def stack(port, gateway):
    calling = Call(port, STACK)
    yield calling
    calling.close()


def rows(dsn, sql, *values):
    with db.connect(dsn, name="tests") as conn:
        return conn.execute(sql, values).fetchall()


def readings(dsn):
    return rows(
        dsn,
        "select s.quantity, r.value, r.flag::text from reading r join sensor s on s.id = r.sensor_id"
        " order by r.time, s.quantity",
    )


def balance(dsn):
    return rows(
        dsn,
        "select source, sum(received)::int, sum(stored)::int, sum(duplicate)::int, sum(quarantined)::int from ledger"
        " group by source",
    )


def test_a_frame_is_stored_with_its_flags_when_it_is_answered_and_the_ledger_balances(dsn, stack):
    answer = stack.instants(clock.now(), "a21026-Rtd=12.5,a21026-Flag=N;a34013-Rtd=3.25,a34013-Flag=D")
    assert answer is not None
    assert (answer.head.cn, answer.qn, answer.head.st) == ("9014", "20261126080000001", "91")
    assert readings(dsn) == [("a21026", 12.5, "N"), ("a34013", 3.25, "D")]
    assert balance(dsn) == [("hj212", 2, 2, 0, 0)]
    assert rows(dsn, "select mn, cn, source, resent from raw_frame") == [(STACK, "2011", "tcp", False)]


def test_a_repeated_frame_is_answered_again_and_stored_once(dsn, stack):
    frame = stack.frame("2011", f"DataTime={digits(clock.now())};a21026-Rtd=1")
    stack.send(frame)
    first = stack.answer()
    stack.send(frame)
    second = stack.answer()
    assert first is not None
    assert second is not None
    assert first.raw == second.raw
    assert balance(dsn) == [("hj212", 2, 1, 1, 0)]
    assert ask(dsn, "select count(*) from raw_frame") == 1


def test_what_asks_for_no_answer_gets_none_and_is_stored(dsn, stack):
    stack.send(stack.frame("2011", f"DataTime={digits(clock.now())};a21026-Rtd=4", flag=4))
    until(lambda: readings(dsn) == [("a21026", 4.0, "N")], 10, "the reading")
    assert stack.answer(within_s=0.5) is None


def test_a_loggers_own_minute_is_a_record_and_a_reading_only_where_there_is_none(dsn, stack):
    now = clock.now()
    measured, bare = minutes(now, 3), minutes(now, 2)
    stack.instants(measured + timedelta(seconds=20), "a21026-Rtd=10")
    values = "a21026-Min=9,a21026-Avg=10.5,a21026-Max=12,a21026-Cou=0.4,a21026-Flag=N"
    assert stack.minute(measured, values) is not None
    assert stack.minute(bare, values.replace("10.5", "11.5")) is not None
    assert readings(dsn) == [("a21026", 10.0, "N"), ("a21026", 11.5, "N")]
    assert rows(dsn, "select mark::text from reading order by time") == [("-",), ("R",)]
    kept = rows(
        dsn, "select period, avg, min, max, cou, flag::text, revision from reported_record order by start"
    )
    assert kept == [("minute", 10.5, 9.0, 12.0, 0.4, "N", 1), ("minute", 11.5, 9.0, 12.0, 0.4, "N", 1)]
    assert balance(dsn) == [("hj212", 3, 3, 0, 0)]


def test_a_second_word_about_an_hour_is_a_revision_and_the_same_again_a_duplicate(dsn, stack):
    start = digits(clock.now().replace(minute=0, second=0) - timedelta(hours=2))
    for value in (20, 20, 21):
        assert stack.say("2061", f"DataTime={start};a21026-Avg={value},a21026-Flag=N") is not None
    assert rows(dsn, "select revision, avg from reported_record order by 1") == [(1, 20.0), (2, 21.0)]
    assert balance(dsn) == [("hj212", 3, 2, 1, 0)]
    assert readings(dsn) == []


def test_an_unknown_code_is_stored_for_admission_and_nothing_of_it_is_judged(dsn, stack):
    assert stack.instants(clock.now(), "a21026-Rtd=1;z99001-Rtd=42.5,z99001-Flag=N") is not None
    assert readings(dsn) == [("a21026", 1.0, "N"), ("z99001", 42.5, "N")]
    assert rows(dsn, "select registered, unit from quantity where code = 'z99001'") == [(False, "")]
    assert rows(dsn, "select admitted from sensor where quantity = 'z99001'") == [(False,)]
    assert balance(dsn) == [("hj212", 2, 2, 0, 0)]


def test_a_stranger_is_answered_when_its_frame_is_safe_and_waits_for_admission(dsn, port, gateway):
    call = Call(port, STRANGER)
    assert call.instants(clock.now(), "a21026-Rtd=1") is not None
    assert rows(dsn, "select reason, items from quarantine") == [("unknown_station", 1)]
    assert rows(dsn, "select admitted, station_id from logger where mn = %s", STRANGER) == [(False, None)]
    with db.connect(dsn, name="tests") as conn:
        conn.execute(
            "update logger set admitted = true, station_id = (select id from station where code = 's1') where mn = %s",
            [STRANGER],
        )
    until(
        lambda: call.instants(clock.now(), "a21026-Rtd=7") and ("a21026", 7.0, "N") in readings(dsn),
        20,
        "taken once admitted",
    )
    call.close()


def test_a_wrong_password_is_set_aside_and_never_answered(dsn, port, gateway):
    call = Call(port, STACK, pw="654321")
    call.send(call.frame("2011", f"DataTime={digits(clock.now())};a21026-Rtd=1"))
    until(lambda: ask(dsn, "select count(*) from quarantine") == 1, 10, "quarantine")
    assert rows(dsn, "select reason from quarantine") == [("unknown_station",)]
    assert call.answer(within_s=0.5) is None
    call.close()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (lambda f: f[:-6] + b"0000\r\n", "bad_crc"),
        (lambda f: f[:-6] + b"CRC\r\n", "bad_crc"),
        (lambda f: b"##9000" + f[6:], "bad_frame"),
        (lambda f: b"##0010" + f[6:], "bad_frame"),
        (lambda _: b"garbage that is no frame\r\n", "bad_frame"),
    ],
)
def test_a_defective_frame_has_its_reason_and_the_connection_lives_on(dsn, stack, bad, reason):
    stack.send(bad(stack.frame("2011", f"DataTime={digits(clock.now())};a21026-Rtd=1")))
    assert stack.instants(clock.now(), "a21026-Rtd=2") is not None
    assert rows(dsn, "select reason from quarantine") == [(reason,)]
    assert readings(dsn) == [("a21026", 2.0, "N")]


def test_a_flood_of_garbage_harms_no_other_connection(dsn, stack, port):
    flood = Call(port, "D" * 24)
    for number in range(300):
        flood.send(b"##0100nonsense %d\r\n" % number)
    began_s = clock.monotonic_s()
    assert stack.instants(clock.now(), "a21026-Rtd=2") is not None
    assert clock.monotonic_s() - began_s < 5
    flood.close()


def test_frames_cut_and_glued_by_the_network_are_all_answered(stack):
    now = clock.now()
    frames = b"".join(
        stack.frame("2011", f"DataTime={digits(now - timedelta(seconds=n))};a21026-Rtd={n}") for n in range(6)
    )
    for at in range(0, len(frames), 37):
        stack.send(frames[at : at + 37])
    assert all(stack.answer() for _ in range(6))


def test_an_encrypted_frame_is_opened_with_the_loggers_key(dsn, port, gateway):
    with db.connect(dsn, name="tests") as conn:
        conn.execute("update logger set encryption_key = %s where mn = %s", [KEY, WATER])
    call = Call(port, WATER, key=bytes.fromhex(KEY))

    def taken():
        call.send(call.frame("2011", f"DataTime={digits(clock.now())};w01018-Rtd=55.5,w01018-Flag=N", flag=9))
        return call.answer(within_s=1) is not None

    until(taken, 20, "the key is known")
    assert ("w01018", 55.5, "N") in readings(dsn)
    call.close()


def test_raw_frames_over_mqtt_take_the_same_path(dsn, gateway, mqtt_url):
    sender = Sender(STACK, "31")
    now = clock.now()
    frames = [
        encode(
            sender, "2011", f"DataTime={digits(now - timedelta(seconds=n))};a21026-Rtd={n}", flag=4, qn=None
        )
        for n in (1, 2)
    ]
    publisher = Publisher(mqtt_url, client_id="tests-gateway")
    publisher.start()
    publisher.publish(f"smartpark/t1/hj212/{STACK}", b"".join(frames) + b"##0003bad")
    until(lambda: balance(dsn) == [("hj212", 3, 2, 0, 1)], 20, "both stored, one refused")
    publisher.stop()
    assert rows(dsn, "select distinct source from raw_frame") == [("mqtt",)]


def test_sessions_say_who_was_there_and_who_hung_up(dsn, port, gateway):
    call = Call(port, STACK)
    assert call.instants(clock.now(), "a21026-Rtd=1") is not None
    until(lambda: ask(dsn, f"select online from logger where mn = '{STACK}'"), 10, "online")
    call.close()
    until(lambda: ask(dsn, "select closed_by from logger_session") == "logger", 10, "closed by the logger")
    assert ask(dsn, f"select online from logger where mn = '{STACK}'") is False


def test_a_killed_gateway_loses_no_answered_frame_and_notes_its_outage(dsn, gateway, port):
    answered = []
    for number in range(3):
        call = Call(port, STACK)
        at = clock.now() - timedelta(minutes=5 * number)
        if call.instants(at, f"a21026-Rtd={number}") is not None:
            answered.append(float(number))
        gateway.kill()
        call.close()
        gateway.start()
        until(lambda: _listens(port), 30, "listening again")
    assert sorted(value for _, value, _ in readings(dsn)) == sorted(answered) == [0.0, 1.0, 2.0]
    left = rows(dsn, "select closed_by from logger_session where closed_at is not null")
    assert {by for (by,) in left} <= {"us", "logger", "network"}


def test_what_was_read_is_stored_and_answered_before_the_gateway_ends(dsn, gateway, stack):
    stack.instants(clock.now() - timedelta(minutes=5), "a21026-Rtd=0")
    now = clock.now()
    with db.connect(dsn, name="tests holding up") as conn:
        conn.execute("lock table reading in exclusive mode")
        stack.send(stack.frame("2011", f"DataTime={digits(now)};a21002-Rtd=1", flag=4))
        until(lambda: ask(dsn, "select count(*) from pg_locks where not granted") != 0, 10, "held up")
        for number in range(300):  # none of them asks for an answer, so none would come again
            at = now - timedelta(milliseconds=1) * number
            cp = f"DataTime={digits(at)}{at.microsecond // 1000:03d};a21026-Rtd={number}"
            stack.send(stack.frame("2011", cp, flag=4))
        stack.send(stack.frame("2011", f"DataTime={digits(now)};a34013-Rtd=3"))
        heartbeat = stack.say("9015", "")  # the network thread answers it: all before it is read
        assert heartbeat is not None
        assert gateway.process is not None
        gateway.process.terminate()
    answer = stack.answer()
    assert answer is not None
    assert answer.head.cn == "9014"
    assert gateway.process.wait(10) == 0
    assert ask(dsn, "select count(*) from raw_frame") == 303


def test_a_lost_word_about_a_new_password_locks_no_logger_out(dsn, gateway, port, stack):
    stack.instants(clock.now(), "a34013-Rtd=1")
    with db.connect(dsn, name="tests") as conn:
        conn.execute(
            "insert into logger_command (mn, cn, parameters, cause, state, requested_by, requested_at)"
            """ values (%s, '1072', '{"NewPW": "654321"}', 'person', 'queued', 'operator', now())""",
            [STACK],
        )
    request = stack.answer()
    assert request is not None
    assert request.head.cn == "1072"
    until(lambda: ask(dsn, f"select other_password from logger where mn = '{STACK}'"), 10, "either counts")
    stack.close()
    call = Call(port, STACK, pw="654321")
    now = clock.now()
    for number in range(20):
        call.send(
            call.frame("2011", f"DataTime={digits(now - timedelta(seconds=number))};a21026-Rtd={number}", 4)
        )
    assert call.instants(now, "a21002-Rtd=5") is not None
    until(lambda: ask(dsn, f"select password from logger where mn = '{STACK}'") == "654321", 10, "followed")
    assert ask(dsn, "select count(*) from quarantine") == 0
    assert len(readings(dsn)) == 22
    call.close()


def test_the_edition_is_the_one_that_a_logger_spoke_last_unless_somebody_has_said_one(dsn, gateway, port):
    with db.connect(dsn, name="tests") as conn:
        conn.execute("update logger set edition = null where mn = %s", [STACK])
    both = Call(port, STACK), Call(port, WATER)
    for flag, edition in ((5, 2017), (9, 2025)):
        for call, code in zip(both, ("a21026", "w01018"), strict=True):
            assert call.say("2011", f"DataTime={digits(clock.now())};{code}-Rtd=1", flag) is not None
        until(
            lambda edition=edition: ask(dsn, f"select edition from logger where mn = '{STACK}'") == edition,
            25,
            f"edition {edition}",
        )
    assert ask(dsn, f"select edition from logger where mn = '{WATER}'") == 2017
    for call in both:
        call.close()


def _listens(port):
    try:
        Call(port, STACK).close()
    except OSError:
        return False
    return True
