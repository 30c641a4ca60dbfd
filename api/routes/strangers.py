"""Data loggers that wait to be let in: where each may belong, what it has sent so far, and those that are not wanted."""

import base64
from typing import Any

from fastapi import APIRouter, Response

from api.logger_shapes import AdmissionPlace, HeldFrame, Logger
from api.login import note
from api.problems import Problem
from api.routes.admission import Admits, Dismiss, logger_now
from api.routes.logger_commands import Mn
from api.routes.loggers import one_logger
from api.shapes import Listing
from api.strangers import KINDS, Q
from api.visit import Reads, as_json
from smartpark import clock
from smartpark.hj212.mask import without_passwords

router = APIRouter(tags=["loggers"])


@router.get("/logger-places", response_model=Listing[AdmissionPlace])
def places(visit: Reads) -> Response:
    """List the stations that a logger may be admitted to; those of safety are none of them."""
    with visit.open() as conn:
        rows = conn.execute(Q.places, {"id": None, "now": clock.now()}).fetchall()
    found = [row for row in rows if row.pop("stream_class") != "safety" and row["kind"] in KINDS]
    return as_json({"items": found, "next": None})


@router.get("/loggers/{mn}/held", response_model=Listing[HeldFrame])
def held(visit: Reads, mn: Mn) -> Response:
    """Return the newest messages of a logger that wait in quarantine, 20 at most."""
    with visit.open() as conn:
        one_logger(conn, mn)
        rows = conn.execute(Q.held, {"mn": mn}).fetchall()
    return as_json({"items": [_held(row) for row in rows], "next": None})


@router.post("/loggers/{mn}/refuse", response_model=Logger)
def refuse_logger(visit: Admits, mn: Mn, body: Dismiss) -> Response:
    """Do not want a logger: it is not offered for admission, however often it calls, until somebody reconsiders."""
    now, actor = clock.now(), visit.principal.actor
    with visit.open() as conn:
        if logger_now(conn, mn)["admitted"]:
            raise Problem(
                409, f"数采仪 {mn} 已接入; 请先停止接入", f"logger {mn} is admitted; dismiss it first"
            )
        conn.execute(Q.refuse, {"mn": mn, "now": now, "actor": actor})
        note(conn, now, actor, "logger.refuse", f"logger/{mn}", detail={"reason": body.reason.strip()})
        return as_json(one_logger(conn, mn))


@router.post("/loggers/{mn}/reconsider", response_model=Logger)
def reconsider_logger(visit: Admits, mn: Mn) -> Response:
    """Offer a logger for admission again."""
    now, actor = clock.now(), visit.principal.actor
    with visit.open() as conn:
        logger_now(conn, mn)
        conn.execute(Q.reconsider, {"mn": mn})
        note(conn, now, actor, "logger.reconsider", f"logger/{mn}")
        return as_json(one_logger(conn, mn))


def _held(row: dict[str, Any]) -> dict[str, Any]:
    hidden = without_passwords(bytes(row.pop("payload")))
    row["bytes"] = len(hidden)
    row["base64"] = base64.b64encode(hidden).decode()
    try:
        row["text"] = hidden.decode()
    except UnicodeDecodeError:
        row["text"] = None
    return row
