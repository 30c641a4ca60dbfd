"""``python -m records.emissions load [FOLDER]``: permits, cuts, declared and calculated amounts, and water meters."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path

from smartpark import clock, db, run_state, written
from smartpark import settings as settings_tree
from smartpark.catalogue.problems import CatalogueError
from smartpark.settings import SettingsError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    from records.emissions import folder

    parser = argparse.ArgumentParser(prog="python -m records.emissions", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    words = (
        "bring the database to allowances.csv, reductions.csv, declared.csv and water_balance.csv of a folder"
    )
    one = actions.add_parser("load", help=words, description=words)
    one.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="where park.yaml lies as well")
    one.add_argument("--actor", default=None, help="who does it, for the audit log")
    args = parser.parse_args(argv)
    try:
        settings = run_state.at_hand(settings_tree.load())
        if settings.db.dsn is None:
            return _refuse("SMARTPARK_DB__DSN is not set; write the connection string of the database")
        where = args.folder or settings.catalogue
        park = str(written.read(where / "park.yaml").content["code"])
        with db.connect(settings.db.dsn.get_secret_value(), name="emissions") as conn:
            changed = folder.load(conn, where, park, args.actor or getpass.getuser(), clock.now())
    except (SettingsError, CatalogueError, written.WrittenError, db.Error, OSError) as err:
        return _refuse(str(err).strip())
    except LookupError as err:
        return _refuse(f"no park {err}; load it first: python -m smartpark catalogue load FOLDER")
    print(", ".join(f"{n} {name}" for name, n in changed.items() if n) or "nothing changed")
    return 0


def _refuse(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
