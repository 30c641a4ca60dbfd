"""A newest value beside the limit that holds for it: what it is, whose it is, whether it is enforced."""

from collections.abc import Sequence

from modules.frame import Words, both
from modules.park_view import Row
from modules.points import good, owner, said

_BASES = ("instant", "minute", "hour", "day", "month", "year")
_BASIS: dict[str, Words] = {
    "instant": ("实时", "instant"),
    "minute": ("分钟", "minute"),
    "hour": ("小时均值", "hour mean"),
    "day": ("日均值", "day mean"),
    "month": ("月均值", "month mean"),
    "year": ("年均值", "year mean"),
}
_KINDS: dict[str, Words] = {
    "setpoint": ("设定值", "set-point"),
    "permit": ("排污许可", "permit"),
    "agreement": ("纳管协议", "agreement"),
    "local": ("地方标准", "local standard"),
    "industry": ("行业标准", "industry standard"),
    "integrated": ("综合标准", "integrated standard"),
}
# A converted value is a sensor of its own.
_FORMS: dict[str, Words] = {"": ("", ""), "Zs": ("(折算)", " (converted)")}


def factor(point: Row) -> dict[str, str] | None:
    """Return the name of what a point measures, converted values said so."""
    zh, en = _FORMS.get(point["form"], (f"({point['form']})", f" ({point['form']})"))
    return both(point["quantity_zh"] + zh, point["quantity_en"] + en)


def row(point: Row, limits: Sequence[Row], level: str | None) -> Row:
    """Return a point as a row: value, limit with basis and clause, share of the limit, open alert, state, age."""
    value = good(point)
    high, low = _bounds(limits)
    first = high or low
    shown: Row = {
        "id": point["sensor_id"],
        "enterprise": owner(point),
        "station": both(point["station_zh"], point["station_en"]),
        "factor": factor(point),
        "value": value,
        "unit": point["unit"],
        "limit": None,
        "basis": None,
        "clause": None,
        "share": None,
        "alert": level,
        "state": said(point),
        "at": point["time"],
        "link": f"/stations/{point['station_id']}",
    }
    if first is None:
        return shown
    ends = (f"{low['value']:g}" if low else None, f"{high['value']:g}" if high else None)
    shown["limit"] = f"{ends[0]}–{ends[1]}" if all(ends) else f"≤ {ends[1]}" if high else f"≥ {ends[0]}"
    shown["basis"] = both(*_BASIS[first["basis"]])
    kind = _KINDS[first["kind"]]
    unverified = ("", "") if first["verified"] else (" · 仅供参考", " · reference only")
    clause = f"{first['standard']} {first['clause']}"
    shown["clause"] = both(f"{kind[0]} · {clause}{unverified[0]}", f"{kind[1]} · {clause}{unverified[1]}")
    if value is not None and high is not None and low is None and high["value"] > 0:
        shown["share"] = 100.0 * value / high["value"]
    return shown


def _bounds(limits: Sequence[Row]) -> tuple[Row | None, Row | None]:
    """Return the first upper and lower limit of the shortest basis that has any."""
    for basis in _BASES:
        found = {limit["stage"]: limit for limit in limits if limit["basis"] == basis}
        if found:
            return found.get("H") or found.get("HH"), found.get("L") or found.get("LL")
    return None, None
