"""The environment page: newest values of air, VOC, stacks and water against their limits."""

from collections.abc import Iterable, Sequence

from modules.environment import official
from modules.environment.tables import Judged, against_limits, wide
from modules.frame import Card, Chart, Page, Words, card, chart, missing, series
from modules.park_view import ParkView, Row
from modules.points import CLASSES, good, hourly, of_kinds, online, open_alerts, worst

KINDS = ("air", "weather", "dust", "noise", "voc", "stack", "wastewater", "rain", "surface", "ground")
_ACCESS = ("接入清单 + 最新值", "access list + newest values")
_FENCE = frozenset({"park_boundary", "boundary"})
_NMHC = "a24088"
# Wind, weather and the flue's own state are no pollutants.
_ACCOMPANYING = ("a01", "a19", "a00", "x_rain", "x_solar", "x_evaporation")
_AIR = ("a34004", "a34002", "a21026", "a21004", "a21005", "a05024", "a01001", "a01002", "a01007", "a01008")
_RIVER = ("w01001", "w01009", "w01010", "w01014", "w01003", "w01019", "w21003", "w21001", "w21011")
_POND = ("x_water_level", "x_freeboard", "x_volume", "w01014", "x_gate")
_GROUPS: tuple[tuple[str, Words, tuple[str, ...]], ...] = (
    ("air", ("空气与气象站点位在线", "Air and weather points online"), ("air", "weather", "dust", "noise")),
    ("voc", ("VOC 点位在线", "VOC points online"), ("voc",)),
    ("stack", ("烟气排口点位在线", "Stack points online"), ("stack",)),
    ("water", ("水质点位在线", "Water points online"), ("wastewater", "rain", "surface", "ground")),
)


def summary(view: ParkView) -> Page:
    """Return the page of the environment."""
    points = of_kinds(view, *KINDS)
    ponds = [p for p in of_kinds(view, "process") if p["hazard_source_id"] is None and p["quantity"] in _POND]
    judged = Judged(view, [*points, *ponds])
    pollutants = [p for p in points if not p["quantity"].startswith(_ACCOMPANYING)]
    voc = _kind(pollutants, "voc")
    none = ("没有这类站点", "no such stations")
    return Page(
        module="environment",
        name_zh="环保监测",
        name_en="Environment",
        generated_at=view.now,
        cards=(
            *_alert_cards(view),
            *official.cards(view),
            *_online_cards(view, points),
            *_value_cards(view, points, ponds, judged),
        ),
        charts=tuple(one for one in (_nmhc(view, voc), _particles(view, points)) if one is not None),
        tables=(
            wide("air", ("空气站最新值", "Air stations"), _kind(points, "air"), _AIR, none),
            against_limits("stack", ("废气排口", "Stacks"), _with_limit_first(_kind(pollutants, "stack")), judged, none),
            against_limits("wastewater", ("废水排口", "Wastewater outlets"), _kind(points, "wastewater"), judged, none),
            against_limits("voc_fence", ("VOC 厂界与园区边界", "VOC at boundaries"), [p for p in voc if p["outlet_kind"] in _FENCE], judged, none),
            against_limits("voc_plant", ("VOC 厂区内", "VOC in plants"), [p for p in voc if p["outlet_kind"] not in _FENCE], judged, none),
            wide("river", ("地表水断面", "River sections"), _kind(points, "surface"), _RIVER, none),
            against_limits("rain", ("雨水排口", "Rain outlets"), _kind(points, "rain"), judged, none),
            against_limits("pond", ("晾晒池与事故应急池", "Evaporation pond and emergency pool"), ponds, judged, none),
        ),
        missing=_MISSING,
    )  # fmt: skip


def _kind(points: Iterable[Row], *kinds: str) -> list[Row]:
    return [point for point in points if point["kind"] in kinds]


def _with_limit_first(points: Sequence[Row]) -> list[Row]:
    """Leave out the measured value of a pollutant whose converted value stands beside it: limits bind that one."""
    converted = {(p["station_id"], p["quantity"]) for p in points if p["form"] == "Zs"}
    return [p for p in points if p["form"] == "Zs" or (p["station_id"], p["quantity"]) not in converted]


def _alert_cards(view: ParkView) -> list[Card]:
    alerts = open_alerts(view, KINDS)
    cards = []
    for name in ("alarm", "warning"):
        zh, en = CLASSES[name]
        rows = [row for row in alerts if row["class"] == name]
        number = sum(row["open"] for row in rows)
        label = (f"环保未办结{zh}", f"{en} open, environment")
        source = ("报警库(不含演练)", "alerts, drills apart")
        link = f"/alerts?open=true&class={name}&drill=false"
        status = worst(row["level"] for row in rows)
        cards.append(view.counted(card(f"open_{name}", label, number, source, status=status, link=link)))
    return cards


def _online_cards(view: ParkView, points: Sequence[Row]) -> list[Card]:
    cards = []
    for key, label, kinds in _GROUPS:
        due = _kind(points, *kinds)
        up = online(due)
        status = "yellow" if up < len(due) else "normal"
        link = f"/access?kind={kinds[0]}"
        cards.append(
            view.counted(card(f"{key}_online", label, up, _ACCESS, of=len(due), status=status, link=link))
        )
    return cards


def _value_cards(view: ParkView, points: Sequence[Row], ponds: Sequence[Row], judged: Judged) -> list[Card]:
    wanted = (
        ("freeboard", ("晾晒池超高(至坝顶)", "Pond freeboard"), "m", 2, _first(ponds, "x_freeboard")),
        (
            "rain_flow",
            ("雨水排口流量", "Rain outlet flow"),
            "L/s",
            1,
            _first(_kind(points, "rain"), "w00000"),
        ),
        ("wind", ("风速", "Wind speed"), "m/s", 1, _first(_kind(points, "weather"), "a01007")),
    )
    cards = []
    for key, label, unit, decimals, point in wanted:
        if point is None:
            continue
        found = judged.row(point)
        limit = found["limit"] and f", 限值 {found['limit']}", found["limit"] and f", limit {found['limit']}"
        name = (point["station_zh"] + (limit[0] or ""), point["station_en"] + (limit[1] or ""))
        reason = ("离线或数据标记异常", "offline, or its flag is not normal")
        one = card(
            key,
            label,
            good(point),
            name,
            unit=unit,
            decimals=decimals,
            link=found["link"],
            status=found["alert"] or "normal",
            reason=reason,
        )
        cards.append(view.measured(one, point["time"]))
    return cards


def _first(points: Iterable[Row], quantity: str) -> Row | None:
    return next((point for point in points if point["quantity"] == quantity), None)


def _nmhc(view: ParkView, voc: Sequence[Row]) -> Chart | None:
    found = [p for p in voc if p["quantity"] == _NMHC and p["outlet_kind"] in _FENCE]
    if not found:
        return None
    hours = hourly(view, found)
    sets = (
        series(
            "highest",
            ("各站最高", "highest"),
            [(h["time"].isoformat(), h["highest"]) for h in hours],
            found[0]["unit"],
        ),
        series(
            "mean",
            ("各站平均", "mean"),
            [(h["time"].isoformat(), h["mean"]) for h in hours],
            found[0]["unit"],
        ),
    )
    title = (
        "近 24 小时边界非甲烷总烃(标示时段起点)",
        "NMHC at the boundaries, last 24 h (labelled by the start of the hour)",
    )
    return chart("nmhc", title, sets, source=_MINUTES, type="line")


def _particles(view: ParkView, points: Sequence[Row]) -> Chart | None:
    sets = []
    for key, label in (("a34002", ("PM10", "PM10")), ("a34004", ("PM2.5", "PM2.5"))):
        found = [p for p in _kind(points, "air") if p["quantity"] == key]
        if found:
            rows = [(hour["time"].isoformat(), hour["mean"]) for hour in hourly(view, found)]
            sets.append(series(key, label, rows, found[0]["unit"]))
    if not sets:
        return None
    title = (
        "近 24 小时空气站颗粒物平均(标示时段起点)",
        "Particles, mean of the air stations, last 24 h (start of the hour)",
    )
    return chart("particles", title, sets, source=_MINUTES, type="line")


_MINUTES = ("分钟表有效值, 非官方小时值", "valid minutes, no official hours")
_MISSING = (
    missing(("断面水质类别(GB 3838)", "Class of the river section"), ("评价方法待建, 此处只列测值", "assessment to come; values only")),
    missing(("危险废物台账与转移联单", "Hazardous-waste ledger and manifests"), ("尚未接入", "not connected")),
    missing(("异味溯源与投诉", "Odour tracing and complaints"), ("尚未建成", "not built yet")),
    missing(("电子督办", "E-supervision"), ("尚未建成", "not built yet")),
)  # fmt: skip
