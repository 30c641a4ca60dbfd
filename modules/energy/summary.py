"""The energy page: meters by carrier, present rates, amounts of the day, the largest consumers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from modules.energy.carriers import CARRIERS, Carrier
from modules.energy.meters import ROLES, Meter, late, of_carrier
from modules.frame import Card, Chart, Page, Table, both, card, chart, column, missing, series, table
from modules.park_view import ParkView, Row
from modules.points import hourly, of_kinds, online, owner, said
from smartpark import queries

_Q = queries.load("modules.energy")
_ACCESS = ("接入清单 + 最新值", "access list + newest values")
_NEWEST = ("最新值", "newest values")
_COUNTERS = ("表码差值", "counter differences")
_TOP = 8
# The oldest meter of a sum: two of its periods of 300 s [s].
_STALE_AFTER_S = 600.0
# A sum is shown, an hour drawn, when so many of the meters are known.
_ENOUGH = 0.9


def summary(view: ParkView) -> Page:
    """Return the page of energy."""
    points = of_kinds(view, "energy", "water")
    counters = [p["sensor_id"] for p in points if p["quantity"] in {c.counter for c in CARRIERS}]
    found = view.rows(_Q.amounts, sensors=counters, **{"from": view.day_start})
    amounts = {row["sensor_id"]: row for row in found}
    meters = {carrier: of_carrier(carrier, points, amounts) for carrier in CARRIERS}
    return Page(
        module="energy",
        name_zh="能耗监测",
        name_en="Energy",
        generated_at=view.now,
        cards=(
            *(one for carrier, each in meters.items() if each for one in _cards(view, carrier, each)),
            _online(view, points),
        ),
        charts=tuple(
            one for carrier in CARRIERS[:2] if (one := _curve(view, carrier, meters[carrier])) is not None
        ),
        tables=(_top(meters), *(_meters(carrier, each) for carrier, each in meters.items() if each)),
        missing=_MISSING,
    )


def _cards(view: ParkView, carrier: Carrier, meters: Sequence[Meter]) -> tuple[Card, Card]:
    consumers = [m for m in meters if m.role is None]
    rates = [(m.rate, m.rate_at) for m in consumers if m.rate is not None]
    amounts = [(m.amount, m.until) for m in consumers if m.amount is not None]
    since = late(consumers, view.day_start)
    begun = "" if since is None else f"{since.astimezone(view.zone):%H:%M}"
    counters = (f"{_COUNTERS[0]}, 自 {begun} 起", f"{_COUNTERS[1]}, since {begun}") if begun else _COUNTERS
    key, unit = carrier.code, (carrier.rate_unit, carrier.amount_unit)
    return (
        _sum(
            view,
            carrier,
            rates,
            len(consumers),
            card(f"{key}_rate", carrier.rate_label, None, _NEWEST, unit=unit[0]),
        ),
        _sum(
            view,
            carrier,
            amounts,
            len(consumers),
            card(f"{key}_today", carrier.amount_label, None, counters, unit=unit[1]),
        ),
    )


def _sum(
    view: ParkView, carrier: Carrier, found: Sequence[tuple[float, datetime | None]], number: int, one: Card
) -> Card:
    """Fill a card with a sum over the meters that are known; of too few of them it would mislead, and is not shown."""
    enough = bool(found) and len(found) >= _ENOUGH * number
    filled = replace(
        one,
        value=sum(value for value, _ in found) if enough else None,
        decimals=1,
        source=f"{one.source}, {len(found)}/{number} 块表",
        source_en=f"{one.source_en}, {len(found)} of {number} meters",
        link=f"/modules/energy?table={carrier.code}",
        stale_after_s=_STALE_AFTER_S,
        status="normal" if len(found) == number else "unknown",
        reason_zh="" if enough else "有效的表不足九成, 不合计",
        reason_en="" if enough else "too few meters are valid for a sum",
    )
    return view.measured(filled, min((at for _, at in found if at is not None), default=None))


def _online(view: ParkView, points: Sequence[Row]) -> Card:
    up = online(points)
    status = "yellow" if up < len(points) else "normal"
    label = ("计量点在线", "Metering points online")
    return view.counted(
        card("online", label, up, _ACCESS, of=len(points), status=status, link="/access?kind=energy")
    )


def _curve(view: ParkView, carrier: Carrier, meters: Sequence[Meter]) -> Chart | None:
    if not meters:
        return None
    meters = [m for m in meters if m.role is None]
    points = [
        (
            row["time"].isoformat(),
            row["total"] * carrier.scale if row["sensors"] >= _ENOUGH * len(meters) else None,
        )
        for row in hourly(view, [m.point for m in meters])
    ]
    title = (
        f"近 24 小时{carrier.name[0]}(小时平均, 标示时段起点)",
        f"{carrier.name[1]}, last 24 h (hour means, labelled by their start)",
    )
    source = (
        "分钟表, 到数不足九成的小时不画",
        "minute table; hours with under 90 % of the meters are left out",
    )
    sets = [series(carrier.code, carrier.name, points, carrier.rate_unit)]
    return chart(f"{carrier.code}_curve", title, sets, source=source, type="line")


def _top(meters: Mapping[Carrier, Sequence[Meter]]) -> Table:
    carrier = CARRIERS[0]
    known = sorted(
        (m for m in meters[carrier] if m.rate is not None and m.role is None), key=lambda m: -(m.rate or 0.0)
    )
    total = sum(m.rate or 0.0 for m in known)
    rows = [{**_row(m), "share": 100.0 * (m.rate or 0.0) / total if total else None} for m in known[:_TOP]]
    return table(
        "top",
        ("用电负荷前列", "Largest electric loads"),
        (
            *_COLUMNS[:1],
            column("rate", ("当前负荷", "load now"), "number", carrier.rate_unit, 1),
            column("share", ("占比", "share"), "number", "%", 1),
            column("amount", ("今日电量", "today"), "number", carrier.amount_unit, 1),
            column("at", ("数据时效", "data age"), "age"),
        ),
        rows,
        source=_ACCESS,
        empty=("没有在线的电表", "no electricity meter is online"),
    )


_COLUMNS = (column("enterprise", ("企业", "enterprise")), column("meter", ("计量点", "meter")))


def _row(meter: Meter) -> Row:
    point = meter.point
    note = said(point)
    if meter.reset:
        note = both("表码回退, 差值不可用", "the counter fell; no difference")
    return {
        "id": point["sensor_id"],
        "enterprise": owner(point),
        "meter": both(point["station_zh"], point["station_en"]),
        "rate": meter.rate,
        "amount": meter.amount,
        "since": meter.since,
        "state": note,
        "role": both(*ROLES[meter.role]) if meter.role else both("用能", "consumer"),
        "at": meter.rate_at,
        "link": f"/stations/{point['station_id']}",
    }


def _meters(carrier: Carrier, meters: Sequence[Meter]) -> Table:
    return table(
        carrier.code,
        (f"{carrier.name[0]}计量表", f"{carrier.name[1]} meters"),
        (
            *_COLUMNS,
            column("role", ("用途", "role")),
            column("rate", ("当前", "now"), "number", carrier.rate_unit, 1),
            column("amount", ("今日", "today"), "number", carrier.amount_unit, 1),
            column("since", ("计量自", "counted since"), "time"),
            column("state", ("数据状态", "state")),
            column("at", ("数据时效", "data age"), "age"),
        ),
        [_row(meter) for meter in meters],
        source=_COUNTERS,
        empty=("没有计量表", "no meters"),
    )


_MISSING = (
    missing(("综合能源消费量(当量值/等价值)", "Energy in tce (equivalent and equal value)"), ("折标系数已知, 但自产蒸汽与自发电需扣除重复计算, 尚未提供", "own steam and power must not be counted twice; not built yet")),
    missing(("能耗强度与双控进度", "Intensity and dual-control progress"), ("需企业月度产值与年度用能预算", "needs monthly output by enterprise and the yearly budget")),
    missing(("煤、焦炭等其他能源", "Coal, coke and other fuels"), ("没有计量表, 需企业填报", "not metered; enterprises have to report")),
    missing(("单位产品能耗限额(22 种产品)", "Consumption per product against its limit"), ("需企业产量数据", "needs output of products")),
    missing(("回用水率与新能源消纳比例", "Reuse and renewable shares"), ("中水表、新能源表未接入", "those meters are not connected")),
)  # fmt: skip
