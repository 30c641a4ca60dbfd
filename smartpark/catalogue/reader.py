"""A folder becomes a catalogue, or one list of everything that is wrong with it."""

from pathlib import Path
from zoneinfo import available_timezones

from smartpark.catalogue import geometry, loggers, tables
from smartpark.catalogue.fields import Fields
from smartpark.catalogue.folder import items, mappings, reference, unique
from smartpark.catalogue.ground import Ground
from smartpark.catalogue.problems import Problems, choose
from smartpark.catalogue.receivers import RECEIVER_KEYS, ReceiverTable
from smartpark.catalogue.sensors import SensorTable
from smartpark.catalogue.tables import Columns
from smartpark.places import (
    DUTIES,
    GRADES,
    KINDS,
    OUTLET_KINDS,
    ZONE_KINDS,
    Camera,
    Catalogue,
    Enterprise,
    HazardSource,
    Park,
    Person,
    Sensor,
    Station,
    Substance,
    Zone,
)

ENTERPRISES = Columns(
    ("code", "name_zh", "name_en", "sector"),
    ("hazchem", "zone", "phone", "contacts", "lat", "lon", "attributes"),
)
STATIONS = Columns(
    ("code", "kind", "name_zh", "name_en", "lat", "lon"),
    (
        *("enterprise", "zone", "hazard_source", "outlet_kind", "height_m"),
        *("sensors", "tag", "due_since", "due_until", "attributes"),
    ),
)
CAMERAS = Columns(
    ("code", "name_zh", "name_en", "lat", "lon"),
    ("enterprise", "zone", "bearing_deg", "address", "views"),
)
PARK_KEYS = (
    *("code", "name_zh", "name_en", "timezone", "lat", "lon"),
    *("radius_km", "plot_tolerance_m", "due_since"),
)
ZONE_KEYS = ("code", "name_zh", "name_en", "kind", "grade")
SOURCE_KEYS = (
    *("code", "name_zh", "name_en", "enterprise", "zone", "level", "lat", "lon"),
    *("substances", "responsible"),
)
SUBSTANCE_KEYS = ("name_zh", "name_en", "cas", "design_t")
PERSON_KEYS = ("duty", "name", "phone")


def read(folder: Path) -> Catalogue:
    """Read and check a catalogue.

    Raises:
        CatalogueError: every problem as ``file:line: what is wrong; what to write instead``.

    """
    problems = Problems()
    if not folder.is_dir():
        problems.add(str(folder), 1, "there is no such folder", "name the folder that holds park.yaml")
        problems.raise_if_any()
    catalogue = _Reading(folder, problems).catalogue()
    problems.raise_if_any()
    return catalogue


class _Reading:
    """One reading of a folder: what is known so far, for references and places."""

    def __init__(self, folder: Path, problems: Problems) -> None:
        self._folder = folder
        self._problems = problems
        found = mappings(folder / "park.yaml", PARK_KEYS, problems, single=True)
        # Without a park.yaml its own keys are not complained of, one by one.
        self._park_fields = found[0] if found else Fields(Problems(), "park.yaml", {}, lambda *_: 1)
        self._ground = Ground.of(self._park_fields, folder, problems)
        self._zones: dict[str, Zone] = {}
        self._enterprises: dict[str, Enterprise] = {}
        self._sources: dict[str, HazardSource] = {}
        self._stations: dict[str, Station] = {}

    def catalogue(self) -> Catalogue:
        folder, problems = self._folder, self._problems
        park = self._park(self._park_fields)
        self._zones = unique(mappings(folder / "zones.yaml", ZONE_KEYS, problems), self._zone)
        rows = tables.rows(folder / "enterprises.csv", ENTERPRISES, problems)
        self._enterprises = unique(rows, self._enterprise)
        self._ground.check_owners(self._zones, self._enterprises, problems)
        self._sources = unique(mappings(folder / "hazard_sources.yaml", SOURCE_KEYS, problems), self._source)
        sensors = self._read_stations()
        cameras = unique(
            tables.rows(folder / "cameras.csv", CAMERAS, problems, needed=False),
            self._camera,
            taken=self._stations,
        )
        speakers = unique(
            tables.rows(folder / "loggers.csv", loggers.LOGGERS, problems, needed=False),
            lambda fields, mn: loggers.logger(fields, mn, self._stations),
            name="mn",
            code_of=loggers.number,
        )
        table = ReceiverTable(park.code, self._stations, speakers.values())
        receivers = unique(mappings(folder / "receivers.yaml", RECEIVER_KEYS, problems), table.receiver)
        return Catalogue(
            park=park,
            zones=tuple(self._zones.values()),
            enterprises=tuple(self._enterprises.values()),
            hazard_sources=tuple(self._sources.values()),
            stations=tuple(self._stations.values()),
            sensors=tuple(sensors),
            cameras=tuple(cameras.values()),
            loggers=tuple(speakers.values()),
            receivers=tuple(receivers.values()),
        )

    def _park(self, fields: Fields) -> Park:
        timezone = fields.text("timezone", example="Asia/Shanghai")
        if timezone and timezone not in available_timezones():
            advice = choose(timezone, available_timezones(), "write an IANA name such as Asia/Shanghai")
            fields.wrong("timezone", f"time zone {timezone!r} is not known", advice)
        lat, lon = self._ground.position(fields)
        return Park(
            code=fields.code(),
            name_zh=fields.text("name_zh"),
            name_en=fields.text("name_en"),
            timezone=timezone,
            lat=lat,
            lon=lon,
            plan=self._ground.plan.document,
        )

    def _zone(self, fields: Fields, code: str) -> Zone:
        return Zone(
            code=code,
            name_zh=fields.text("name_zh"),
            name_en=fields.text("name_en"),
            kind=fields.choice("kind", ZONE_KINDS),
            grade=fields.maybe_choice("grade", GRADES),
            geometry=self._ground.plan.area("zone", code),
        )

    def _enterprise(self, fields: Fields, code: str) -> Enterprise:
        plot = self._ground.plan.area("plot", code)
        if plot is not None and fields.raw("lat") is None and fields.raw("lon") is None:
            at = geometry.middle(plot)
        else:
            at = self._ground.position(fields)
            self._ground.inside(fields, plot, f"plot {code}", at)
        return Enterprise(
            code=code,
            name_zh=fields.text("name_zh"),
            name_en=fields.text("name_en"),
            sector=fields.text("sector", example="chlor_alkali"),
            hazchem=fields.yes("hazchem", default=False),
            zone=reference(fields, "zone", self._zones, "zones.yaml"),
            lat=at[0],
            lon=at[1],
            plot=plot,
            phone=fields.phone("phone"),
            contacts=fields.people("contacts"),
            attributes=fields.attributes("attributes"),
        )

    def _source(self, fields: Fields, code: str) -> HazardSource:
        enterprise = reference(fields, "enterprise", self._enterprises, "enterprises.csv", needed=True)
        owner = self._enterprises.get(enterprise or "")
        zone = reference(fields, "zone", self._zones, "zones.yaml") or (owner.zone if owner else None)
        lat, lon = self._ground.place(fields, owner, self._zones.get(zone or ""))
        level = fields.positive("level", example=1)
        if level > 4:
            fields.wrong("level", f"level {level} is not known", "write 1 (worst) to 4, after GB 18218-2018")
        return HazardSource(
            code=code,
            name_zh=fields.text("name_zh"),
            name_en=fields.text("name_en"),
            enterprise=enterprise or "",
            zone=zone,
            level=level,
            lat=lat,
            lon=lon,
            substances=tuple(_substance(item) for item in items(fields, "substances", SUBSTANCE_KEYS)),
            responsible=_responsible(fields, code),
        )

    def _read_stations(self) -> list[Sensor]:
        table = SensorTable(self._folder, self._problems, self._park_fields.instant("due_since"))
        rows: dict[str, Fields] = {}

        def station(fields: Fields, code: str) -> Station:
            rows[code] = fields
            return self._station(fields, code)

        self._stations = unique(tables.rows(self._folder / "stations.csv", STATIONS, self._problems), station)
        sensors = [s for code, one in self._stations.items() for s in table.of(rows[code], code, one.kind)]
        table.finish()
        return sensors

    def _station(self, fields: Fields, code: str) -> Station:
        kind = fields.choice("kind", KINDS)
        if kind == "camera":
            fields.wrong("kind", "a camera stands in stations.csv", "move it to cameras.csv")
        enterprise, zone, at = self._stands(fields)
        source = reference(fields, "hazard_source", self._sources, "hazard_sources.yaml")
        owner = self._sources[source].enterprise if source is not None else ""
        if owner and owner != enterprise:
            what = f"hazard source {source!r} belongs to enterprise {owner!r}"
            fields.wrong("hazard_source", what, f"write {owner} in column enterprise, or another source")
        return Station(
            code=code,
            kind=kind,
            name_zh=fields.text("name_zh"),
            name_en=fields.text("name_en"),
            enterprise=enterprise,
            zone=zone,
            hazard_source=source,
            outlet_kind=_outlet_kind(fields, kind),
            lat=at[0],
            lon=at[1],
            height_m=fields.number("height_m"),
            attributes=fields.attributes("attributes"),
        )

    def _camera(self, fields: Fields, code: str) -> Camera:
        enterprise, zone, at = self._stands(fields)
        bearing_deg = fields.number("bearing_deg") or 0.0
        if not 0 <= bearing_deg < 360:
            fields.wrong(
                "bearing_deg", f"bearing_deg {bearing_deg:g} is not a bearing", "write 0 (north) to 359"
            )
        views = tuple(sorted(set(str(fields.raw("views") or "").split())))
        for view in views:
            if view not in self._stations:
                advice = choose(view, self._stations, "write station codes, separated by blanks")
                fields.wrong("views", f"station {view!r} is not in stations.csv", advice)
        return Camera(
            code=code,
            name_zh=fields.text("name_zh"),
            name_en=fields.text("name_en"),
            enterprise=enterprise,
            zone=zone,
            lat=at[0],
            lon=at[1],
            bearing_deg=bearing_deg,
            address=fields.maybe_text("address"),
            views=views,
        )

    def _stands(self, fields: Fields) -> tuple[str | None, str | None, tuple[float, float]]:
        """Return enterprise, zone (its enterprise's unless it names one) and position [deg]."""
        enterprise = reference(fields, "enterprise", self._enterprises, "enterprises.csv")
        owner = self._enterprises.get(enterprise or "")
        zone = reference(fields, "zone", self._zones, "zones.yaml") or (owner.zone if owner else None)
        return enterprise, zone, self._ground.place(fields, owner, self._zones.get(zone or ""))


def _outlet_kind(fields: Fields, kind: str) -> str | None:
    known = OUTLET_KINDS.get(kind)
    if known is None:
        if fields.raw("outlet_kind") is not None:
            fields.wrong(
                "outlet_kind", f"a station of kind {kind} has no outlet kind", "leave outlet_kind empty"
            )
        return None
    return fields.maybe_choice("outlet_kind", known, what=f"outlet kind of a {kind} station")


def _responsible(fields: Fields, code: str) -> tuple[Person, ...]:
    people = tuple(
        Person(
            duty=item.choice("duty", DUTIES),
            name=item.text("name"),
            phone=item.phone("phone", needed=True) or "",
        )
        for item in items(fields, "responsible", PERSON_KEYS)
    )
    missing = [duty for duty in DUTIES if duty not in {person.duty for person in people}]
    if missing:
        fields.wrong(
            "responsible",
            f"hazard source {code!r} has nobody for duty {', '.join(missing)}",
            "name its three responsible persons: main, technical, operation",
        )
    return people


def _substance(item: Fields) -> Substance:
    design_t = item.number("design_t")
    if design_t is None or design_t <= 0:
        if item.raw("design_t") is None or design_t is not None:
            item.wrong("design_t", "design_t is not above 0", "write the design maximum in tonnes")
        design_t = 0.0
    return Substance(
        name_zh=item.text("name_zh"), name_en=item.text("name_en"), cas=item.text("cas"), design_t=design_t
    )
