"""``python -m records run|import|verify``: makes official records, says why an hour is missing, sends upward."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from smartpark import run_state
from smartpark import settings as settings_tree
from smartpark.settings import Settings, SettingsError

if TYPE_CHECKING:
    from records.rounds import Round
    from records.upward.crew import Crew

_RETRY_S = (0.5, 1.0, 2.0, 5.0)
_FOLLOW_S = 5.0  # how soon a changed receiver is noticed
_DUE_S = 10.0
_PERIODS_S = 5.0
_MARKS_S = 300.0
_SUBSTITUTES_S = 60.0
_REPORTS_S = 300.0
_FINDINGS_S = 600.0
_DIGESTS_S = 900.0
_MISSING_S = 300.0
_RETENTION_S = 3600.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except SettingsError as err:
        print(str(err), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _run(_: argparse.Namespace) -> int:
    from records.upward.crew import Crew
    from records.upward.service import courier_of
    from smartpark import log

    settings = run_state.at_hand(settings_tree.load())
    dsn = _dsn(settings)
    log.configure(settings, "records")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    crew = Crew(dsn, lambda receiver: courier_of(receiver, settings.demo.upper_port))
    failures = 0
    while not stop.is_set():
        failures = 0 if _work(settings, dsn, crew, stop) else failures + 1
        stop.wait(_RETRY_S[min(failures, len(_RETRY_S)) - 1] if failures else 0)
    return 0


def _work(settings: Settings, dsn: str, crew: "Crew", stop: threading.Event) -> bool:
    """Work until told to stop or until the database goes away; return whether any was done."""
    from smartpark import db, log

    logger = log.get("records")
    done = False
    rounds = _rounds(settings, dsn)
    try:
        with (
            db.connect(dsn, name="records run", autocommit=True) as conn,
            db.advisory_lock(conn, "records run") as ours,
        ):
            if not ours:
                logger.warning("another_records_process_works")
                return False
            logger.info("working")
            for one in rounds:
                one.start()
            try:
                while not stop.is_set():
                    crew.follow(conn)
                    done = True
                    stop.wait(_FOLLOW_S)
            finally:
                # Before the lock goes, as far as they end in time; one that still sends has a lock of its own.
                crew.end()
                for one in rounds:
                    one.end()
    except db.Error as err:
        logger.warning("database_away", error=str(err).strip())
    return done


def _rounds(settings: Settings, dsn: str) -> "list[Round]":
    from records.corrections import day_digest
    from records.emissions.substituting import Substituting
    from records.marks import deadlines
    from records.missing.hours import MissingHours
    from records.periods.engine import Periods
    from records.periods.judging import judge
    from records.reports.making import Making
    from records.rounds import Round
    from records.upward.due import Due
    from records.upward.retention import Retention
    from records.validity import findings
    from smartpark import clock

    own = settings.records
    rounds = [
        Round(
            dsn, "periods", _PERIODS_S, Periods(own.grace_s, own.oxygen_not_running, judge, clock.now).turn
        ),
        Round(dsn, "marks", _MARKS_S, deadlines.turn),
        Round(dsn, "substitutes", _SUBSTITUTES_S, Substituting().turn),
        Round(dsn, "day digests", _DIGESTS_S, day_digest.turn),
        Round(dsn, "findings", _FINDINGS_S, findings.turn),
        Round(dsn, "due", _DUE_S, Due().turn),
        Round(dsn, "missing hours", _MISSING_S, MissingHours().turn),
        Round(dsn, "retention", _RETENTION_S, Retention(own.upward_days).turn),
    ]
    if own.reports:
        rounds.append(Round(dsn, "reports", _REPORTS_S, Making(own.pass_rate).turn))
    return rounds


def _import(args: argparse.Namespace) -> int:
    from records.imports import command

    return command.run(args, run_state.at_hand(settings_tree.load()))


def _demo(args: argparse.Namespace) -> int:
    from records.demo import command

    return command.run(args, run_state.at_hand(settings_tree.load()))


def _verify(args: argparse.Namespace) -> int:
    from records.corrections.chain import verify_command
    from smartpark import db

    with db.connect(_dsn(run_state.at_hand(settings_tree.load())), name="records verify") as conn:
        code, lines = verify_command(conn, args.digest)
    print("\n".join(lines))
    return code


def _dsn(settings: Settings) -> str:
    if settings.db.dsn is None:
        raise SettingsError(
            "SMARTPARK_DB__DSN is not set; write the connection string of the database, "
            "or start everything with: make run"
        )
    return settings.db.dsn.get_secret_value()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m records", description=__doc__)
    commands = parser.add_subparsers(required=True)
    from records.demo import command as demo
    from records.imports import command as importing

    command = commands.add_parser(
        "run", help="make official records, decide missing hours, serve those above us"
    )
    command.set_defaults(run=_run)
    importing.add_parser(commands).set_defaults(run=_import)
    demo.add_parser(commands).set_defaults(run=_demo)
    command = commands.add_parser(
        "verify", help="hold corrections, marks and finalised months against their chain"
    )
    command.add_argument(
        "digest", nargs="?", help="a last digest that was printed before and has to be in the chain"
    )
    command.set_defaults(run=_verify)
    return parser


if __name__ == "__main__":
    sys.exit(main())
