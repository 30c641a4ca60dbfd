"""A park with data loggers, and small simulated loggers at the other end of a line that is not a network."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from smartpark import db
from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.frame import Frame, decode

STACK, WATER = "A" * 24, "B" * 24
KEY = "30" * 16


def build(conn: db.Connection) -> dict[str, list[int]]:
    """Insert a stack with three sensors and a sewer with one, each with its admitted logger; return sensors by MN."""
    conn.execute(
        "insert into park (code, name_zh, name_en, timezone, lat, lon)"
        " values ('t1', '园', 'Park', 'Asia/Shanghai', 39, 106)"
    )
    sensors: dict[str, list[int]] = {}
    for mn, code, kind, quantities in (
        (STACK, "s1", "stack", ("a21026", "a21002", "a34013")),
        (WATER, "w1", "wastewater", ("w01018",)),
    ):
        station = _id(
            conn,
            "insert into station (park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)"
            " select id, %s, %s, %s, %s, 39, 106, 'rest', 'emission' from park returning id",
            [code, kind, code, code],
        )
        for quantity in quantities:
            conn.execute(
                "insert into quantity (code, name_zh, name_en, unit, source) values (%s, %s, %s, 'mg/m3', 'test')",
                [quantity] * 3,
            )
            sensors.setdefault(mn, []).append(
                _id(
                    conn,
                    "insert into sensor (station_id, quantity, period_s, unit, due_since)"
                    " values (%s, %s, 60, 'mg/m3', '2026-01-01Z') returning id",
                    [station, quantity],
                )
            )
        conn.execute(
            "insert into logger (mn, station_id, password, edition, admitted) values (%s, %s, '123456', 2017, true)",
            [mn, station],
        )
    conn.commit()
    return sensors


def _id(conn: db.Connection, sql: str, values: list[object]) -> int:
    row = conn.execute(sql.encode(), values).fetchone()
    assert row is not None
    return int(row[0])


@dataclass
class SmallLogger:
    """Answers what its script says: for each request it hears a list of (cn, cp); what is left over is silence.

    ``st`` is what its replies carry, ``qn_in_cp`` that it answers as loggers of 2005 do.
    """

    mn: str = STACK
    script: list[list[tuple[str, str]]] = field(default_factory=list)
    pw: str = "123456"
    st: str = "91"
    key: bytes | None = None
    qn_in_cp: bool = False
    heard: list[Frame] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    def take(self, data: bytes) -> list[Frame]:
        """Return what it says to a request."""
        request = decode(data, lambda _: self.key)
        self.heard.append(request)
        self.raw.append(data)
        replies = self.script.pop(0) if self.script else []
        return [self.say(cn, cp, request.qn) for cn, cp in replies]

    def say(self, cn: str, cp: str, qn: str | None) -> Frame:
        """Return a frame of its own."""
        if self.qn_in_cp and qn is not None:
            cp = f"QN={qn};{cp}" if cn.startswith("90") else cp
            qn = None
        key = self.key if cn.startswith("2") else None
        raw = encode(Sender(self.mn, self.st, self.pw, key), cn, cp, flag=4, qn=qn)
        return decode(raw, lambda _: self.key)


class Wire:
    """A line without a network: what is sent is answered at once, and waits to be heard."""

    def __init__(self, *loggers: SmallLogger) -> None:
        self.loggers = {logger.mn: logger for logger in loggers}
        self.here = set(self.loggers)
        self.expected: frozenset[str] = frozenset()
        self.waiting: list[Frame] = []
        self.watched: Mapping[str, AbstractSet[str]] = {}
        self.spoken: dict[str, set[str]] = {}

    def online(self) -> frozenset[str]:
        return frozenset(self.here)

    def send(self, mn: str, data: bytes) -> bool:
        if mn not in self.here:
            return False
        for frame in self.loggers[mn].take(data):
            self.arrive(frame)
        return True

    def expect(self, qns: frozenset[str]) -> None:
        self.expected = qns

    def heard(self) -> list[Frame]:
        found, self.waiting = self.waiting, []
        return found

    def watch(self, pairs: Mapping[str, AbstractSet[str]]) -> None:
        self.watched = pairs

    def used(self) -> Mapping[str, AbstractSet[str]]:
        used, self.spoken = self.spoken, {}
        return used

    def arrive(self, frame: Frame) -> None:
        """Let a frame arrive as the gateway does: data only where they are expected."""
        if frame.head.pw in self.watched.get(frame.head.mn, ()):
            self.spoken.setdefault(frame.head.mn, set()).add(frame.head.pw)
        data = frame.head.cn.startswith("2") or frame.head.cn == "3020"
        if not data or frame.qn in self.expected:
            self.waiting.append(frame)
