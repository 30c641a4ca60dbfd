"""``python -m simulators fleet|loggers|upper|score|history|bench|scenarios``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulators.faults import WORDS
from simulators.loggers.defects import WORDS as DEFECTS


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    arguments = _parser().parse_args(argv)
    from simulators import commands

    try:
        return commands.run(arguments, print)
    except commands.PROBLEMS as problem:
        print(f"simulators: {problem}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulators", description="A simulated park that keeps the truth."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    fleet = commands.add_parser("fleet", help="play a scenario over MQTT")
    fleet.add_argument("--scenario", help="what happens; default from the settings (see: scenarios)")
    fleet.add_argument("--seed", type=int, help="same seed, same park; default from the settings")
    fleet.add_argument("--speed", type=_speed, default=1.0, help="times real time, or max")
    fleet.add_argument(
        "--start", help="first instant, RFC 3339 with offset; default now, or so that the end is now"
    )
    fleet.add_argument("--duration", type=int, metavar="S", help="seconds to play; default for ever")
    fleet.add_argument("--once", action="store_true", help="play the length of the scenario, then stop")
    fleet.add_argument("--catalogue", type=Path, help="folder of the park; default from the settings")
    fleet.add_argument(
        "--sensors", type=int, help="multiply the park to so many sensors (imports the copies)"
    )
    fleet.add_argument("--truth", type=Path, help="file that keeps what was sent and what ought to sound")
    fleet.add_argument("--faults", default="", help="name:rate,...; names: " + ", ".join(WORDS))
    fleet.add_argument("--outage", type=int, metavar="S", help="length of the outage of outage_and_backfill")
    fleet.add_argument("--prelude", type=int, default=30, metavar="S", help="quiet seconds before it begins")
    _add_loggers(commands)
    score = commands.add_parser("score", help="compare a truth file with what the system holds")
    score.add_argument("--truth", type=Path, required=True, help="file that fleet --truth has written")
    score.add_argument("--json", action="store_true", help="print figures for machines")
    score.add_argument(
        "--wait", type=float, default=60.0, metavar="S", help="how long to wait for the last readings"
    )
    history = commands.add_parser(
        "history", help="make minutes and records of the past, straight into the database"
    )
    history.add_argument("--days", type=int, help="how far back; default from the settings")
    history.add_argument("--months", type=int, help="how far back records go; default from the settings")
    history.add_argument("--seed", type=int, help="same seed, same park; default from the settings")
    history.add_argument("--catalogue", type=Path, help="folder of the park; default from the settings")
    bench = commands.add_parser("bench", help="measure the whole chain on private services")
    bench.add_argument("--json", action="store_true", help="print figures for machines alone")
    bench.add_argument("--quick", action="store_true", help="smaller amounts: a check, not a measurement")
    commands.add_parser("scenarios", help="list the scenarios and the faults")
    return parser


def _add_loggers(commands: Any) -> None:
    loggers = commands.add_parser("loggers", help="play data loggers of HJ 212 against the gateway")
    loggers.add_argument("--address", type=_address, help="host:port of the gateway; default: the one here")
    loggers.add_argument(
        "--count", type=int, help="so many loggers; more than the catalogue has are copies (imports them)"
    )
    loggers.add_argument("--speed", type=_speed, default=1.0, help="times real time, or max")
    loggers.add_argument("--faults", default="", help="name:rate,...; names: " + ", ".join(DEFECTS))
    loggers.add_argument(
        "--outage", type=_span_s, metavar="FROM-TO", help="no connection then [s since the start]"
    )
    loggers.add_argument("--seed", type=int, help="same seed, same values; default from the settings")
    loggers.add_argument("--duration", type=int, metavar="S", help="seconds to play; default for ever")
    loggers.add_argument("--remember", type=int, default=24, metavar="H", help="hours they know already")
    loggers.add_argument("--catalogue", type=Path, help="folder of the park; default from the settings")
    loggers.add_argument("--truth", type=Path, help="file that keeps what they said and had confirmed")
    upper = commands.add_parser("upper", help="play the platform of an authority")
    upper.add_argument("--port", type=int, help="where it listens; default from the settings")
    upper.add_argument("--down", type=_span_s, metavar="FROM-TO", help="refuses then [s since the start]")
    upper.add_argument("--drops", type=float, default=0.0, help="share of messages that it does not answer")
    upper.add_argument("--key", default="", help="SM4 key of whoever sends encrypted, 32 hexadecimal digits")
    upper.add_argument("--file", type=Path, help="file that keeps every message")


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not host:
        raise argparse.ArgumentTypeError("write host:port, like 127.0.0.1:9212")
    return host.strip("[]"), int(port)


def _span_s(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not dash or not first.isdecimal() or not last.isdecimal() or int(last) <= int(first):
        raise argparse.ArgumentTypeError("write two numbers of seconds, like 600-4920")
    return int(first), int(last)


def _speed(text: str) -> float:
    if text == "max":
        return 0.0
    speed = float(text)
    if speed <= 0:
        raise argparse.ArgumentTypeError("write a number above 0, or max")
    return speed


if __name__ == "__main__":
    sys.exit(main())
