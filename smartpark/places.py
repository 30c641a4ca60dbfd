"""Places: the park and what stands in it, as the catalogue describes it; positions are WGS-84 [deg]."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

StreamClass = Literal["safety", "emission", "ambient", "meter"]
Feed = Literal["safety", "rest"]

# The kind of a station decides how its data are judged; the kinds are a closed set because the kind is in the topic.
STREAM_CLASS: Mapping[str, StreamClass] = MappingProxyType(
    {
        "gas": "safety",
        "hazard": "safety",
        "process": "safety",
        "voc": "emission",
        "stack": "emission",
        "wastewater": "emission",
        "rain": "emission",
        "air": "ambient",
        "weather": "ambient",
        "dust": "ambient",
        "noise": "ambient",
        "surface": "ambient",
        "ground": "ambient",
        "mobile": "ambient",
        "energy": "meter",
        "water": "meter",
        "camera": "meter",
    }
)
KINDS = frozenset(STREAM_CLASS)

# What an outlet is, for limits: by kind of station; a kind that is not here has no outlets.
OUTLET_KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "voc": frozenset({"in_plant", "boundary", "park_boundary"}),
        "stack": frozenset({"ultra_low", "boiler", "heater", "coking", "process", "incinerator"}),
        "wastewater": frozenset({"direct", "to_plant", "plant_inlet", "plant"}),
        "rain": frozenset({"rain"}),
    }
)
ZONE_KINDS = frozenset({"production", "storage", "road", "public", "green", "water"})
GRADES = ("red", "orange", "yellow", "blue")
DUTIES = ("main", "technical", "operation")
FORMS = frozenset({"", "Zs"})

# What goes upward by which protocol: periods of HJ 212, or the newest readings of each minute.
UPWARD_PERIODS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"hj212": ("minute", "hour", "day"), "http": ("instant",), "mqtt": ("instant",)}
)

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_TOPIC = re.compile(
    r"smartpark/(?P<park>[^/]+)/(?P<kind>[^/]+)/(?P<station>[^/]+)/(?P<suffix>readings|status)"
)

Json = Mapping[str, Any]


def stream_class(kind: str) -> StreamClass:
    """Return how data of a station kind are judged."""
    return STREAM_CLASS[kind]


def feed(kind: str) -> Feed:
    """Return which feed carries a station kind: gas never waits behind energy."""
    return "safety" if STREAM_CLASS[kind] == "safety" else "rest"


@dataclass(frozen=True, slots=True)
class Topic:
    """The parts of ``smartpark/{park}/{kind}/{station}/readings`` or ``.../status``."""

    park: str
    kind: str
    station: str
    suffix: str = "readings"

    def __str__(self) -> str:
        return f"smartpark/{self.park}/{self.kind}/{self.station}/{self.suffix}"

    @classmethod
    def parse(cls, text: str) -> "Topic | None":
        """Return the parts of a topic, or None when it is not one of a station."""
        match = _TOPIC.fullmatch(text)
        return cls(**match.groupdict()) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """A park; ``plan`` is GeoJSON of plots, roads and zones."""

    code: str
    name_zh: str
    name_en: str
    timezone: str
    lat: float
    lon: float
    plan: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A part of the park; ``grade`` is its static risk, ``geometry`` a GeoJSON polygon."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    grade: str | None = None
    geometry: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody to call; ``duty`` is one of DUTIES for a hazard source, words of the enterprise otherwise."""

    duty: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """A company on its plot; ``phone`` rings in its control room."""

    code: str
    name_zh: str
    name_en: str
    sector: str
    hazchem: bool
    zone: str | None
    lat: float
    lon: float
    plot: Json | None
    phone: str | None
    contacts: tuple[Person, ...] = ()
    attributes: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """What a hazard source holds; ``design_t`` is the design maximum [t] that decides its level."""

    name_zh: str
    name_en: str
    cas: str
    design_t: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardSource:
    """A major hazard source after GB 18218-2018; level 1 is the worst of four."""

    code: str
    name_zh: str
    name_en: str
    enterprise: str
    zone: str | None
    level: int
    lat: float
    lon: float
    substances: tuple[Substance, ...]
    responsible: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A place with sensors, of an enterprise or (``enterprise`` None) of the park itself."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    enterprise: str | None
    zone: str | None
    hazard_source: str | None
    outlet_kind: str | None
    lat: float
    lon: float
    height_m: float | None
    attributes: Json = field(default_factory=dict)

    @property
    def stream_class(self) -> StreamClass:
        """How its data are judged."""
        return stream_class(self.kind)

    @property
    def feed(self) -> Feed:
        """Which feed carries its data."""
        return feed(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One line of the access list: station x quantity x form, how often [s] and since when it should deliver.

    Stored value = sent value * ``factor`` + ``shift``; the span is in the registry's unit.
    """

    station: str
    quantity: str
    form: str
    tag: str | None
    name_zh: str | None
    name_en: str | None
    period_s: int
    due_since: datetime | None
    due_until: datetime | None
    span_low: float | None
    span_high: float | None
    unit: str
    factor: float
    shift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera, what it looks at (``bearing_deg`` clockwise from north) and the stations in its view, sorted."""

    code: str
    name_zh: str
    name_en: str
    enterprise: str | None
    zone: str | None
    lat: float
    lon: float
    bearing_deg: float
    address: str | None
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logger:
    """An HJ 212 data logger by its device number; ``encryption_key`` is for SM4, ``minute_interval_min`` of its 2051."""

    mn: str
    station: str | None
    password: str | None
    edition: int | None
    encryption_key: str | None = None
    minute_interval_min: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UpwardPoint:
    """A station as a receiver knows it: device number, ST of HJ 212, and the periods that go there."""

    station: str
    mn: str
    system: str
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A platform above us, and what it gets; ``stations`` by their code."""

    code: str
    name_zh: str
    name_en: str
    protocol: str
    address: str
    edition: int
    password: str | None
    encryption_key: str | None
    secret: str | None
    stations: tuple[UpwardPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything that is known of one park."""

    park: Park
    zones: tuple[Zone, ...]
    enterprises: tuple[Enterprise, ...]
    hazard_sources: tuple[HazardSource, ...]
    stations: tuple[Station, ...]
    sensors: tuple[Sensor, ...]
    cameras: tuple[Camera, ...]
    loggers: tuple[Logger, ...] = ()
    receivers: tuple[Receiver, ...] = ()
