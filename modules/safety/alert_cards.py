"""Open alerts and cameras as cards: the safety page and the overview show the same ones."""

from collections.abc import Sequence

from modules.frame import Card, card
from modules.park_view import ParkView, Row, oldest
from modules.points import CLASSES, worst

_ALERTS = ("报警库(不含演练)", "alerts, drills apart")


def open_by_class(view: ParkView, alerts: Sequence[Row]) -> list[Card]:
    """Return one card a class (提醒, 预警, 报警 are counted apart), and how many wait for an acknowledgement."""
    cards = []
    for name, (zh, en) in CLASSES.items():
        rows = [row for row in alerts if row["class"] == name]
        number = sum(row["open"] for row in rows)
        link = f"/alerts?open=true&class={name}&drill=false"
        status = worst(row["level"] for row in rows)
        cards.append(
            card(f"open_{name}", (f"未办结{zh}", f"{en} open"), number, _ALERTS, status=status, link=link)
        )
    waiting = sum(row["unacked"] for row in alerts)
    status = worst(row["level"] for row in alerts if row["unacked"])
    cards.append(
        card("unacked", ("待确认", "Unacknowledged"), waiting, _ALERTS, status=status, link="/console")
    )
    return [view.counted(one) for one in cards]


def cameras_online(view: ParkView, cameras: Sequence[Row]) -> Card:
    """Return how many cameras the probes reach; not known before the first probe."""
    up = sum(1 for camera in cameras if camera["online"])
    probed = oldest(cameras, "probed_at")
    one = card(
        "cameras_online",
        ("摄像机在线", "Cameras online"),
        up if probed else None,
        ("摄像机探测", "camera probes"),
        of=len(cameras),
        status="yellow" if up < len(cameras) else "normal",
        link="/cameras",
        reason=("尚未探测", "not probed yet"),
    )
    return view.measured(one, probed)
