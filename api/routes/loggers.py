"""Data loggers: which there are and how they do, their frames as they came, what they tell beside values."""

import base64
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api.logger_shapes import Logger, LoggerDetail, LoggerReport, RawFrame
from api.problems import not_found
from api.routes.logger_commands import Mn, asked, names
from api.routes.places import Code
from api.shapes import Listing
from api.strangers import said_by
from api.visit import From, Paging, Reads, To, as_json, check_period
from smartpark import clock, db, queries
from smartpark.hj212.mask import without_passwords

router = APIRouter(tags=["loggers"])
_Q = queries.load("api", "loggers.sql")
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

Cn = Annotated[str | None, Query(pattern=r"^\d{4}$", description="command number")]


@router.get("/loggers", response_model=Listing[Logger])
def loggers(
    visit: Reads,
    page: Paging,
    *,
    admitted: bool | None = None,
    online: bool | None = None,
    station: Code = None,
) -> Response:
    """List the data loggers; one that is not admitted waits for somebody to say where it belongs."""
    (after,) = page.after("loggers", str)
    wanted = {"after": after, "mn": None, "admitted": admitted, "online": online, "station": station}
    with visit.open() as conn:
        rows = conn.execute(_Q.loggers, {**wanted, "limit": page.limit + 1}).fetchall()
    return as_json(page.answer("loggers", [_shown(row) for row in rows], "mn"))


@router.get("/loggers/{mn}", response_model=LoggerDetail)
def logger(visit: Reads, mn: Mn) -> Response:
    """Return one data logger with its connections, gaps and requests."""
    with visit.open() as conn:
        found = one_logger(conn, mn)
        found["sessions"] = conn.execute(_Q.sessions, {"mn": mn}).fetchall()
        found["gaps"] = conn.execute(_Q.gaps, {"mn": mn}).fetchall()
        found["commands"] = asked(conn, mn=mn, limit=20)
    return as_json(found)


@router.get("/loggers/{mn}/frames", response_model=Listing[RawFrame])
def logger_frames(
    visit: Reads,
    page: Paging,
    mn: Mn,
    *,
    start: From = None,
    to: To = None,
    by: Annotated[
        Literal["received", "data"], Query(description="whether the period is of receipt, or of the data")
    ] = "received",
    cn: Cn = None,
) -> Response:
    """Return frames as they came over [from, to), by default the last hour, newest first."""
    end = to or clock.now()
    begin = start or end - _HOUR
    check_period(begin, end)
    after_at, after_digest = page.after("frames", type(end), str)
    query = _Q.frames_received if by == "received" else _Q.frames_of_data
    about = {"mn": mn, "from": begin, "to": end, "cn": cn, "limit": page.limit + 1}
    with visit.open() as conn:
        one_logger(conn, mn)
        rows = conn.execute(query, {**about, "after_at": after_at, "after_digest": after_digest}).fetchall()
    answer = page.answer("frames", rows, "received_at", "digest")
    who = visit.principal
    exact = who.may("administer")
    bare = exact or who.may("command")
    answer["items"] = [_frame(row, bare=bare, exact=exact) for row in answer["items"]]
    return as_json(answer)


@router.get("/loggers/{mn}/reports", response_model=Listing[LoggerReport])
def logger_reports(
    visit: Reads, page: Paging, mn: Mn, *, start: From = None, to: To = None, cn: Cn = None
) -> Response:
    """Return what a logger told beside values over [from, to), by default the last day, newest first."""
    end = to or clock.now()
    begin = start or end - _DAY
    check_period(begin, end)
    after_time, after_cn, after_digest = page.after("reports", type(end), str, str)
    after = {"after_time": after_time, "after_cn": after_cn, "after_digest": after_digest}
    about = {"mn": mn, "from": begin, "to": end, "cn": cn, "limit": page.limit + 1}
    with visit.open() as conn:
        one_logger(conn, mn)
        rows = conn.execute(_Q.reports, {**about, **after}).fetchall()
    answer = page.answer("reports", rows, "time", "cn", "digest")
    answer["items"] = [_report(row) for row in answer["items"]]
    return as_json(answer)


def one_logger(conn: db.DictConnection, mn: str) -> dict[str, Any]:
    """Return one data logger as the list shows it.

    Raises:
        Problem: 404, there is none, or not for this reader to see.

    """
    wanted = {"after": None, "mn": mn, "admitted": None, "online": None, "station": None, "limit": 1}
    row = conn.execute(_Q.loggers, wanted).fetchone()
    if row is None:
        raise not_found(f"数采仪 {mn}", f"logger {mn}")
    return _shown(row)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Of a logger that nobody has let in, edition and system are what its newest message says."""
    said = row.pop("said")
    if said is not None:
        system, edition = said_by(bytes(said))
        row["system"], row["edition"] = row["system"] or system, row["edition"] or edition
    return row


def _frame(row: dict[str, Any], *, bare: bool, exact: bool) -> dict[str, Any]:
    frame = bytes(row.pop("frame"))
    del row["digest"]
    row["bytes"] = len(frame)
    hidden = without_passwords(frame)
    try:
        row["text"] = hidden.decode()
    except UnicodeDecodeError:
        row["text"] = None
    row["base64"] = base64.b64encode(frame if exact else hidden).decode() if bare else None
    return row


def _report(row: dict[str, Any]) -> dict[str, Any]:
    del row["digest"]
    return {**row, **names(row["cn"])}
