"""``python -m alerts``: load and check rulebooks, replay a rule over stored readings, watch over alerts."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from smartpark import run_state
from smartpark import settings as settings_tree
from smartpark.settings import Settings, SettingsError

_RETRY_S = (0.5, 1.0, 2.0, 5.0)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = _parser().parse_args(argv)
    try:
        settings = run_state.at_hand(settings_tree.load())
        return int(args.run(settings, args))
    except (SettingsError, ValueError) as err:
        print(str(err), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _load(settings: Settings, args: argparse.Namespace) -> int:
    from alerts import check, load
    from smartpark import clock, db

    rules, limits = check.shipped(_folders(settings, args))
    with db.connect(_dsn(settings), name="alerts load") as conn:
        done = load.load(conn, [one.rule for one in rules], limits, clock.now())
    print(
        f"rules: {done.rules_new} new, {done.rules_changed} changed; limits: {done.limits_new} new, "
        f"{done.limits_changed} changed; {done.same} as they were"
    )
    for kept in done.kept:
        print(f"kept as it is in the database: {kept}")
    return 0


def _check(settings: Settings, args: argparse.Namespace) -> int:
    from alerts import check

    verdict = check.check(_folders(settings, args))
    for line in verdict.lines:
        print(line)
    print(verdict.summary)
    return 0 if verdict.passed else 1


def _replay(settings: Settings, args: argparse.Namespace) -> int:
    import json
    from datetime import datetime

    from alerts import replay
    from smartpark import db

    since, until = (datetime.fromisoformat(text) for text in (args.since, args.until))
    if since.tzinfo is None or until.tzinfo is None or not since < until:
        raise ValueError(
            "--from and --to are instants with an offset, the first before the second: 2026-11-22T00:00+08:00"
        )
    with db.connect(_dsn(settings), name="alerts replay") as conn:
        found = replay.replay(conn, replay.named(conn, args.rule), since, until)
    print(json.dumps(found.json(), ensure_ascii=False, indent=2) if args.json else found.text())
    return 0


def _run(settings: Settings, _: argparse.Namespace) -> int:
    from smartpark import log

    log.configure(settings, "alerts")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    failures = 0
    while not stop.is_set():
        failures = 0 if _watch(settings, stop) else failures + 1
        stop.wait(_RETRY_S[min(failures, len(_RETRY_S)) - 1] if failures else 0)
    return 0


def _watch(settings: Settings, stop: threading.Event) -> bool:
    """Watch until told to stop or until the database goes away; return whether a turn was done."""
    import psycopg

    from alerts import watch
    from smartpark import clock, db, log

    logger = log.get("alerts")
    done = False
    try:
        with (
            db.connect(_dsn(settings), name="alerts run", autocommit=True) as conn,
            db.advisory_lock(conn, "alerts run") as ours,
        ):
            if not ours:
                logger.warning("another_alerts_process_watches")
                return False
            conn.execute("listen alert_event")
            watcher = watch.Watch(settings.mode == "demo", lambda event, facts: logger.info(event, **facts))
            logger.info("watching")
            while not stop.is_set():
                watcher.turn(conn, clock.now())
                done = True
                for _ in conn.notifies(timeout=watch.TURN_S, stop_after=1):
                    pass
    except psycopg.OperationalError as err:
        logger.warning("database_away", error=str(err).strip())
    return done


def _dsn(settings: Settings) -> str:
    if settings.db.dsn is None:
        raise SettingsError(
            "SMARTPARK_DB__DSN is not set; write the connection string of the database, "
            "or start everything with: make run"
        )
    return settings.db.dsn.get_secret_value()


def _folders(settings: Settings, args: argparse.Namespace) -> list[Path]:
    from alerts.rulebook import SHIPPED

    return [Path(folder) for folder in args.folders] if args.folders else [SHIPPED, settings.catalogue]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m alerts", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run, words in (
        ("load", _load, "store rulebooks and limits; what a person changed in the database stays"),
        ("check", _check, "refuse rules without a test, numbers without a source, and what does not fit"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument(
            "folders", nargs="*", help="folders with <rule>.yaml, <rule>.test.yaml, limits.csv"
        )
        command.set_defaults(run=run)
    command = commands.add_parser("replay", help="say what a rule would have raised over stored readings")
    command.add_argument("rule", help="code of a rule, or the path of a rule file")
    command.add_argument("--from", dest="since", required=True, help="instant with offset")
    command.add_argument("--to", dest="until", required=True, help="instant with offset, excluded")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_replay)
    command = commands.add_parser("run", help="take camera pictures, end shelves, probe cameras")
    command.set_defaults(run=_run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
