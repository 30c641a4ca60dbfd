"""``python -m smartpark catalogue`` without the other commands."""

import argparse
import sys

import psycopg

from smartpark import settings
from smartpark.catalogue import command


def main(argv: list[str] | None = None) -> int:
    """Run one catalogue command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m smartpark catalogue", description=command.__doc__)
    command.add_arguments(parser)
    args = parser.parse_args(argv)
    try:
        return command.run(args, settings.load())
    except (settings.SettingsError, LookupError, psycopg.Error) as err:
        print(f"smartpark: {err}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
