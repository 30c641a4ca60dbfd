"""The energy page: meters by carrier, present rates, amounts of the day, the largest consumers."""

from collections.abc import Mapping, Sequence

from modules.energy.carriers import CARRIERS, Carrier
from modules.energy.meters import ROLES, Meter, late, of_carrier
from modules.frame import Card, Chart, Page, Table, both, card, chart, column, missing, series, table
from modules.park_view import ParkView, Row
from modules.points import hourly, of_kinds, online, owner, said
from smartpark import queries

_Q = queries.load("modules.energy")
_ACCESS = ("接入清单 + 最新值", "access list + newest values")
_COUNTERS = ("累计表码差值(分钟表)", "difference of the counters (minute table)")
_TOP = 8
# The oldest meter of a sum: two of its periods of 300 s [s].
_STALE_AFTER_S = 600.0
# An hour is drawn when so many of the meters delivered in it.
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
    link = f"/modules/energy?table={carrier.code}"
    meters = [m for m in meters if m.role is None]
    known = [m for m in meters if m.rate is not None]
    rate = card(
        f"{carrier.code}_rate",
        carrier.rate_label,
        sum(m.rate or 0.0 for m in known) if known else None,
        (f"最新值, {len(known)}/{len(meters)} 块表", f"newest values, {len(known)} of {len(meters)} meters"),
        unit=carrier.rate_unit,
        decimals=1,
        link=link,
        stale_after_s=_STALE_AFTER_S,
        status="normal" if len(known) == len(meters) else "unknown",
        reason=("没有在线且有效的表", "no meter delivers a valid value"),
    )
    counted = [m for m in meters if m.amount is not None]
    since = late(counted, view.day_start)
    words = (f", {len(counted)}/{len(meters)} 块表", f", {len(counted)} of {len(meters)} meters")
    if since is not None:
        begun = f"{since.astimezone(view.zone):%H:%M}"
        words = (f", 自 {begun} 起有数据" + words[0], f", data since {begun}" + words[1])
    amount = card(
        f"{carrier.code}_today",
        carrier.amount_label,
        sum(m.amount or 0.0 for m in counted) if counted else None,
        (_COUNTERS[0] + words[0], _COUNTERS[1] + words[1]),
        unit=carrier.amount_unit,
        decimals=1,
        link=link,
        stale_after_s=_STALE_AFTER_S,
        status="normal" if len(counted) == len(meters) else "unknown",
        reason=("今日尚无累计表码", "no counter has delivered today"),
    )
    at = min((m.rate_at for m in known if m.rate_at is not None), default=None)
    return view.measured(rate, at), view.measured(amount, at)


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
    missing(("综合能源消费量(当量值/等价值)", "Energy in tce (equivalent and equal value)"), ("折标系数已知, 但自产蒸汽与自发电需扣除重复计算, 待记录模块", "own steam and power must not be counted twice; waits for records")),
    missing(("能耗强度与双控进度", "Intensity and dual-control progress"), ("需企业月度产值与年度用能预算", "needs monthly output by enterprise and the yearly budget")),
    missing(("煤、焦炭等其他能源", "Coal, coke and other fuels"), ("没有计量表, 需企业填报", "not metered; enterprises have to report")),
    missing(("单位产品能耗限额(22 种产品)", "Consumption per product against its limit"), ("需企业产量数据", "needs output of products")),
    missing(("回用水率与新能源消纳比例", "Reuse and renewable shares"), ("中水表、新能源表未接入", "those meters are not connected")),
)  # fmt: skip
