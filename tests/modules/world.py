"""Words to make things happen in the demo park's database."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts import rows
from alerts.life import Event, fold
from modules.frame import Card, Page, Table
from smartpark import db

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # 14:30 in the park
MIDNIGHT = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # of the park
SEED = 7

HEARD = """
insert into latest (sensor_id, time, received_at, value, flag, mark)
select s.id, %(at)s, %(at)s, case s.quantity when 'x_interlock' then 1 when 'x_valve' then 1 when 'x_bypass' then 0
       else 1.5 end, 'N', '-'
from sensor s join station st on st.id = s.station_id where st.kind <> 'camera'
on conflict (sensor_id) do update set time = excluded.time, received_at = excluded.received_at
"""
SENSOR = """
select s.id, st.id, st.enterprise_id from sensor s join station st on st.id = s.station_id
where st.code = %s and s.quantity = %s and s.form = %s
"""


@dataclass(frozen=True)
class World:
    conn: db.Connection

    def all_heard(self, at: datetime = NOW - timedelta(seconds=2)) -> None:
        self.conn.execute(HEARD.encode(), {"at": at})

    def sensor(self, station: str, quantity: str, form: str = "") -> int:
        return int(self.one(SENSOR, station, quantity, form))

    def heard(self, station: str, quantity: str, value: float, **more: Any) -> None:
        """One newest value; ``form``, ``at``, ``flag``, ``mark`` may be given."""
        at = more.get("at", NOW - timedelta(seconds=2))
        self.conn.execute(
            "insert into latest (sensor_id, time, received_at, value, flag, mark) values (%s, %s, %s, %s, %s, %s)"
            " on conflict (sensor_id) do update set time = excluded.time, received_at = excluded.received_at,"
            " value = excluded.value, flag = excluded.flag, mark = excluded.mark",
            [self.sensor(station, quantity, more.get("form", "")), at, at, value, more.get("flag", "N"), more.get("mark", "-")],
        )  # fmt: skip

    def minute(self, station: str, quantity: str, at: datetime, value: float) -> None:
        self.conn.execute(
            "insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)"
            " values (%s, %s, 1, 1, %s, %s, %s, %s, %s, 'N')",
            [self.sensor(station, quantity), at, value, value, value, value, at],
        )

    def event(self, kind: str, key: str, at: datetime, **data: Any) -> None:
        self.conn.execute(
            "insert into park_event (park_id, type, id, at, received_at, data)"
            " select id, %s, %s, %s, %s, %s from park where code = 'demo'",
            [kind, key, at, at, json.dumps(data)],
        )

    def raise_alert(self, station: str, quantity: str, **more: Any) -> int:
        """Raise an alert of its own rule at a point; ``acked=True`` acknowledges it."""
        row = self.conn.execute(SENSOR, [station, quantity, ""]).fetchone()
        assert row is not None
        sensor, place, enterprise = row
        acked = more.pop("acked", False)
        data = {
            "park_id": self.one("select id from park"),
            "rule": f"test-{station}-{quantity}",
            "rule_version": 1,
            "target_kind": "sensor",
            "target_id": sensor,
            "sensor_id": sensor,
            "station_id": place,
            "enterprise_id": enterprise,
            "class": "alarm",
            "level": "orange",
            "text_zh": "超限",
            "text_en": "above",
            "latch": False,
        } | more
        events = [Event(type="raised", at=NOW - timedelta(minutes=5), data=data)]
        events += [Event(type="acknowledged", at=NOW, actor="operator")] if acked else []
        alert = None
        for event in events:
            alert = fold(alert, event)
        assert alert is not None
        return rows.insert(self.conn, alert)

    def one(self, query: str, *given: Any) -> Any:
        row = self.conn.execute(query, given).fetchone()
        assert row is not None
        return row[0]


def card(page: Page, key: str) -> Card:
    (found,) = (one for one in page.cards if one.key == key)
    return found


def table(page: Page, key: str) -> Table:
    (found,) = (one for one in page.tables if one.key == key)
    return found


def row(page: Page, key: str, number: str) -> dict[str, Any]:
    (found,) = (one for one in table(page, key).rows if one["id"] == number)
    return found
