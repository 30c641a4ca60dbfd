"""``python -m records demo``: waits for the past of the demo and files what people did with it, once."""

import argparse
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from smartpark.settings import Settings, SettingsError

if TYPE_CHECKING:
    from records.demo.filing import Desk
    from smartpark import db

    Stages = dict[str, Callable[[Desk], str]]

_PATIENCE_S = 3600.0
_LOOK_S = 5.0
_DAY = timedelta(days=1)
_RECENT, _SPRING = 3, 12  # months of the past that most of it needs, and that a dust day needs


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command to those of ``python -m records``; it is run by ``run(args, settings)``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "demo", help="file marks, corrections and a finalised month on the demo's past, once"
    )
    parser.add_argument(
        "--patience", type=float, default=_PATIENCE_S, help="how long to wait for the past [s]"
    )
    return parser


def run(args: argparse.Namespace, settings: Settings) -> int:
    """File what there is a past for; return 0, also where the past did not come."""
    from smartpark import clock, db

    if settings.db.dsn is None:
        raise SettingsError("SMARTPARK_DB__DSN is not set; the demo files into the database")
    if settings.mode != "demo":
        sys.stdout.write("demo: marks and corrections are invented in the demo alone; nothing is filed\n")
        return 0
    months = settings.demo.history_months if settings.demo.history_days else 0
    if not months:
        return 0
    deadline_s = clock.monotonic_s() + args.patience
    with db.connect(settings.db.dsn.get_secret_value(), name="records demo") as conn:
        for needed, stages in _stages():
            while not _has_past(conn, settings, min(needed, months)):
                if clock.monotonic_s() > deadline_s:
                    sys.stdout.write("demo: the past did not come; nothing more is filed\n")
                    return 0
                threading.Event().wait(_LOOK_S)
            _file(_desk(conn, settings), stages)
    return 0


def _stages() -> "list[tuple[int, Stages]]":
    from records.demo import closing, filing

    recent: Stages = {
        "marks": filing.marks,
        "corrections": filing.corrections,
        "checks": filing.checks,
        "declared": filing.declared,
        "months": closing.months,
    }
    return [(_RECENT, recent), (_SPRING, {"sand": filing.sand})]


def _file(desk: "Desk", stages: "Stages") -> None:
    from records.demo.filing import once

    for name, work in stages.items():
        if said := once(desk, name, work):
            sys.stdout.write(f"demo: {said}\n")


def _has_past(conn: "db.Connection", settings: Settings, months: int) -> bool:
    """Return whether the hours of so many calendar months are there; the newest are written first."""
    from records.demo.filing import Q

    desk = _desk(conn, settings)
    start = desk.month_before(months - 1)
    row = conn.execute(Q.has_past, {"from": start, "to": start + _DAY}).fetchone()
    conn.commit()
    return bool(row is not None and row[0])


def _desk(conn: "db.Connection", settings: Settings) -> "Desk":
    from records.demo.filing import Desk, Q
    from smartpark import clock

    row = conn.execute(Q.park).fetchone()
    conn.commit()
    if row is None:
        raise SettingsError("there is no park; load one first: python -m smartpark catalogue load parks/demo")
    own = settings.records
    return Desk(
        conn,
        clock.now(),
        row[0],
        row[1],
        ZoneInfo(row[2]),
        row[3],
        own.voucher_day,
        own.oxygen_not_running,
        own.pass_rate,
    )
