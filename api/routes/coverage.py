"""Which data came and are valid, hour by hour; the effective rate, checks and findings about the data beside it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from api.problems import InputProblem
from api.routes import findings, rates
from api.routes.places import Code, Kinds
from api.validity_shapes import Coverage
from api.visit import From, Reads, To, as_json, check_period
from records.validity import letters as words
from records.validity.rates import percent
from smartpark import clock, db, queries

router = APIRouter(tags=["validity"])
router.include_router(rates.router)
router.include_router(findings.router)
_Q = queries.load("api", "coverage.sql")
_DAYS = 31
_LONGEST_DAYS = 366
_LONGEST_WITH_LETTERS_DAYS = 62
_COUNTS = ("due", "received", "valid", "platform", "not_due")
_STREAMS = ["emission", "ambient"]


@router.get("/coverage", response_model=Coverage)
def coverage(  # noqa: PLR0913 - which stations, when, how fine
    visit: Reads,
    *,
    park: Code = None,
    station: Code = None,
    enterprise: Code = None,
    kind: Kinds = None,
    start: From = None,
    to: To = None,
    by: Annotated[Literal["station", "sensor"], Query(description="a line each")] = "station",
    letters: Annotated[bool, Query(description="with one letter an hour; at most 62 days")] = False,
) -> Response:
    """Return due, received and valid hours of each station, or sensor, and local day; by default of the last 31 days."""
    zone = ZoneInfo(visit.house.park_zone(park))
    end = to or clock.now()
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    first = start.astimezone(zone).date() if start else last - timedelta(days=_DAYS - 1)
    _check(start, end, (last - first).days + 1, _LONGEST_WITH_LETTERS_DAYS if letters else _LONGEST_DAYS)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    begin, behind = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    about = {"from": begin, "to": behind, "quantities": None, "streams": _STREAMS}
    wanted = {"park": park, "station": station, "enterprise": enterprise, "kind": kind}
    with visit.open() as conn:
        sensors = conn.execute(_Q.sensors_due, {**about, **wanted}).fetchall()
        ids = {"sensors": [one["id"] for one in sensors], "from": begin, "to": behind}
        lines = _Lines(sensors, by)
        local = {**ids, "zone": zone.key}
        # Planned anew each time: a plan for any span would look into every chunk there is.
        counted = conn.execute(_Q.covered_days, local, prepare=False).fetchall()
        special = conn.execute(_Q.special_days, local, prepare=False).fetchall()
        cells = lines.cells(counted, special)
        spelt = _spelt(conn, local, lines, special) if letters else {}
    items = [
        {**about_line, "days": [_day(cells.get((key, day)), spelt.get((key, day))) for day in days]}
        for key, about_line in lines.shown.items()
    ]
    answer = {"from": begin, "to": behind, "zone": zone.key, "days": days, "letters": dict(words.WORDS_ZH)}
    return as_json({**answer, "items": items})


class _Lines:
    """Which line of the grid each sensor belongs to."""

    def __init__(self, sensors: list[dict[str, Any]], by: str) -> None:
        key = "id" if by == "sensor" else "station_id"
        self.of = {one["id"]: one[key] for one in sensors}
        self.shown: dict[int, dict[str, Any]] = {}
        for one in sensors:
            sensor = rates.sensor_ref(one) if by == "sensor" else None
            about = {"station": one["station"], "kind": one["kind"], "enterprise": one["enterprise"]}
            self.shown.setdefault(one[key], {**about, "sensor": sensor})

    def cells(
        self, counted: list[dict[str, Any]], special: list[dict[str, Any]]
    ) -> dict[tuple[int, date], dict[str, int]]:
        """Return the counts of each line and day."""
        found: dict[tuple[int, date], dict[str, int]] = {}
        for row in counted:
            cell = found.setdefault((self.of[row["sensor_id"]], row["day"]), dict.fromkeys(_COUNTS, 0))
            for name in ("due", "received", "valid", "not_due"):
                cell[name] += row[name]
        for row in special:
            cell = found[self.of[row["sensor_id"]], row["day"]]
            cell["platform"] += row["platform"]
            cell["due"] -= row["not_due"]
            cell["received"] -= row["came"]
            cell["not_due"] += row["not_due"]
        return found


def _spelt(
    conn: db.DictConnection, ids: dict[str, Any], lines: _Lines, special: list[dict[str, Any]]
) -> dict[tuple[int, date], str]:
    """Return the letters of each line and day; the worst sensor of a station speaks."""
    zone = ZoneInfo(ids["zone"])
    about = {**ids, "lines": [lines.of[one] for one in ids["sensors"]], "order": list(words.ORDER)}
    lost = {
        (lines.of[row["sensor_id"]], int(at.timestamp()) // 3600)
        for row in special
        for at in row["lost"] or ()
    }
    ours = words.ORDER.index("platform") + 1
    found = {}
    for row in conn.execute(_Q.hour_places, about, prepare=False):
        line, day = row["line"], row["day"]
        begin, behind = (int(_midnight(d, zone).timestamp()) // 3600 for d in (day, day + timedelta(days=1)))
        places = (
            (hour - begin, ours if (line, hour) in lost else place)
            for hour, place in zip(row["hours"], row["places"], strict=True)
        )
        found[line, day] = words.written(places, behind - begin)
    return found


def _day(cell: dict[str, int] | None, letters: str | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    shares = {
        "received_rate": percent(cell["received"], cell["due"]),
        "valid_rate": percent(cell["valid"], cell["due"]),
    }
    return {**cell, **shares, "letters": letters}


def _check(start: datetime | None, end: datetime, days: int, longest: int) -> None:
    if start is not None:
        check_period(start, end)
    if days > longest:
        raise InputProblem(
            "query.from",
            f"时段最长 {longest} 天; 请缩短或分次查询",
            f"a period is at most {longest} days; ask for less",
        )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
