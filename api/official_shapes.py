"""The shapes of official records, and the words of their status."""

from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.shapes import Listing

RecordPeriod = Literal["minute", "hour", "day", "month", "year"]
Status = Literal["valid", "short", "abnormal", "marked", "stopped", "no_flow", "none"]
# Status: its letter in columns, and its words.
STATUSES: MappingProxyType[str, tuple[str, str, str]] = MappingProxyType(
    {
        "valid": ("v", "有效", "valid"),
        "short": ("s", "数据不足", "not enough data"),
        "abnormal": ("a", "异常数据", "abnormal: flagged other than N"),
        "marked": ("m", "已标记无效", "marked invalid"),
        "stopped": ("p", "停运", "stopped"),
        "no_flow": ("f", "无流量", "no flow"),
        "none": ("n", "无数据", "no data"),
    }
)


class RecordedSensor(BaseModel):
    """A sensor that records are about, named once an answer."""

    id: int
    station_id: int
    station: str
    station_zh: str
    station_en: str
    enterprise: str | None = Field(description="code; null: the park's own")
    quantity: str
    form: str = Field(description="Zs: at reference oxygen")
    name_zh: str
    name_en: str
    unit: str
    decimals: int
    period_s: int = Field(description="how often it should deliver [s]")


class OfficialRecord(BaseModel):
    """An official value over [start, end) of the park's zone, in one of its revisions."""

    sensor_id: int
    period: RecordPeriod
    start: datetime
    end: datetime
    revision: int
    status: Status
    status_zh: str
    status_en: str
    judgeable: bool = Field(description="may be held against a limit")
    mean: float | None = Field(description="registry unit; null unless valid")
    min: float | None
    max: float | None
    expected: int | None = Field(description="samples due; null for a minute: its sensor's period_s says it")
    received: int
    samples: int = Field(description="valid ones")
    flag: str = Field(description="HJ 212-2017 table 8; of a minute all that came")
    converted: float | None = Field(description="mean at reference oxygen")
    reference_o2: float | None = Field(description="[%]")
    mean_8h: float | None = Field(
        description="ozone: of the eight hours that end with this one; of a day the greatest"
    )
    amount: float | None = Field(description="volume of a flow [m³], or what a meter counted")
    mass: float | None = Field(description="[kg]")
    method: str
    edition: str = Field(description="the standard whose rule was used")
    cause: str = Field(description="closed, late, correction 12, mark 3, import 4, demo")
    made_at: datetime | None
    replaced_at: datetime | None = Field(description="null: it stands")


class RecordPage(Listing[OfficialRecord]):
    """One page of records in order of sensor, start and revision, and the sensors they are about."""

    from_: datetime = Field(alias="from")
    to: datetime
    period: RecordPeriod
    zone: str = Field(description="of the times in this answer")
    as_of: datetime | None
    sensors: list[RecordedSensor]


class StatusWords(BaseModel):
    """What a letter of the column status stands for."""

    code: Status
    letter: str
    zh: str
    en: str


class RecordColumns(BaseModel):
    """The records of one sensor as columns of equal length."""

    sensor: RecordedSensor
    start: list[int] = Field(description="[ms since 1970]")
    mean: list[float | None]
    min: list[float | None]
    max: list[float | None]
    converted: list[float | None] | None = Field(description="null: none has one; so the next three")
    mean_8h: list[float | None] | None
    amount: list[float | None] | None
    mass: list[float | None] | None
    status: str = Field(description="a letter a record")
    flag: list[str]
    revision: list[int]


class ColumnSpan(BaseModel):
    """The records of some sensors over [from, to) as columns."""

    from_: datetime = Field(alias="from")
    to: datetime
    series: list[RecordColumns] = Field(description="one a sensor, empty columns where it has none")


class ColumnPage(ColumnSpan):
    """Records for a chart."""

    period: RecordPeriod
    zone: str
    as_of: datetime | None
    statuses: list[StatusWords]


class Comparison(BaseModel):
    """The same sensors over two periods."""

    period: RecordPeriod
    zone: str
    as_of: datetime | None
    statuses: list[StatusWords]
    first: ColumnSpan
    second: ColumnSpan


def status_words() -> list[dict[str, Any]]:
    """Return every status with its letter and words."""
    return [
        {"code": code, "letter": letter, "zh": zh, "en": en} for code, (letter, zh, en) in STATUSES.items()
    ]
