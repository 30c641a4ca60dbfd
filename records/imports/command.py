"""``python -m records import FILE --mapping M.yaml``: older history of a file into the minutes."""

import argparse
import getpass
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from records.imports.mapping import MappingError
from smartpark.settings import Settings, SettingsError
from smartpark.written import WrittenError


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command to those of ``python -m records``; it is run by ``run(args, settings)``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "import", help="read a CSV or XLSX file of older values into the minutes"
    )
    parser.add_argument("file", type=Path, help="the file; see docs/import.md")
    parser.add_argument("--mapping", type=Path, required=True, help="YAML that says what its columns are")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, keep nothing")
    parser.add_argument("--resume", action="store_true", help="only go on with an import that was stopped")
    return parser


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Import a file; return 0 when all was taken or listed, 2 when mapping or files cannot be used, 130 when stopped."""
    from records.imports import job
    from records.imports.progress import Progress
    from smartpark import clock, db

    if settings.db.dsn is None:
        raise SettingsError("SMARTPARK_DB__DSN is not set; an import writes into the database")
    with db.connect(settings.db.dsn.get_secret_value(), name="records import") as conn:
        try:
            reader = job.prepare(conn, args.file, args.mapping, settings.ingest.readings_days)
            progress = Progress(reader.source.size, clock.monotonic_s)

            def seen(position: int, counts: Counter[str]) -> None:
                progress.at(position, counts["minutes"], _refused(counts))

            if args.dry_run:
                outcome = job.check(conn, reader, clock.now(), seen)
            else:
                outcome = job.load(
                    conn, reader, resume=args.resume, by=getpass.getuser(), clock=clock.now, seen=seen
                )
            progress.end()
        except (MappingError, WrittenError, job.ResumeError) as error:
            sys.stderr.write(f"{error}\n")
            return 2
        except OSError as error:
            where, what = error.filename or args.file, error.strerror or error
            sys.stderr.write(f"{where}: {what}; put it right, and the same command goes on\n")
            return 2
    sys.stdout.write("".join(f"{line}\n" for line in report(outcome, args.file)))
    return 130 if outcome.state == "stopped" else 0


def report(outcome: Any, path: Path) -> list[str]:
    """Return what has become of a file, in lines."""
    counts: Counter[str] = outcome.counts
    head = {
        "done": f"{path.name} is imported as import {outcome.job}.",
        "stopped": f"{path.name} is stopped; the same command goes on (import {outcome.job}).",
        "checked": f"{path.name} is only checked; nothing was kept.",
        "nothing_new": f"{path.name} was imported already, as import {outcome.job}; nothing is new.",
    }[outcome.state]
    kept = "to store" if outcome.state == "checked" else "stored"
    there = f"there already {counts['duplicate']}, there with another value {counts['conflict']}"
    lines = [
        head,
        f"  lines {counts['lines']}, values {counts['values']}, empty cells {counts['empty']}",
        f"  minutes {kept} {counts['minutes']}, {there}",
        f"  stored and not valid: implausible {counts['implausible']}, by their flag {counts['flagged']}",
        f"  refused {_refused(counts)}",
        *outcome.examples.lines(counts),
    ]
    if outcome.refused_path is not None:
        lines.append(f"  every refusal: {outcome.refused_path}")
    return lines


def _refused(counts: Counter[str]) -> int:
    return sum(count for reason, count in counts.items() if reason.startswith("refused "))
