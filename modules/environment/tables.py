"""The tables of the environment page: stations in rows, or points beside their limits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from modules.environment import against
from modules.frame import Column, Table, Words, both, column, table
from modules.park_view import ParkView, Row, oldest
from modules.points import alert_levels, good, limits, owner, said

NEWEST = ("最新值(实时), 非官方小时值", "newest instant values, no official hours")
LIMITS = ("最新值 + 限值库", "newest values + limits")
_COLUMNS = (
    column("enterprise", ("企业", "enterprise")),
    column("station", ("站点", "station")),
    column("factor", ("因子", "factor")),
    column("value", ("最新值", "newest"), "number"),
    column("unit", ("单位", "unit")),
    column("limit", ("限值", "limit")),
    column("basis", ("限值口径", "basis")),
    column("share", ("占限值", "of the limit"), "number", "%", 0),
    column("alert", ("未办结", "open"), "level"),
    column("clause", ("限值依据", "limit by")),
    column("state", ("数据状态", "state")),
    column("at", ("数据时效", "data age"), "age"),
)


class Judged:
    """Limits and open alerts of the page's points, read once."""

    def __init__(self, view: ParkView, points: Sequence[Row]) -> None:
        self._limits: Mapping[int, list[Row]] = limits(view, points)
        self._levels = alert_levels(view)

    def row(self, point: Row) -> Row:
        """Return a point beside its limit."""
        sensor = point["sensor_id"]
        return against.row(point, self._limits.get(sensor, ()), self._levels.get(sensor))


def against_limits(key: str, title: Words, points: Sequence[Row], judged: Judged, empty: Words) -> Table:
    """Return points beside their limits: what comes nearest to its limit first."""
    rows = sorted(
        (judged.row(point) for point in points), key=lambda r: -(r["share"] if r["share"] is not None else -1)
    )
    return table(key, title, _COLUMNS, rows, source=LIMITS, empty=empty)


def wide(key: str, title: Words, points: Sequence[Row], quantities: Sequence[str], empty: Words) -> Table:
    """Return one row a station, one column a quantity."""
    named = {point["quantity"]: point for point in points}
    shown: list[Column] = [column("station", ("站点", "station")), column("enterprise", ("所属", "owner"))]
    for code in quantities:
        if code in named:
            one = named[code]
            shown.append(
                column(code, (one["quantity_zh"], one["quantity_en"]), "number", one["unit"], _places(one))
            )
    shown += [column("state", ("数据状态", "state")), column("at", ("数据时效", "data age"), "age")]
    stations: dict[int, list[Row]] = defaultdict(list)
    for point in points:
        stations[point["station_id"]].append(point)
    return table(
        key, title, shown, [_station(group) for group in stations.values()], source=NEWEST, empty=empty
    )


def _places(point: Row) -> int:
    return min(3, int(point["decimals"]))


def _station(points: Sequence[Row]) -> Row:
    first = points[0]
    odd = [p for p in points if good(p) is None]
    words = [
        both(f"{p['quantity_zh']}: {s['zh']}", f"{p['quantity_en']}: {s['en']}")
        for p in odd
        if (s := said(p))
    ]
    state = both("正常", "normal")
    if len(odd) == len(points):
        state = said(first)
    elif words:
        state = both("; ".join(w["zh"] for w in words if w), "; ".join(w["en"] for w in words if w))
    return {
        "id": first["station_id"],
        "station": both(first["station_zh"], first["station_en"]),
        "enterprise": owner(first),
        **{point["quantity"]: good(point) for point in points if point["form"] == ""},
        "state": state,
        "at": oldest(points),
        "link": f"/stations/{first['station_id']}",
    }
