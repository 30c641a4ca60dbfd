"""Hours and days over their limit, and where an hour that has begun is going."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from alerts.period_sentences import Span
from api import exceedance_list, files, running_hours
from api.exceedance_shapes import ComplianceSheet, ExceedancePage, RunningHours
from api.routes.places import Code
from api.visit import From, Id, Paging, Reads, To, as_json, check_period
from api.words import language_of
from smartpark import clock, queries

router = APIRouter(tags=["records"])
_Q = queries.load("api", "exceedances.sql")
_WEEK = timedelta(days=7)

_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {exceedance_list.CSV_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}


class Which(BaseModel):
    """The outlets and records that are meant."""

    park: str | None
    enterprise: str | None
    station: str | None
    quantity: str | None
    sensor: int | None
    period: str | None


def _which(  # noqa: PLR0917 - one filter each
    park: Code = None,
    enterprise: Code = None,
    station: Code = None,
    quantity: Code = None,
    sensor: Id | None = None,
    period: Annotated[Literal["hour", "day"] | None, Query(description="both by default")] = None,
) -> Which:
    return Which(
        park=park, enterprise=enterprise, station=station, quantity=quantity, sensor=sensor, period=period
    )


Wanted = Annotated[Which, Depends(_which)]


@router.get("/exceedances", response_model=ExceedancePage, responses=_CONTENT)
def exceedances(
    visit: Reads,
    page: Paging,
    which: Wanted,
    request: Request,
    *,
    start: From = None,
    to: To = None,
    sort: Annotated[
        Literal["factor", "time"], Query(description="the highest or the newest first")
    ] = "factor",
    format: Annotated[  # noqa: A002 - the word of the contract
        Literal["json", "csv"], Query(description="json comes in pages, the file whole")
    ] = "json",
) -> Response:
    """List the hours and days over their limit of [from, to), by default of the last seven days.

    What may not be judged or is marked invalid is never in it; what came late is, and says so.
    """
    begin, end = _period(start, to)
    whole = format == "csv"
    (after,) = page.after("exceedances", int)
    limits = {"after": None if whole else after, "limit": None if whole else page.limit + 1}
    values = {**which.model_dump(), "from": begin, "to": end, "sort": sort, **limits}
    with visit.open() as conn:
        over = conn.execute(_Q.over_sensors, values).fetchone() or {"sensors": []}
        rows = conn.execute(_Q.exceedances, values | over).fetchall() if over["sensors"] else []
    total = rows[0]["total"] if rows else 0
    items = [exceedance_list.shown(row) for row in rows]
    if whole:
        name = files.name_of("exceedances", begin, end, "csv")
        language = language_of(request.headers.get("accept-language", ""))
        content = b"".join(exceedance_list.csv_blocks(items, language))
        return Response(
            content,
            media_type=exceedance_list.CSV_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return as_json(page.answer("exceedances", items, "place") | {"total": total, "from": begin, "to": end})


@router.get("/exceedances/compliance", response_model=ComplianceSheet)
def compliance(visit: Reads, which: Wanted, *, start: From = None, to: To = None) -> Response:
    """Return the compliance rate (排放达标率) of [from, to): judgeable records within their limit / judgeable records.

    Outlets with valid hours of pollutants that no limit applies to are named beside it.
    """
    begin, end = _period(start, to)
    with visit.open() as conn:
        about = {**which.model_dump(), "from": begin, "to": end}
        rows = conn.execute(_Q.compliance, about).fetchall()
        unjudged = conn.execute(_Q.unjudged, about).fetchall()
    return as_json(exceedance_list.compliance(rows) | {"unjudged": unjudged, "from": begin, "to": end})


@router.get("/hour-projection", response_model=RunningHours)
def hour_projection(
    visit: Reads, *, park: Code = None, enterprise: Code = None, station: Code = None
) -> Response:
    """Return for every outlet with an hourly limit what the rest of the running hour must stay below; nothing sounds."""
    now = clock.now().astimezone(ZoneInfo(visit.house.park_zone(park)))
    begin = running_hours.begins(now)
    passed_min = (now - begin).total_seconds() / 60
    span = Span("hour", begin, begin + timedelta(hours=1))
    places = {"park": park, "enterprise": enterprise, "station": station}
    with visit.open() as conn:
        rows = conn.execute(_Q.running_hours, {**places, "hour": begin, "now": now}).fetchall()
    items = [running_hours.shown(row, span, passed_min) for row in rows]
    items.sort(key=running_hours.nearness, reverse=True)
    answer = {"at": now, "start": begin, "end": span.end, "minutes_passed": round(passed_min, 2)}
    zone = ZoneInfo(visit.zone)
    times = {key: value.astimezone(zone) for key, value in answer.items() if isinstance(value, datetime)}
    return as_json({**answer, **times, "items": items})


def _period(start: datetime | None, to: datetime | None) -> tuple[datetime, datetime]:
    end = to or clock.now()
    begin = start or end - _WEEK
    check_period(begin, end)
    return begin, end
