"""The safety page: sources and their SIS, detectors, open alerts, silence, maintenance windows, cameras."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from modules.frame import Card, Chart, Page, Status, card, chart, missing, series
from modules.park_view import ParkView, Row
from modules.points import CLASSES, DETECTORS, alert_levels, of_kinds, online, open_alerts
from modules.safety import alert_cards, sources, tables
from smartpark import queries

_Q = queries.load("modules.safety")
_SHARED = queries.load("modules")
_SOURCES = "/modules/safety?table=sources"
_WINDOWS = "/modules/safety?table=windows"
_SIS = ("安全仪表系统最新值", "newest values of the SIS")


def summary(view: ParkView) -> Page:
    """Return the page of safety and emergency."""
    found = view.rows(_Q.sources)
    points = of_kinds(view, *DETECTORS)
    sis = sources.by_source(points)
    windows = view.rows(_Q.windows)
    cameras = view.rows(_SHARED.cameras)
    alerts = open_alerts(view)
    levels = alert_levels(view)
    return Page(
        module="safety",
        name_zh="安全应急管理",
        name_en="Safety and emergency",
        generated_at=view.now,
        cards=(
            *alert_cards.open_by_class(view, alerts),
            *_source_cards(view, found, sources.count(found, sis)),
            *_detector_cards(view, points),
            alert_cards.cameras_online(view, cameras),
            *_filed_cards(view, windows),
        ),
        charts=(_raised(view),),
        tables=(
            tables.alerts(alerts),
            tables.sources([sources.table_row(s, sis.get(s["id"], []), levels, windows) for s in found]),
            tables.detectors(points),
            tables.silent(points),
            tables.windows(windows),
            tables.cameras_offline(cameras),
        ),
        missing=_MISSING,
    )


def _source_cards(view: ParkView, found: list[Row], count: sources.SisCount) -> list[Card]:
    by_level = sorted(Counter(source["level"] for source in found).items())
    words = [(*sources.level_word(level), number) for level, number in by_level]
    catalogue = (
        "园区目录: " + "、".join(f"{zh} {number}" for zh, _, number in words),
        "catalogue: " + ", ".join(f"{number} {en}" for _, en, number in words),
    )
    abnormal = (
        ("interlock_out", ("联锁停用", "Interlocks out of service"), count.out_of_service),
        ("bypassed", ("联锁旁路", "Interlocks bypassed"), count.bypassed),
        ("valve_fault", ("紧急切断阀故障", "Shut-off valves at fault"), count.valve_fault),
    )
    cards = [
        card("sources", ("重大危险源", "Major hazard sources"), len(found), catalogue),
        card("sis_connected", ("SIS 已接入", "Connected to SIS"), count.connected, _SIS, of=len(found)),
        *(card(key, label, n, _SIS, status="orange" if n else "normal") for key, label, n in abnormal),
        card("valve_closed", ("紧急切断阀关闭", "Shut-off valves closed"), count.valve_closed, _SIS),
        card(
            "sis_unknown",
            ("SIS 状态不明", "SIS state unknown"),
            count.unknown,
            _SIS,
            status=_unknown(count.unknown),
        ),
    ]
    return [view.counted(replace(one, link=_SOURCES)) for one in cards]


def _unknown(number: int) -> Status:
    return "unknown" if number else "normal"


def _detector_cards(view: ParkView, points: list[Row]) -> list[Card]:
    cards = []
    for kind in ("gas", "hazard"):
        due = [point for point in points if point["kind"] == kind]
        up = online(due)
        label = (DETECTORS[kind][0] + "在线", DETECTORS[kind][1] + " online")
        status = "yellow" if up < len(due) else "normal"
        cards.append(
            card(
                f"{kind}_online",
                label,
                up,
                tables.ACCESS,
                of=len(due),
                status=status,
                link=f"/access?kind={kind}",
            )
        )
    silent = len(points) - online(points)
    label = ("安全类断流点位", "Silent safety points")
    status = "yellow" if silent else "normal"
    cards.append(card("silent", label, silent, tables.ACCESS, of=len(points), status=status, link="/access"))
    return [view.counted(one) for one in cards]


def _filed_cards(view: ParkView, windows: list[Row]) -> list[Card]:
    drills = view.rows(_Q.drills)
    window = card(
        "windows",
        ("进行中的检维修报备", "Maintenance windows running"),
        len(windows),
        tables.FILED,
        link=_WINDOWS,
    )
    declared = ("演练登记, 不计入任何统计", "drills declared, in no count")
    drill = card(
        "drills", ("进行中的演练", "Drills running"), len(drills), declared, link="/alerts?drill=true"
    )
    return [view.counted(window), view.counted(drill)]


def _raised(view: ParkView) -> Chart:
    found = {(row["day"], row["class"]): float(row["raised"]) for row in view.rows(_Q.raised_by_day)}
    days = [(view.day_start - timedelta(days=back)).date() for back in range(6, -1, -1)]
    sets = [
        series(name, words, [(f"{day:%m-%d}", found.get((day, name), 0.0)) for day in days])
        for name, words in CLASSES.items()
    ]
    title = ("近 7 天产生的报警、预警、提醒(不含演练)", "Raised in the last 7 days, drills apart")
    return chart("raised", title, sets, source=("报警库", "alerts"), type="bar")


_MISSING = (
    missing(("安全承诺公告", "Daily safety promise"), ("尚无企业每日 10:00 前的承诺数据", "no daily promises are received yet")),
    missing(("特殊作业(八类)报备与作业票", "Special work and permits"), ("尚未接入作业票系统", "no permit system is connected yet")),
    missing(("隐患排查与双重预防", "Hidden dangers, dual prevention"), ("尚未接入企业双重预防系统", "enterprises' systems are not connected yet")),
    missing(("包保责任履职记录", "Duty records of the three persons"), ("目前只有名单, 没有履职记录", "names only, no records of their duties yet")),
    missing(("时段在线率与报警处置率", "Online and handling rates over a period"), ("此处是此刻在线; 时段比率尚未提供", "shown is online now; rates over a period are not built yet")),
    missing(("四色动态风险图", "Dynamic four-colour risk map"), ("目前只有静态分级", "static grades only")),
    missing(("人员定位与应急资源", "Positions of people, emergency resources"), ("尚无数据来源", "no source yet")),
)  # fmt: skip
