"""``python -m smartpark catalogue check|load|export FOLDER``, and ``catalogue scale``."""

import argparse
import getpass
import sys
from collections import Counter
from pathlib import Path

from smartpark import clock, db, run_state
from smartpark.catalogue import exporter, scale, sent
from smartpark.catalogue.problems import CatalogueError
from smartpark.catalogue.reader import read
from smartpark.catalogue.store import store
from smartpark.places import Catalogue
from smartpark.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, words in (
        ("check", "read a catalogue and say everything that is wrong with it"),
        ("load", "check a catalogue and bring the database to it"),
        ("export", "write the catalogue of the database to a folder"),
    ):
        one = actions.add_parser(name, help=words, description=words)
        one.add_argument("folder", type=Path, metavar="FOLDER")
        if name == "load":
            one.add_argument("--actor", default=None, help="who does it, for the audit log")
        if name == "export":
            one.add_argument(
                "--park", default=None, metavar="CODE", help="which park, when there are several"
            )
    words = "say which loggers seem to send in another unit than is written; changes nothing"
    look = actions.add_parser("scale", help=words, description=words)
    look.add_argument("--park", default=None, metavar="CODE", help="which park, when there are several")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Carry out one action; return its exit code."""
    try:
        if args.action == "scale":
            return _look_at_scales(args.park, settings)
        if args.action == "export":
            with db.connect(_dsn(settings), name="catalogue") as conn:
                exported = exporter.dump(conn, args.folder, args.park)
            _say(f"{args.folder}: {_words(exported)}")
            return 0
        catalogue = read(args.folder)
    except CatalogueError as err:
        for problem in err.problems:
            _complain(f"{args.folder / problem.file}{str(problem).removeprefix(problem.file)}")
        _complain(f"{args.folder}: {_count(err)} · 目录有误")
        return 1
    except LookupError as err:
        _complain(str(err))
        return 1
    if args.action == "check":
        for doubt in scale.span_doubts(catalogue):
            _complain(f"{args.folder}: warning: {doubt}")
        _say(f"{args.folder}: {_words(catalogue)}; no problems · 检查通过")
        return 0
    with db.connect(_dsn(settings), name="catalogue") as conn:
        summary = store(conn, catalogue, args.actor or getpass.getuser())
    _say(f"{args.folder}: {summary}")
    return 0


def _look_at_scales(park: str | None, settings: Settings) -> int:
    with db.connect(_dsn(settings), name="catalogue") as conn:
        found = sent.last_day(conn, exporter.park_of(conn, park), clock.now())
    doubts = scale.sent_doubts(found)
    for doubt in doubts:
        _say(doubt)
    _say(
        f"{len(found)} sensors of loggers, {len(doubts)} in doubt · 数采仪因子 {len(found)} 个, 量级存疑 {len(doubts)} 个"
    )
    return 0


def _dsn(settings: Settings) -> str:
    """Return the database of the settings, else the private one that runs here.

    Raises:
        LookupError: there is neither.

    """
    if settings.db.dsn is not None:
        return settings.db.dsn.get_secret_value()
    state = run_state.read(settings.data_dir)
    if state is None or not state.db_dsn:
        raise LookupError("no database: set SMARTPARK_DB__DSN, or start the private one with: make run")
    return state.db_dsn


def _words(catalogue: Catalogue) -> str:
    kinds = Counter(station.kind for station in catalogue.stations)
    return (
        f"{catalogue.park.name_zh} {catalogue.park.name_en}: {len(catalogue.enterprises)} enterprises, "
        f"{len(catalogue.hazard_sources)} hazard sources, {len(catalogue.stations)} stations "
        f"({', '.join(f'{n} {kind}' for kind, n in kinds.most_common())}), "
        f"{len(catalogue.sensors)} sensors, {len(catalogue.cameras)} cameras"
    )


def _count(err: CatalogueError) -> str:
    return "1 problem" if len(err.problems) == 1 else f"{len(err.problems)} problems"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _complain(line: str) -> None:
    sys.stderr.write(line + "\n")
