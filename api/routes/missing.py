"""Missing hours (缺失小时): where something due is missing, and whose fault it is."""

from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.logger_shapes import PlaceRef
from api.routes.places import Code
from api.shapes import EnterpriseRef, Listing
from api.visit import From, Paging, Reads, To, as_json, check_period
from smartpark import clock, queries

router = APIRouter(tags=["records"])
_Q = queries.load("api", "missing.sql")
_WEEK = timedelta(days=7)

Cause = Literal["enterprise", "network", "platform", "unknown"]


class MissingHour(BaseModel):
    """An hour of a station in which minutes are missing."""

    station: PlaceRef
    enterprise: EnterpriseRef | None
    hour: datetime = Field(description="its start")
    due: int = Field(description="minutes")
    present: int = Field(description="minutes in which all sensors that are due have data")
    sensor_due: int | None = Field(description="minutes of all sensors; null: not counted yet then")
    sensor_present: int | None = Field(description="of these, with data")
    cause: Cause = Field(description="of most of its missing minutes")
    minutes: dict[str, int] = Field(description="missing minutes by cause")
    evidence: Any = Field(description="sessions, outages and reports that say so")
    decided_at: datetime
    resolved_at: datetime | None = Field(description="the data came after all")


class CauseTotal(BaseModel):
    """What one cause explains."""

    cause: Cause
    hours: int
    minutes: int


class MissingPage(Listing[MissingHour]):
    """One page of missing hours, and the totals of the whole period by cause, whatever cause the list is filtered by."""

    from_: datetime = Field(alias="from")
    to: datetime
    since: datetime | None = Field(description="nothing was due before it; null: nothing came yet")
    until: datetime | None = Field(description="hours before it are decided")
    totals: list[CauseTotal]


@router.get("/missing-hours", response_model=MissingPage)
def missing_hours(
    visit: Reads,
    page: Paging,
    *,
    station: Code = None,
    enterprise: Code = None,
    cause: Cause | None = None,
    resolved: bool | None = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List the hours of [from, to) in which something due is missing, by default of the last seven days, newest first."""
    end = to or clock.now()
    begin = start or end - _WEEK
    check_period(begin, end)
    after_hour, after_station = page.after("missing", datetime, int)
    about = {"station": station, "enterprise": enterprise, "resolved": resolved, "from": begin, "to": end}
    after = {"after_hour": after_hour, "after_station": after_station, "limit": page.limit + 1}
    with visit.open() as conn:
        rows = conn.execute(_Q.missing_hours, {**about, "cause": cause, **after}).fetchall()
        totals = conn.execute(_Q.missing_by_cause, about).fetchall()
    with visit.house.whole(visit.zone) as conn:
        decided = conn.execute(_Q.decided).fetchone() or {}
    answer = page.answer("missing", rows, "hour", "station_id")
    for row in answer["items"]:
        del row["station_id"]
    return as_json({**answer, **decided, "from": begin, "to": end, "totals": totals})
