"""The shapes of coverage, rates, checks and findings, as the OpenAPI document shows them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.logger_shapes import PlaceRef
from api.shapes import EnterpriseRef, Listing

Grade = Literal["good", "pass", "below"]


class SensorRef(BaseModel):
    """A sensor of a station."""

    id: int
    quantity: str
    form: str
    name_zh: str
    name_en: str


class CoveredDay(BaseModel):
    """Hours of one day, of all sensors of the line."""

    due: int = Field(
        description="stopped hours, those without flow and those under a condition mark are not due"
    )
    received: int
    valid: int
    platform: int = Field(description="of those due, lost by this platform")
    not_due: int = Field(description="stopped, without flow, or under a condition mark")
    received_rate: float | None = Field(description="received / due [%]; null: nothing was due")
    valid_rate: float | None = Field(description="valid / due [%]")
    letters: str | None = Field(description="one an hour of the day, see `letters`; null: not asked for")


class CoveredLine(BaseModel):
    """A station, or one of its sensors, over the days."""

    station: PlaceRef
    kind: str
    enterprise: EnterpriseRef | None
    sensor: SensorRef | None = Field(description="null: all sensors of the station")
    days: list[CoveredDay | None] = Field(description="one each day; null: no record of it")


class Coverage(BaseModel):
    """Which hours came, station by day."""

    from_: datetime = Field(alias="from")
    to: datetime
    zone: str
    days: list[date]
    letters: dict[str, str] = Field(description="what each letter means")
    items: list[CoveredLine]


class RawRates(BaseModel):
    """The same without leaving out what this platform lost."""

    due: int
    received: int
    valid: int
    transmission: float | None
    validity: float | None
    effective: float | None
    capture: float | None


class Rates(BaseModel):
    """Hours of pollutants and the rates made of them [%]; null: nothing was due."""

    hours: int
    stopped: int = Field(description="flag F or a mark of stopping: not due")
    no_flow: int = Field(description="nothing flowed: not due")
    exempt: int = Field(description="under a condition mark: not due, but it ran")
    due: int
    received: int
    valid: int
    invalid: dict[str, int] = Field(description="received and not valid: short, abnormal, marked")
    missing: dict[str, int] = Field(description="by cause; those of the platform are not due")
    transmission: float | None
    validity: float | None
    effective: float | None
    grade: Grade | None
    running: float | None = Field(description="设备运转率 of the month")
    capture: float | None = Field(description="有效捕集率 of the quarter, so far")
    raw: RawRates


class RatedMark(BaseModel):
    """A mark that touches the month."""

    id: int
    sensor_id: int | None
    kind: Literal["device", "condition"]
    code: str
    name_zh: str
    name_en: str
    starts_at: datetime
    ends_at: datetime
    state: str
    vouchers: int
    voucher_due: datetime
    note_zh: str | None = Field(description="缺凭证, when it falls back by itself")
    note_en: str | None


class RatedSensor(Rates):
    """One pollutant of an outlet."""

    sensor: SensorRef


class RatedOutlet(Rates):
    """One outlet."""

    station: PlaceRef
    enterprise: EnterpriseRef | None
    sensors: list[RatedSensor]
    marks: list[RatedMark]


class RatedEnterprise(Rates):
    """All outlets of an enterprise; null: outlets of the park itself."""

    enterprise: EnterpriseRef | None
    outlets: int


class EffectiveRates(BaseModel):
    """The effective rate of a month, the worst first."""

    month: str
    from_: datetime = Field(alias="from")
    to: datetime
    quarter_from: datetime
    until: datetime | None = Field(description="hours before it have records; null: none has")
    pollutants: list[str]
    pass_rate: float = Field(description="[%]")
    good_rate: float = Field(description="[%]")
    rules_zh: list[str]
    rules_en: list[str]
    items: list[RatedOutlet]
    enterprises: list[RatedEnterprise]
    total: Rates


class MarkRef(BaseModel):
    """The mark that decides an hour."""

    id: int
    kind: str
    code: str
    state: str


class RatedHour(BaseModel):
    """One hour of one pollutant behind a number."""

    sensor_id: int
    quantity: str
    start: datetime
    label: str = Field(description="08:00-09:00")
    status: str
    class_: str = Field(alias="class", description="valid invalid missing platform stopped no_flow exempt")
    cause: str | None = Field(description="of a missing one")
    expected: int
    received: int
    samples: int
    minutes: dict[str, int] | None = Field(description="missing minutes of the station by cause")
    mark: MarkRef | None


class DriftCheck(BaseModel):
    """A zero or span check."""

    id: int
    station: PlaceRef
    sensor: SensorRef
    kind: Literal["zero", "span"]
    at: datetime
    standard: float = Field(description="what the standard has, registry unit")
    measured: float
    span: float = Field(description="full scale")
    drift: float = Field(description="(measured - standard) / span [%]")
    limit: float | None = Field(description="[% of full scale]; null: none is known for the quantity")
    out_of_control: float | None = Field(
        description="beyond it the data are out of control [% of full scale]"
    )
    passed: bool | None
    in_control: bool | None
    clause: str | None
    verified: bool | None = Field(
        description="false: the limit was not read in the text, it is shown as reference"
    )
    source: Literal["logger", "person"]
    entered_by: str
    entered_at: datetime
    note: str | None


class DataFinding(BaseModel):
    """待核查线索: something in the data that a person has to look at; no accusation."""

    id: int
    station: PlaceRef
    enterprise: EnterpriseRef | None
    sensor: SensorRef
    kind: str
    kind_zh: str
    kind_en: str
    starts_at: datetime
    ends_at: datetime
    evidence: dict[str, Any]
    text_zh: str
    text_en: str
    found_at: datetime
    reviewed_by: str | None
    reviewed_at: datetime | None
    outcome: Literal["explained", "device", "ask_enterprise", "dismissed"] | None
    note: str | None


class FindingKind(BaseModel):
    """A kind of finding and how many of it wait."""

    kind: str
    name_zh: str
    name_en: str
    waiting: int


class FindingPage(Listing[DataFinding]):
    """One page of findings, and how many of each kind wait for a look, whatever the list is filtered by."""

    kinds: list[FindingKind]
