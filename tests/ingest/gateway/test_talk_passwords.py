"""A logger and its new password, whatever is lost on the way."""

from datetime import timedelta

import pytest

from tests.ingest.gateway.loggers_park import STACK
from tests.ingest.gateway.talk_bench import DONE, READY, bench

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
    assert at.wire.watched == {STACK: "654321"}
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
    assert (passwords(at), at.wire.watched) == (("123456", None), {})


def test_a_logger_that_confirms_its_new_password_and_keeps_the_old_one_is_not_locked_out(conn):
    at, logger = bench(conn, [READY, DONE])
    at.ask("1072", NewPW="654321")
    at.pass_by(3)
    assert passwords(at) == ("654321", "123456")
    speak(at, logger, "123456")
    assert passwords(at) == ("123456", "654321")
    at.now += timedelta(seconds=SETTLED)
    speak(at, logger, "123456")
    assert passwords(at) == ("123456", None)


def test_what_was_sent_before_a_restart_is_not_forgotten(conn):
    at, logger = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(2)
    at.restart()
    at.pass_by(SOON)
    speak(at, logger, "654321")
    assert passwords(at) == ("654321", "123456")


def test_a_further_password_waits_until_it_is_known_which_one_the_logger_has(conn):
    at, logger = bench(conn)
    at.ask("1072", NewPW="654321")
    at.pass_by(SOON)
    second = at.ask("1072", NewPW="111111")
    at.pass_by(SOON)
    assert (at.state(second), passwords(at)) == ("queued", ("123456", "654321"))
    at.now += timedelta(seconds=SETTLED)
    speak(at, logger, "123456")
    at.pass_by(3)
    assert passwords(at) == ("123456", "111111")
