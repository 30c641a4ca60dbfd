"""``python -m modules demo``: fill the demo park's registers."""

import argparse
import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m modules", description=__doc__)
    parser.add_subparsers(dest="command", required=True).add_parser("demo", help="fill the demo registers")
    parser.parse_args(argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
