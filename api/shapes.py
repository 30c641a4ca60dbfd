"""The shapes of places and people in the API, as the OpenAPI document shows them; answers are written straight from rows."""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")
Geo = dict[str, Any]


class Listing(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(description="cursor of the next page; null: this is the last one")


class Park(BaseModel):
    """A park."""

    id: int
    code: str
    name_zh: str
    name_en: str
    timezone: str = Field(description="IANA name")
    lat: float
    lon: float


class Zone(BaseModel):
    """A zone of a park."""

    id: int
    park: str
    code: str
    name_zh: str
    name_en: str
    kind: str
    grade: str | None = Field(description="static risk: red orange yellow blue")
    geometry: Geo | None


class Enterprise(BaseModel):
    """An enterprise."""

    id: int
    park: str
    zone: str | None
    code: str
    name_zh: str
    name_en: str
    sector: str
    hazchem: bool
    lat: float
    lon: float
    plot: Geo | None
    phone: str | None
    contacts: list[dict[str, Any]]
    attributes: dict[str, Any]


class EnterpriseRef(BaseModel):
    """Whose it is."""

    id: int
    code: str
    name_zh: str
    name_en: str
    phone: str | None


class ZoneRef(BaseModel):
    """Where it is."""

    id: int
    code: str
    name_zh: str
    name_en: str


class HazardSource(BaseModel):
    """A major hazard source."""

    id: int
    park: str
    enterprise: str
    enterprise_zh: str
    enterprise_en: str
    zone: str | None
    code: str
    name_zh: str
    name_en: str
    level: int = Field(description="GB 18218-2018, 1 is worst")
    substances: list[dict[str, Any]]
    responsible: list[dict[str, Any]]
    lat: float
    lon: float


class Latest(BaseModel):
    """The newest value of a sensor."""

    time: datetime
    received_at: datetime
    value: float | None
    flag: str
    mark: str


class SensorLimit(BaseModel):
    """A limit that holds for a sensor."""

    stage: str
    basis: str
    value: float
    unit: str
    kind: str
    standard: str
    clause: str
    verified: bool


class SensorShown(BaseModel):
    """A sensor of a station with its newest value and limits."""

    id: int
    station_id: int
    quantity: str
    form: str
    tag: str | None
    name_zh: str
    name_en: str
    unit: str
    decimals: int
    period_s: int
    due_since: datetime | None
    span_low: float | None
    span_high: float | None
    latest: Latest | None
    limits: list[SensorLimit]


class Station(BaseModel):
    """A place with sensors; ``sensors`` only where asked for."""

    id: int
    park: str
    code: str
    kind: str
    stream_class: Literal["safety", "emission", "ambient", "meter"]
    feed: str
    name_zh: str
    name_en: str
    lat: float
    lon: float
    height_m: float | None
    enterprise: EnterpriseRef | None
    zone: ZoneRef | None
    outlet_kind: str | None
    hazard_source_id: int | None
    online: bool | None = Field(description="null: it has never said")
    status_since: datetime | None
    sensors: list[SensorShown] | None = None


class Sensor(BaseModel):
    """A sensor in the list of all."""

    id: int
    station_id: int
    station: str
    park: str
    quantity: str
    form: str
    tag: str | None
    name_zh: str
    name_en: str
    unit: str
    decimals: int
    sent_unit: str
    period_s: int
    due_since: datetime | None
    due_until: datetime | None
    span_low: float | None
    span_high: float | None


class Quantity(BaseModel):
    """What is measured."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    molar_mass: float | None
    plausible_low: float | None
    plausible_high: float | None
    decimals: int
    old_codes: list[str]
    registered: bool
    source: str


class Due(BaseModel):
    """One line of the access list: what should deliver, how often, since when."""

    sensor_id: int
    tag: str | None
    station_id: int
    station: str
    kind: str
    name_zh: str
    name_en: str
    enterprise: str | None
    enterprise_zh: str | None
    quantity: str
    form: str
    period_s: int
    due_since: datetime
    due_until: datetime | None


class Camera(BaseModel):
    """A camera and the stations it looks at."""

    id: int
    park: str
    code: str
    name_zh: str
    name_en: str
    lat: float
    lon: float
    bearing_deg: float
    online: bool
    online_since: datetime | None
    probed_at: datetime | None
    station_id: int | None
    views: list[int]


class Limit(BaseModel):
    """A limit as a dated legal object."""

    id: int
    code: str
    quantity: str
    form: str
    station: str | None
    enterprise: str | None
    outlet_kind: str | None
    station_kind: str | None
    basis: str
    stage: str
    value: float
    unit: str
    reference_o2: float | None
    region: str
    kind: str
    standard: str
    clause: str
    valid_from: datetime
    valid_to: datetime | None
    verified: bool
    source: str
    version: int


class Rule(BaseModel):
    """A rule in force."""

    code: str
    version: int
    kind: str
    class_: str = Field(alias="class")
    name_zh: str
    name_en: str
    applies: dict[str, Any]
    parameters: dict[str, Any]
    enabled: bool
    source: str
    created_at: datetime
    created_by: str


class User(BaseModel):
    """Who is logged in."""

    username: str
    name: str
    name_en: str
    role: str
    enterprise: EnterpriseRef | None


class Me(BaseModel):
    """Who asks, what they may do, and the CSRF word of a cookie session."""

    user: User
    csrf: str | None
    permissions: list[str]
    expires_at: datetime | None


class Person(BaseModel):
    """The name behind a user name."""

    username: str
    name: str
    name_en: str
    role: str


class Token(BaseModel):
    """A bearer token."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the word of OAuth 2
    expires_in: int = Field(description="[s]")
