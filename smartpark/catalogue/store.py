"""A catalogue into the database: what is new is added, what differs is changed, what is gone becomes inactive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from smartpark import db, queries
from smartpark.places import Camera, Catalogue, Station
from smartpark.quantities import registry

_Q = queries.load("smartpark.catalogue")
_UP = queries.load("smartpark.catalogue", "receivers.sql")


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows of each table were added, changed and made inactive."""

    added: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    retired: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Rows touched in all."""
        return sum(sum(counts.values()) for counts in (self.added, self.changed, self.retired))

    def __str__(self) -> str:
        parts = [
            f"{word} {', '.join(f'{n} {table}' for table, n in counts.items())}"
            for word, counts in (("added", self.added), ("changed", self.changed), ("retired", self.retired))
            if counts
        ]
        return "; ".join(parts) or "nothing changed"


def store(conn: db.Connection, catalogue: Catalogue, actor: str) -> Summary:
    """Write a catalogue in one transaction; a second time changes nothing.

    A changed unit of a sensor adds a dated row, the revision counter grows when anything changed, and the audit
    log says who did it.
    """
    with conn.transaction():
        conn.execute(_Q.lock)
        writing = _Writing(conn, catalogue, actor)
        writing.put()
        writing.retire()
        conn.execute(_Q.date_units, {"park_id": writing.park_id, "actor": actor})
        summary = Summary(writing.added, writing.changed, writing.retired)
        if summary.total:
            conn.execute(_Q.revise)
            detail = Jsonb({name: dict(getattr(summary, name)) for name in ("added", "changed", "retired")})
            conn.execute(_Q.audit, {"actor": actor, "object": catalogue.park.code, "detail": detail})
    return summary


class _Writing:
    """One import: the counts of what it did."""

    def __init__(self, conn: db.Connection, catalogue: Catalogue, actor: str) -> None:
        self._conn = conn
        self._catalogue = catalogue
        self._actor = actor
        self.added: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self.retired: dict[str, int] = {}
        self.park_id = 0

    def put(self) -> None:
        found = self._catalogue
        self._put("quantities", _Q.put_quantity, (_row(one, old_codes=list) for one in registry().values()))
        self._put("parks", _Q.put_park, [_row(found.park, plan=Jsonb)])
        row = self._conn.execute(_Q.park_id, {"code": found.park.code}).fetchone()
        self.park_id = row[0] if row else 0
        self._put("zones", _Q.put_zone, (_row(one, geometry=_json) for one in found.zones))
        self._put(
            "enterprises",
            _Q.put_enterprise,
            (_row(one, plot=_json, contacts=Jsonb, attributes=Jsonb) for one in found.enterprises),
        )
        self._put(
            "hazard sources",
            _Q.put_hazard_source,
            (_row(one, substances=Jsonb, responsible=Jsonb) for one in found.hazard_sources),
        )
        stations = [*found.stations, *map(_camera_station, found.cameras)]
        self._put(
            "stations",
            _Q.put_station,
            (
                _row(one, attributes=Jsonb) | {"feed": one.feed, "stream_class": one.stream_class}
                for one in stations
            ),
        )
        self._put("sensors", _Q.put_sensor, map(_row, found.sensors))
        self._put("cameras", _Q.put_camera, map(_row, found.cameras))
        self._put("views", _Q.put_view, ({"camera": c, "station": s} for c, s in self._views()))
        self._put("loggers", _Q.put_logger, (_row(one) | {"actor": self._actor} for one in found.loggers))
        self._put("receivers", _UP.put_receiver, map(_row, found.receivers))
        points = (
            _row(point, periods=list) | {"receiver": one.code}
            for one in found.receivers
            for point in one.stations
        )
        self._put("upward points", _UP.put_point, points)

    def retire(self) -> None:
        found = self._catalogue
        cameras = [one.code for one in found.cameras]
        for table, query, codes in (
            ("zones", _Q.retire_zones, [one.code for one in found.zones]),
            ("enterprises", _Q.retire_enterprises, [one.code for one in found.enterprises]),
            ("hazard sources", _Q.retire_hazard_sources, [one.code for one in found.hazard_sources]),
            ("stations", _Q.retire_stations, [one.code for one in found.stations] + cameras),
            ("cameras", _Q.retire_cameras, cameras),
            ("receivers", _UP.retire_receivers, [one.code for one in found.receivers]),
        ):
            self._retire(table, query, {"codes": codes})
        sensors = found.sensors
        points = {
            "stations": [one.station for one in sensors],
            "quantities": [one.quantity for one in sensors],
            "forms": [one.form for one in sensors],
            "known": [*registry()],
        }
        self._retire("sensors", _Q.retire_sensors, points)
        views = self._views()
        seen = {"cameras": [camera for camera, _ in views], "stations": [station for _, station in views]}
        self._retire("views", _Q.drop_views, seen)
        due = [(one.code, point.station) for one in found.receivers for point in one.stations]
        upward = {"receivers": [code for code, _ in due], "stations": [station for _, station in due]}
        self._retire("upward points", _UP.retire_points, upward)

    def _views(self) -> list[tuple[str, str]]:
        return [(camera.code, station) for camera in self._catalogue.cameras for station in camera.views]

    def _put(self, table: str, query: LiteralString, rows: Iterable[Mapping[str, Any]]) -> None:
        given = [{"park_id": self.park_id, **row} for row in rows]
        if not given:
            return
        with self._conn.cursor() as cursor:
            cursor.executemany(query, given, returning=True)
            answers = [answer for result in cursor.results() for answer in result.fetchall()]
        added = sum(1 for (is_new,) in answers if is_new)
        if added:
            self.added[table] = added
        if len(answers) > added:
            self.changed[table] = len(answers) - added

    def _retire(self, table: str, query: LiteralString, given: Mapping[str, Sequence[str]]) -> None:
        gone = self._conn.execute(query, {"park_id": self.park_id, **given}).rowcount
        if gone:
            self.retired[table] = gone


def _row(thing: Any, **convert: Any) -> dict[str, Any]:
    """Return the columns of a dataclass, some of them converted for the database."""
    row = asdict(thing)
    for name, function in convert.items():
        row[name] = function(row[name])
    return row


def _json(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value)


def _camera_station(camera: Camera) -> Station:
    """Return the camera's own entry among the stations."""
    return Station(
        code=camera.code,
        kind="camera",
        name_zh=camera.name_zh,
        name_en=camera.name_en,
        enterprise=camera.enterprise,
        zone=camera.zone,
        hazard_source=None,
        outlet_kind=None,
        lat=camera.lat,
        lon=camera.lon,
        height_m=None,
    )
