"""Small simulated registers for the demo park; every row is marked ``demo`` and gives way to what people enter."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np

from modules.economy import demo as economy
from modules.park_view import ParkView, Row
from modules.services import demo as services
from modules.workforce import demo as workforce
from smartpark import db, queries

_Q = queries.load("modules")
_BY = "demo"


def fill(conn: db.Connection, park: str | None, now: datetime, seed: int) -> int:
    """Write the registers of a park and commit; the same day and seed give the same rows. Return how many.

    Raises:
        UnknownParkError: no catalogue is loaded yet.

    """
    view = ParkView.of(conn, park, now)
    today = view.day_start.date()
    enterprises = view.rows(_Q.enterprises)
    chance = np.random.default_rng(seed)
    rows = [
        *workforce.headcounts(enterprises, chance),
        *workforce.certificates(enterprises, today, chance),
        *services.notices(today),
        *services.requests(enterprises, today, chance),
    ]
    figures = list(economy.figures(enterprises, today, chance))
    with conn.cursor() as cursor:
        cursor.executemany(_Q.put_register_row, [_register_row(view, row) for row in rows])
        cursor.executemany(_Q.put_figure, [_figure(view, figure) for figure in figures])
    conn.commit()
    return len(rows) + len(figures)


def _register_row(view: ParkView, row: Mapping[str, Any]) -> Row:
    data = json.dumps(row["data"], ensure_ascii=False, default=_text)
    plain = {"enterprise_id": None, "due": None, "confirmed_at": view.day_start, "confirmed_by": _BY}
    return {**plain, **row, "park_id": view.park_id, "data": data}


def _figure(view: ParkView, figure: Mapping[str, Any]) -> Row:
    return {"confirmed_by": _BY, **figure, "park_id": view.park_id, "confirmed_at": view.day_start}


def _text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def parks(conn: db.Connection) -> Iterable[str]:
    """Return the codes of the parks that are loaded."""
    return [row[0] for row in conn.execute(_Q.parks).fetchall()]
