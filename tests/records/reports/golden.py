"""A month of an enterprise as a sheet of facts that nobody computed: two outlets, a lack, an exceedance, a mark."""

import dataclasses
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from records.reports.facts import (
    Air,
    Cover,
    Emission,
    Facts,
    Figure,
    Limit,
    Point,
    Row,
    Sealed,
    Stand,
    absent,
)
from records.reports.findings import Deed, Exceedance, Missing, Rate, Revision
from records.reports.periods import span

ZONE = ZoneInfo("Asia/Shanghai")
MONTH = span("monthly", date(2026, 10, 1), "Asia/Shanghai")
MADE_AT = datetime(2026, 11, 1, 2, 5, tzinfo=ZONE)
SEALED = Sealed(7, "bureau", datetime(2026, 11, 10, 9, 0, tzinfo=ZONE))
LIMIT = Limit("day", "H", 35.0, "mg/m³", "permit", "GB 31571-2015", "表5", converted=True)
SHORT_DAY, OVER_DAY = 4, 11  # numbers of rows: 5 and 12 October


def valid(mean: float, converted: float | None = None, mass: float | None = None) -> Figure:
    return Figure("valid", mean, mean / 2, mean * 2, 24, 23, "N", converted, None, mass, 1)


def days(base: float, *, converts: bool, mass: float | None = None) -> tuple[Row, ...]:
    rows = []
    for number, (start, end) in enumerate(MONTH.parts()):
        mean = base + number % 7 + 0.125
        figure = valid(mean, mean * 1.25 if converts else None, mass)
        if number == SHORT_DAY:
            figure = Figure("short", None, 1.0, 9.0, 24, 12, "D", None, None, None, 1)
        if number == OVER_DAY:
            figure = valid(40.2, 46.3 if converts else None, mass)
        if number == SHORT_DAY + 1:
            figure = absent(24)
        rows.append(Row(start, end, figure))
    return tuple(rows)


def point(quantity: str, name: str, *, outlet: str = "stack-1", base: float = 20.0, **more: object) -> Point:
    converts = bool(more.get("converts", False))
    mass = None if more.get("auxiliary") else 12.3456
    whole = Figure(
        "valid",
        base + 3,
        1.0,
        90.4,
        31,
        29,
        "N",
        base * 1.3 if converts else None,
        None,
        mass and 358.0224,
        1,
    )
    return Point(
        enterprise="甲化工",
        outlet_code=outlet,
        outlet={"stack-1": "1号锅炉烟囱", "ww-1": "废水总排口"}[outlet],
        quantity=quantity,
        name=name,
        unit=str(more.get("unit", "mg/m³")),
        decimals=1,
        converts=converts,
        auxiliary=bool(more.get("auxiliary", False)),
        weighed=bool(more.get("weighed", mass is not None)),
        limits=(LIMIT,) if converts else (),
        rows=days(base, converts=converts, mass=mass),
        whole=Row(MONTH.start, MONTH.end, whole),
    )


def facts(*, sealed: Sealed | None = None) -> Facts:
    """Return the golden facts."""
    start = MONTH.start
    over = start + timedelta(days=OVER_DAY)
    cover = Cover(
        "monthly",
        "示范园区",
        "p1",
        "Asia/Shanghai",
        "甲化工",
        "e1",
        "氯碱",
        "一区",
        start,
        MONTH.end,
        MONTH.end,
        sealed,
    )
    return Facts(
        cover,
        75.0,
        points=(
            point("a21026", "二氧化硫", converts=True),
            point("a21002", "氮氧化物", base=33.0, converts=True),
            point("a34013", "颗粒物", base=4.0, converts=True),
            point("a19001", "氧含量", base=8.0, auxiliary=True, unit="%"),
            point("w01018", "化学需氧量", outlet="ww-1", base=40.0, unit="mg/L"),
        ),
        exceedances=(
            Exceedance(
                "甲化工", "stack-1", "1号锅炉烟囱", "a21026", "二氧化硫", converted=True, basis="day", stage="H",
                start=over, end=over + timedelta(days=1), value=46.3, limit=35.0, unit="mg/m³", decimals=1,
                standard="GB 31571-2015", clause="表5", kind="permit", factor=(46.3 - 35) / 35, late=True,
            ),
        ),
        rates=(
            Rate("甲化工", "1号锅炉烟囱", 744, 700, 690, 3, 94.0860, 98.5714, 92.7419, passed=True),
            Rate("甲化工", "废水总排口", 744, 520, 500, 0, 69.892, 96.154, 67.204, passed=False),
        ),
        missing=(
            Missing("甲化工", "1号锅炉烟囱", start + timedelta(hours=8), start + timedelta(hours=11), 3, 170, "platform", resolved=False),
            Missing("甲化工", "废水总排口", start + timedelta(hours=30), start + timedelta(hours=71), 41, 2400, "enterprise", resolved=True),
        ),
        marks=(
            Deed(3, "甲化工", "1号锅炉烟囱", "", "设备标记: 设备故障", start, start + timedelta(hours=5), "采样泵更换",
                 "enterprise", MADE_AT, "filed", "", ""),
        ),
        corrections=(
            Deed(12, "甲化工", "废水总排口", "化学需氧量", "修正(换算)", start, start + timedelta(hours=1), "量程设置错误",
                 "bureau", MADE_AT, "confirmed", "leader", "台账.pdf"),
        ),
        revisions=(
            Revision("甲化工", "废水总排口", "化学需氧量", "hour", start, start + timedelta(hours=1), 2, 41.0, 82.0,
                     "valid", "valid", "mg/L", 1, "correction 12", MADE_AT, after_sealing=False),
        ),
        emissions=(
            Emission("甲化工", "二氧化硫", 358.0224, 12.5, 0.0, 3504.7, 12000.0, 12, 0,
                     (Stand("other-180", "HJ 75-2017 clause 12", verified=False, hours=12, kg=12.5),)),
            Emission("甲化工", "化学需氧量", None, 0.0, 0.0, None, None, 400, 400),
        ),
        air=(),
    )  # fmt: skip


def aqi(station: str, number: int, value: int | None) -> Air:
    """Return the AQI of one day."""
    start = MONTH.start + timedelta(days=number)
    level, rgb = ("", None) if value is None else ("良", (255, 255, 0)) if value > 50 else ("优", (0, 228, 0))
    why = "缺 O3" if value is None else ""
    return Air(
        station,
        start,
        start + timedelta(days=1),
        value,
        level,
        rgb,
        "PM10" if value and value > 50 else "",
        "HJ 633-2026",
        why,
    )


def replaced(told: Any, **changes: object) -> Any:
    """Return facts, or one of them, with some parts replaced."""
    return dataclasses.replace(told, **changes)
