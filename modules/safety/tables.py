"""The tables of the safety page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from modules.frame import Table, both, column, table
from modules.park_view import Row
from modules.points import CLASSES, DETECTORS, LEVELS, online, owner

ACCESS = ("接入清单 + 最新值", "access list + newest values")
FILED = ("检维修报备", "filed windows")
_WINDOWS = {
    "maintenance": ("检维修", "maintenance"),
    "calibration": ("校准", "calibration"),
    "bypass": ("旁路", "bypass"),
    "shutdown": ("停车", "shutdown"),
}


def alerts(found: Sequence[Row]) -> Table:
    """Return the open alerts by class and level."""
    ordered = sorted(found, key=lambda row: (list(CLASSES).index(row["class"]), _rank(row["level"])))
    return table(
        "open_alerts",
        ("未办结(按类别与等级, 不含演练)", "Open, by class and level, drills apart"),
        (
            column("level", ("等级", "level"), "level"),
            column("class", ("类别", "class")),
            column("open", ("未办结", "open"), "number"),
            column("unacked", ("待确认", "unacknowledged"), "number"),
            column("suppressed", ("已屏蔽或抑制", "shelved or suppressed"), "number"),
            column("oldest", ("最早产生", "oldest"), "time"),
        ),
        [
            {
                **row,
                "id": f"{row['class']}-{row['level']}",
                "class": both(*CLASSES[row["class"]]),
                "link": f"/alerts?open=true&class={row['class']}&level={row['level']}&drill=false",
            }
            for row in ordered
        ],
        source=("报警库", "alerts"),
        empty=("没有未办结的报警、预警或提醒", "nothing is open"),
    )


def _rank(level: str) -> int:
    order = [*LEVELS, level]  # levels of other schemes stand last
    return order.index(level)


def sources(rows: Iterable[Row]) -> Table:
    """Return the major hazard sources with the state of their SIS."""
    return table(
        "sources",
        ("重大危险源与安全仪表系统(SIS)", "Major hazard sources and their SIS"),
        (
            column("level_word", ("级别", "level")),
            column("source", ("危险源", "source")),
            column("enterprise", ("企业", "enterprise")),
            column("substances", ("物质", "substances")),
            column("interlock", ("联锁", "interlock")),
            column("bypass", ("旁路", "bypass")),
            column("filed_by", ("报备人", "filed by")),
            column("window", ("报备至", "filed until"), "time"),
            column("valve", ("紧急切断阀", "shut-off valve")),
            column("alert", ("未办结", "open"), "level"),
            column("responsible", ("主要负责人", "responsible")),
            column("at", ("数据时效", "data age"), "age"),
        ),
        rows,
        source=("园区目录 + SIS 最新值", "catalogue + newest values of the SIS"),
        empty=("没有登记的重大危险源", "no source is registered"),
    )


def detectors(points: Iterable[Row]) -> Table:
    """Return how many points of each kind and quantity should deliver, and how many do now."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for point in points:
        groups[point["kind"], point["quantity"]].append(point)
    return table(
        "detectors",
        ("探测点: 应接入与此刻在线", "Detectors: due, and online now"),
        (
            column("kind", ("类型", "kind")),
            column("quantity", ("因子", "quantity")),
            column("due", ("应接入", "due"), "number"),
            column("online", ("在线", "online"), "number"),
            column("silent", ("断流", "silent"), "number"),
            column("rate", ("此刻在线比例", "online now"), "number", "%", 1),
        ),
        [
            {
                "id": f"{kind}-{quantity}",
                "kind": both(*DETECTORS[kind]),
                "quantity": both(group[0]["quantity_zh"], group[0]["quantity_en"]),
                "due": len(group),
                "online": online(group),
                "silent": len(group) - online(group),
                "rate": 100.0 * online(group) / len(group),
                "link": f"/access?kind={kind}",
            }
            for (kind, quantity), group in sorted(groups.items())
        ],
        source=ACCESS,
        empty=("接入清单中没有安全类点位", "the access list has no safety points"),
    )


def silent(points: Iterable[Row]) -> Table:
    """Return the silent points of each enterprise, most first."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for point in points:
        if not point["online"]:
            groups[point["enterprise"] or ""].append(point)
    rows = []
    for code, group in sorted(groups.items(), key=lambda item: -len(item[1])):
        heard = [point["received_at"] for point in group if point["received_at"] is not None]
        rows.append(
            {
                "id": code,
                "enterprise": owner(group[0]),
                "points": len(group),
                "never": len(group) - len(heard),
                "since": min(heard, default=None),
                "link": f"/access?enterprise={code}" if code else "/access",
            }
        )
    return table(
        "silent",
        ("断流点位(按企业)", "Silent points by enterprise"),
        (
            column("enterprise", ("企业", "enterprise")),
            column("points", ("断流点位", "silent points"), "number"),
            column("never", ("其中从未到数", "of these never heard"), "number"),
            column("since", ("最早断流于", "silent since"), "time"),
        ),
        rows,
        source=ACCESS,
        empty=("全部点位在线", "every point delivers"),
    )


def windows(found: Sequence[Row]) -> Table:
    """Return the filed windows that run now."""
    return table(
        "windows",
        ("进行中的检维修报备", "Maintenance windows running"),
        (
            column("kind", ("类型", "kind")),
            column("station", ("站点", "station")),
            column("quantity", ("因子", "quantity")),
            column("starts_at", ("开始", "from"), "time"),
            column("ends_at", ("结束", "until"), "time"),
            column("reason", ("事由", "reason")),
            column("filed_by", ("报备人", "filed by")),
        ),
        [
            {
                "id": i,
                "kind": both(*_WINDOWS[row["kind"]]),
                "station": both(row["name_zh"], row["name_en"]),
                "quantity": both(row["quantity_zh"], row["quantity_en"]) or both("整站", "whole station"),
                **{key: row[key] for key in ("starts_at", "ends_at", "reason", "filed_by")},
            }
            for i, row in enumerate(found)
        ],
        source=FILED,
        empty=("没有进行中的报备", "none is running"),
    )


def cameras_offline(cameras: Iterable[Row]) -> Table:
    """Return the cameras that the probes do not reach."""
    return table(
        "cameras_offline",
        ("离线摄像机", "Cameras offline"),
        (
            column("code", ("编号", "code")),
            column("camera", ("摄像机", "camera")),
            column("online_since", ("离线自", "offline since"), "time"),
            column("probed_at", ("探测于", "probed"), "time"),
        ),
        [
            {**row, "id": row["code"], "camera": both(row["name_zh"], row["name_en"]), "link": "/cameras"}
            for row in cameras
            if not row["online"]
        ],
        source=("摄像机探测", "camera probes"),
        empty=("没有离线的摄像机", "no camera is offline"),
    )
