"""A logger and its new password, whatever is lost on the way."""

from datetime import timedelta

import pytest

from smartpark import queries
from tests.ingest.gateway.loggers_park import STACK
from tests.ingest.gateway.talk_bench import DONE, NOW, READY, bench

pytestmark = pytest.mark.integration


def test_a_new_password_is_ours_once_the_logger_has_it(conn):
    at, logger = bench(conn, [READY], [READY, DONE])
    at.ask("1072", NewPW="654321")
    at.pass_by(2)
    assert at.logger("password") == "123456"
    logger.pw = "654321"
    at.wire.arrive(logger.say(*DONE, logger.heard[0].qn))
    at.pass_by(1)
    assert at.logger("password") == "654321"
    at.ask("1061")
    at.pass_by(3)
    assert logger.heard[1].head.pw == "654321"


def test_a_password_that_was_refused_is_not_ours(conn):
    at, _ = bench(conn, [READY, ("9012", "ExeRtn=2")])
    at.ask("1072", NewPW="654321")
    at.pass_by(3)
    assert at.logger("password") == "123456"


SOON, SETTLED = 40, 400  # seconds until a request is given up, and until a logger has kept to a password


def speak(at, logger, pw):
    logger.pw = pw
    at.wire.arrive(logger.say("1013", "", "20261122080000001"))
    at.pass_by(2)


def passwords(at):
    return at.logger("password"), at.logger("other_password")


def test_a_logger_whose_word_about_its_new_password_was_lost_is_followed_to_it(conn):
    at, logger = bench(conn)
    number = at.ask("1072", NewPW="654321")
    at.pass_by(SOON)
    assert (at.state(number), passwords(at)) == ("timed_out", ("123456", "654321"))
    assert at.wire.watched == {STACK: {"123456", "654321"}}
    speak(at, logger, "654321")
    assert passwords(at) == ("654321", "123456")
    at.ask("1061")
    at.pass_by(2)
    assert logger.heard[-1].head.pw == "654321"


def test_a_new_password_that_a_logger_never_took_is_forgotten(conn):
    at, logger = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(SOON)
    speak(at, logger, "123456")
    assert passwords(at) == ("123456", "654321")  # it may take it yet
    at.now += timedelta(seconds=SETTLED)
    at.pass_by(2)
    assert passwords(at) == ("123456", "654321")  # it has said nothing
    speak(at, logger, "123456")
    at.pass_by(1)
    assert (passwords(at), at.wire.watched) == (("123456", None), {})


def test_a_logger_that_confirms_its_new_password_and_keeps_the_old_one_is_not_locked_out(conn):
    at, logger = confirmed(conn)
    for _ in range(5):
        at.now += timedelta(seconds=60)
        assert passwords(at) == ("654321", "123456")
        speak(at, logger, "123456")
    assert passwords(at) == ("123456", None)
    speak(at, logger, "654321")
    assert passwords(at) == ("123456", None)


def test_a_password_that_was_replaced_lapses_however_often_it_is_said(conn):
    at, logger = confirmed(conn)
    speak(at, logger, "654321")
    for _ in range(5):
        assert passwords(at) == ("654321", "123456")
        speak(at, logger, "123456")
        at.now += timedelta(seconds=60)
    at.pass_by(2)
    assert (passwords(at), at.wire.watched) == (("654321", None), {})


def test_a_logger_that_confirms_and_is_silent_keeps_the_new_password_alone(conn):
    at, logger = confirmed(conn)
    speak(at, logger, "123456")  # under way when it confirmed
    at.now += timedelta(seconds=SETTLED)
    at.pass_by(2)
    assert passwords(at) == ("654321", None)


def test_a_logger_is_followed_once(conn):
    at, logger = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(SOON)
    for pw in ("654321", "123456") * 10:
        speak(at, logger, pw)
        assert passwords(at) == ("654321", "123456")


def test_a_password_that_nobody_knows_decides_nothing(conn):
    at, logger = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(SOON)
    at.now += timedelta(seconds=SETTLED)
    speak(at, logger, "000000")
    assert passwords(at) == ("123456", "654321")


def test_an_offered_password_that_nothing_was_said_under_is_forgotten_after_a_day(conn):
    at, _ = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(SOON)
    at.now += timedelta(hours=23)
    at.pass_by(1)
    assert passwords(at) == ("123456", "654321")
    at.now += timedelta(hours=1)
    at.pass_by(1)
    assert passwords(at) == ("123456", None)


def test_an_administrators_word_stands_whatever_a_logger_confirms(conn):
    at, logger = bench(conn, [READY])
    at.ask("1072", NewPW="654321")
    at.pass_by(2)
    conn.execute(
        "update logger set password = '777777', other_password = null, other_since = null, other_state = null"
    )
    at.wire.arrive(logger.say(*DONE, logger.heard[0].qn))
    speak(at, logger, "654321")
    assert passwords(at) == ("777777", None)


ADMISSION, CATALOGUE = queries.load("api", "admission.sql"), queries.load("smartpark.catalogue")
SAID = {
    "mn": STACK,
    "edition": None,
    "encryption_key": None,
    "minute_interval_min": 1,
    "now": NOW,
    "actor": "x",
}


@pytest.mark.parametrize(
    ("query", "said", "left"),
    [
        (ADMISSION.admit_logger, {"station_id": 1, "password": "777777"}, ("777777", None)),
        (ADMISSION.admit_logger, {"station_id": 2, "password": None}, ("654321", None)),
        (ADMISSION.admit_logger, {"station_id": 1, "password": None}, ("654321", "123456")),
        (ADMISSION.dismiss_logger, {}, ("654321", None)),
        (CATALOGUE.put_logger, {"station": None, "park_id": 1, "password": "777777"}, ("777777", None)),
        (CATALOGUE.put_logger, {"station": None, "park_id": 1, "password": "654321"}, ("654321", None)),
    ],
)
def test_whoever_says_a_password_or_moves_a_logger_revokes_the_one_before(conn, query, said, left):
    at, _ = confirmed(conn)
    assert at.logger("station_id") == 1
    conn.execute(query, {**SAID, **said})
    assert passwords(at) == left


def test_what_a_logger_spoke_under_is_not_lost_with_a_transaction(conn):
    at, logger = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(SOON)
    logger.pw = "654321"
    at.wire.arrive(logger.say("1013", "", "20261122080000001"))
    at.talk.tick(conn, at.now)
    conn.rollback()
    at.pass_by(1)
    assert passwords(at) == ("654321", "123456")


def test_both_passwords_count_until_everybody_knows_which_one_is_left(conn):
    at, _ = confirmed(conn)
    at.now += timedelta(seconds=SETTLED)
    at.pass_by(1)
    assert at.wire.watched == {STACK: {"123456", "654321"}}
    at.pass_by(1)
    assert at.wire.watched == {}


def test_what_was_sent_before_a_restart_is_not_forgotten(conn):
    at, logger = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(2)
    at.restart()
    at.pass_by(SOON)
    speak(at, logger, "654321")
    assert passwords(at) == ("654321", "123456")


def test_a_further_password_takes_the_place_of_one_that_was_offered(conn):
    at, _ = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(SOON)
    at.ask("1072", NewPW="111111")
    at.pass_by(3)
    assert passwords(at) == ("123456", "111111")


def test_a_further_password_waits_until_the_one_before_has_lapsed(conn):
    at, _ = confirmed(conn)
    second = at.ask("1072", NewPW="111111")
    at.pass_by(SOON)
    assert at.state(second) == "queued"
    at.now += timedelta(seconds=SETTLED)
    at.pass_by(3)
    assert passwords(at) == ("654321", "111111")


def confirmed(conn):
    at, logger = bench(conn, [READY, DONE])
    at.ask("1072", NewPW="654321")
    at.pass_by(3)
    assert passwords(at) == ("654321", "123456")
    return at, logger
