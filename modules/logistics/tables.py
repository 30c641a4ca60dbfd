"""The tables of the logistics page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from modules.frame import Table, Words, both, column, table
from modules.logistics.hazmat import POSITIONS
from modules.park_view import Row

PASSAGES = ("卡口通行事件", "gate passages")
LISTED = 200
VEHICLES: dict[str, Words] = {
    "hazmat": ("危化车辆", "hazmat"),
    "truck": ("普货车辆", "cargo"),
    "car": ("通勤车辆", "commuter"),
}
DIRECTIONS: dict[str, Words] = {"in": ("进", "in"), "out": ("出", "out")}


def hazmat(passages: Iterable[Row]) -> list[Row]:
    """Return the passages of hazmat vehicles."""
    return [event for event in passages if event["data"].get("vehicle") == "hazmat"]


def here_table(here: Sequence[Row]) -> Table:
    """Return the hazmat vehicles that are here."""
    return table(
        "hazmat_here",
        ("在园危化车辆", "Hazmat vehicles in the park"),
        (
            column("plate", ("车牌", "plate")),
            column("cargo", ("货物", "cargo")),
            column("un", ("UN 编号", "UN number")),
            column("class", ("危险类别", "class")),
            column("speed_km_h", ("车速", "speed"), "number", "km/h", 1),
            column("lat", ("纬度", "latitude"), "number", "°", 5),
            column("lon", ("经度", "longitude"), "number", "°", 5),
            column("at", ("定位时效", "position age"), "age"),
        ),
        [
            {**_told(event, "plate", "cargo", "un", "class", "speed_km_h", "lat", "lon"), "at": event["at"]}
            for event in here
        ],
        source=POSITIONS,
        empty=("近 5 分钟没有危化车辆报告位置", "no hazmat vehicle told its position in the last 5 minutes"),
    )


def gate_table(passages: Sequence[Row]) -> Table:
    """Return the passages of the day by gate and kind of vehicle."""
    counts = Counter(
        (str(e["data"].get("gate")), str(e["data"].get("vehicle")), str(e["data"].get("direction")))
        for e in passages
    )
    keys = sorted({(gate, vehicle) for gate, vehicle, _ in counts})
    return table(
        "gates",
        ("今日卡口通行", "Passages today, by gate"),
        (
            column("gate", ("卡口", "gate")),
            column("vehicle", ("车辆", "vehicle")),
            column("in", ("进", "in"), "number"),
            column("out", ("出", "out"), "number"),
        ),
        [
            {
                "id": f"{gate}-{vehicle}",
                "gate": gate,
                "vehicle": both(*VEHICLES.get(vehicle, (vehicle, vehicle))),
                "in": counts[gate, vehicle, "in"],
                "out": counts[gate, vehicle, "out"],
            }
            for gate, vehicle in keys
        ],
        source=PASSAGES,
        empty=("今日尚无通行记录", "no passages today"),
    )


def cargo_table(passages: Sequence[Row]) -> Table:
    """Return the hazmat passages of the day by cargo."""
    counts = Counter(
        (str(e["data"].get("cargo") or ""), str(e["data"].get("un") or ""), str(e["data"].get("direction")))
        for e in hazmat(passages)
    )
    keys = sorted(
        {(cargo, un) for cargo, un, _ in counts}, key=lambda k: -(counts[*k, "in"] + counts[*k, "out"])
    )
    return table(
        "cargoes",
        ("今日危化品车次(按货物)", "Hazmat passages today, by cargo"),
        (
            column("cargo", ("货物", "cargo")),
            column("un", ("UN 编号", "UN number")),
            column("in", ("进园车次", "in"), "number"),
            column("out", ("出园车次", "out"), "number"),
        ),
        [
            {
                "id": f"{c}-{un}",
                "cargo": c or None,
                "un": un,
                "in": counts[c, un, "in"],
                "out": counts[c, un, "out"],
            }
            for c, un in keys
        ],
        source=PASSAGES,
        empty=("今日尚无危化车辆通行", "no hazmat passages today"),
    )


def passage_table(passages: Sequence[Row], names: Mapping[str, Row]) -> Table:
    """Return the last passages of the day, newest first."""
    rows = []
    for event in passages[:LISTED]:
        data = event["data"]
        to = names.get(str(data.get("enterprise") or ""))
        rows.append(
            {
                **_told(event, "gate", "plate", "cargo", "people"),
                "at": event["at"],
                "direction": both(*DIRECTIONS.get(str(data.get("direction")), ("", ""))),
                "vehicle": both(*VEHICLES.get(str(data.get("vehicle")), ("", ""))),
                "enterprise": both(to["name_zh"], to["name_en"]) if to else data.get("enterprise"),
            }
        )
    return table(
        "passages",
        (f"今日通行记录(最近 {LISTED} 条)", f"Passages today, the last {LISTED}"),
        (
            column("at", ("时间", "time"), "time"),
            column("gate", ("卡口", "gate")),
            column("direction", ("方向", "direction")),
            column("vehicle", ("车辆", "vehicle")),
            column("plate", ("车牌", "plate")),
            column("cargo", ("货物", "cargo")),
            column("people", ("人数", "people"), "number"),
            column("enterprise", ("前往企业", "enterprise")),
        ),
        rows,
        source=PASSAGES,
        empty=("今日尚无通行记录", "no passages today"),
    )


def _told(event: Row, *keys: str) -> Row:
    return {"id": event["id"], **{key: event["data"].get(key) for key in keys}}
