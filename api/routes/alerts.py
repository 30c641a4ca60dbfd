"""Alerts: the list, one with its history and pictures."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from api.alert_shapes import Alert, AlertDetail, shown
from api.problems import not_found
from api.shapes import Listing
from api.visit import From, Id, Paging, Reads, To, as_json, check_period
from smartpark import queries

router = APIRouter(prefix="/alerts", tags=["alerts"])
_Q = queries.load("api", "alerts.sql")

AlertId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Code = Annotated[str | None, Query(max_length=100)]
Class = Literal["alarm", "warning", "reminder"]
_FIRST = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_LAST = datetime.fromisoformat("2200-01-01T00:00:00+00:00")


@router.get("", response_model=Listing[Alert])
def alerts(  # noqa: PLR0913 - each is one filter of the list
    visit: Reads,
    page: Paging,
    *,
    is_open: Annotated[bool | None, Query(alias="open", description="true: not ended; false: ended")] = None,
    class_: Annotated[list[Class] | None, Query(alias="class")] = None,
    level: Annotated[list[str] | None, Query(max_length=10)] = None,
    station: Code = None,
    enterprise: Code = None,
    sensor: Id | None = None,
    rule: Code = None,
    origin: Annotated[Literal["live", "retrospective"] | None, Query()] = None,
    drill: bool | None = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List alerts, newest first; ``from`` and ``to`` are about the time they were raised."""
    check_period(start or _FIRST, to or _LAST)
    after_at, after_id = page.after("alerts", datetime, int)
    filters = {
        "after_at": after_at,
        "after_id": after_id,
        "open": is_open,
        "class": class_,
        "level": level,
        "station": station,
        "enterprise": enterprise,
        "sensor": sensor,
        "rule": rule,
        "origin": origin,
        "drill": drill,
        "from": start,
        "to": to,
        "limit": page.limit + 1,
    }
    with visit.open() as conn:
        rows = conn.execute(_Q.alerts, filters).fetchall()
    answer = page.answer("alerts", rows, "raised_at", "id")
    answer["items"] = [shown(row) for row in answer["items"]]
    return as_json(answer)


@router.get("/{alert_id}", response_model=AlertDetail)
def alert(visit: Reads, alert_id: AlertId) -> Response:
    """Return one alert with its history and pictures."""
    with visit.open() as conn:
        row = conn.execute(_Q.alert, {"id": alert_id}).fetchone()
        if row is None:
            raise not_found(f"报警 {alert_id}", f"alert {alert_id}")
        events = conn.execute(_Q.events, {"id": alert_id}).fetchall()
        snapshots = conn.execute(_Q.snapshots, {"id": alert_id}).fetchall()
    return as_json({**shown(row), "events": events, "snapshots": snapshots})


@router.get(
    "/{alert_id}/snapshots/{snapshot_id}",
    response_class=Response,
    responses={200: {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}},
)
def snapshot(visit: Reads, alert_id: AlertId, snapshot_id: AlertId) -> Response:
    """Return a camera picture that was stored with an alert."""
    with visit.open() as conn:
        row = conn.execute(_Q.snapshot, {"id": alert_id, "snapshot": snapshot_id}).fetchone()
    if row is None:
        raise not_found(f"抓拍 {snapshot_id}", f"picture {snapshot_id}")
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(bytes(row["image"]), media_type=row["media_type"], headers=headers)
