"""``python -m modules demo``: fill the demo park's registers; ``python -m modules page NAME``: print a page."""

import argparse
import json
import sys

import modules
from modules import demo
from modules.park_view import UnknownParkError
from smartpark import clock, db, run_state, settings


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m modules", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="fill the demo registers; again changes nothing")
    page = commands.add_parser("page", help="print what a module shows, as JSON")
    page.add_argument("name", choices=sorted(modules.PAGES))
    page.add_argument("--park", help="code of the park; default: the first one")
    arguments = parser.parse_args(argv)
    try:
        return _run(arguments)
    except settings.SettingsError as err:
        return _refuse(str(err))
    except UnknownParkError as err:
        return _refuse(f"no park {err}; load a catalogue first: python -m smartpark catalogue load FOLDER")
    except db.Error as err:
        return _refuse(
            f"the database cannot be used: {str(err).strip().splitlines()[0]}; check SMARTPARK_DB__DSN"
        )


def _run(arguments: argparse.Namespace) -> int:
    tree = run_state.at_hand(settings.load())
    if tree.db.dsn is None:
        return _refuse("SMARTPARK_DB__DSN is empty; name the database, or use: python -m smartpark up")
    with db.connect(tree.db.dsn.get_secret_value(), name="modules") as conn:
        if arguments.command == "page":
            page = modules.page(arguments.name, conn, arguments.park, clock.now())
            print(json.dumps(page.as_json(), ensure_ascii=False, indent=2, default=str))
            return 0
        if tree.mode != "demo":
            return _refuse("registers are simulated in the demo only; production keeps what people enter")
        codes = demo.parks(conn)
        if not codes:
            raise UnknownParkError("")
        for code in codes:
            rows = demo.fill(conn, code, clock.now(), tree.demo.seed)
            print(f"{code}: {rows} rows of registers")
    return 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
