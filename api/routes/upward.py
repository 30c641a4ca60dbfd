"""What goes to the platforms above us (上传): rates with their numbers, backlog, and the list behind each number."""

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from api.logger_shapes import PlaceRef
from api.problems import not_found
from api.shapes import Listing
from api.visit import From, Paging, Reads, To, as_json, check_period
from records.upward import summary
from smartpark import clock, queries
from smartpark.hj212.mask import HIDDEN

router = APIRouter(tags=["upward"])
_Q = queries.load("api", "upward.sql")

Period = Literal["instant", "minute", "hour", "day"]
State = Literal["no_data", "due", "sent", "confirmed"]
_PERIODS: tuple[Period, ...] = ("instant", "minute", "hour", "day")


class UpwardCounts(BaseModel):
    """Items of a period; both rates are of due - no_data, null where nothing could be sent."""

    due: int = Field(description="all that should go up")
    no_data: int = Field(description="of these, what we have not got ourselves")
    sent: int = Field(description="sent, confirmed or not")
    confirmed: int
    timely: int = Field(description="confirmed, and went as live data")
    backlog: int = Field(description="not sent, or sent and not confirmed")
    upload_rate: float | None = Field(description="confirmed / (due - no_data)")
    timely_rate: float | None = Field(description="timely / (due - no_data)")


class UpwardPeriod(UpwardCounts):
    """The items of one kind of period."""

    period: Period


class Receiver(UpwardCounts):
    """A platform above us; its passwords are shown to nobody."""

    code: str
    name_zh: str
    name_en: str
    protocol: Literal["hj212", "http", "mqtt"]
    address: str
    edition: int
    stations: int
    connected: bool | None = Field(description="null: nothing has tried yet")
    since: datetime | None
    last_success: datetime | None
    last_error: str | None = Field(description="null once something arrived after it")
    last_error_at: datetime | None
    heartbeat_at: datetime | None
    backlog_ever: int = Field(description="not confirmed, of all days")
    oldest_backlog: datetime | None = Field(
        description="start of the oldest item that is not confirmed, of any day"
    )
    counted_from: datetime | None = Field(description="start of the first item of [from, to)")
    counted_to: datetime | None = Field(description="end of the last item of [from, to)")
    periods: list[UpwardPeriod]


class UpwardPage(Listing[Receiver]):
    """Every receiver; never in pages."""

    from_: datetime = Field(alias="from")
    to: datetime


class UpwardItem(BaseModel):
    """One thing due to one receiver."""

    station: PlaceRef
    mn: str | None = Field(description="the station's device number at the receiver")
    period: Period
    start: datetime
    state: State
    resent: bool
    tries: int
    first_sent_at: datetime | None = Field(description="when what it says now went for the first time")
    sent_at: datetime | None
    confirmed_at: datetime | None
    refusal: str | None = Field(description="why the receiver does not take it")


@router.get("/upward", response_model=UpwardPage)
def receivers(visit: Reads, start: From = None, to: To = None) -> Response:
    """Return every receiver with its counts of items that begin in [from, to), by default since local midnight."""
    begin, end = _day(visit.zone, start, to)
    with visit.open() as conn:
        rows = conn.execute(_Q.receivers, {"from": begin, "now": end}).fetchall()
        whole = {one.receiver_id: one for one in summary.of(conn, begin, end)}
        parts = {
            name: {one.receiver_id: one for one in summary.of(conn, begin, end, name)} for name in _PERIODS
        }
    for row in rows:
        number = row.pop("id")
        _hide_password(row)
        one = whole[number]
        more = {
            "connected": one.connected,
            "last_success": one.last_success,
            "backlog_ever": one.backlog,
            "oldest_backlog": one.oldest_backlog,
            "periods": [{"period": name, **_counts(part[number])} for name, part in parts.items()],
        }
        row.update(_counts(one), **more)
        row["periods"] = [part for part in row["periods"] if part["due"]]
    return as_json({"items": rows, "next": None, "from": begin, "to": end})


@router.get("/upward/{code}/items", response_model=Listing[UpwardItem])
def upward_items(
    visit: Reads,
    page: Paging,
    code: Annotated[str, Path(max_length=100, pattern=r"^[^\x00]+$")],
    *,
    state: Annotated[list[State] | None, Query()] = None,
    period: Period | None = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List the things due to a receiver that begin in [from, to), by default since local midnight, newest first."""
    begin, end = _day(visit.zone, start, to)
    after_start, after_station, after_period = page.after("upward", datetime, int, str)
    after = {"after_start": after_start, "after_station": after_station, "after_period": after_period}
    with visit.open() as conn:
        found = conn.execute(_Q.receiver_named, {"code": code}).fetchone()
        if found is None:
            raise not_found(f"上级平台 {code}", f"receiver {code}")
        about = {"receiver": found["id"], "state": state, "period": period, "from": begin, "to": end}
        rows = conn.execute(_Q.items, {**about, **after, "limit": page.limit + 1}).fetchall()
    answer = page.answer("upward", rows, "start", "station_id", "period")
    for row in answer["items"]:
        del row["station_id"]
    return as_json(answer)


def _day(zone: str, start: datetime | None, to: datetime | None) -> tuple[datetime, datetime]:
    end = to or clock.now()
    begin = start or end.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    check_period(begin, end)
    return begin, end


def _hide_password(row: dict[str, Any]) -> None:
    """Hide what stands between : and @ in an address, and in a sentence about it."""
    address = str(row["address"])
    before, at, host = address.rpartition("@")
    scheme, slashes, userinfo = before.rpartition("://")
    user, colon, _ = userinfo.partition(":")
    if not colon:
        return
    row["address"] = f"{scheme}{slashes}{user}:{HIDDEN}{at}{host}"
    if row["last_error"] is not None:
        row["last_error"] = row["last_error"].replace(address, row["address"])


def _counts(one: summary.Summary) -> dict[str, Any]:
    return {
        "due": one.no_data + one.due + one.sent + one.confirmed,
        "no_data": one.no_data,
        "sent": one.sent + one.confirmed,
        "confirmed": one.confirmed,
        "timely": one.timely,
        "backlog": one.due + one.sent,
        "upload_rate": one.upload_rate,
        "timely_rate": one.timely_rate,
    }
