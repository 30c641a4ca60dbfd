"""The shapes of air quality: AQI, its counts, compliance with GB 3095, roses."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

Pollutant = Literal["SO2", "NO2", "CO", "O3", "PM10", "PM2.5"]


class AqiLevel(BaseModel):
    """One of the six levels; its colour belongs to the scheme of the AQI, not to that of risks."""

    number: int
    highest: int = Field(description="AQI, included")
    name_zh: str
    name_en: str
    colour_zh: str
    colour_en: str
    rgb: tuple[int, int, int]


class EpisodeRef(BaseModel):
    """A sand-dust episode that touches the period."""

    id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    document: str


class SandRule(BaseModel):
    """How the second column is made."""

    zh: str
    en: str


class AirPlace(BaseModel):
    """A station, or the mean of the park's stations (园区平均), which is no station and is marked so."""

    kind: Literal["station", "park"]
    id: int | None = Field(description="of the station")
    code: str = Field(description="of the station or the park")
    name_zh: str
    name_en: str
    stations: list[str] = Field(description="the stations behind it")
    not_monitored: list[Pollutant] = Field(description="left out by plan, shown as /")


class AqiItem(BaseModel):
    """The AQI of an hour or a day; null is NA: the concentrations are still shown."""

    start: datetime
    end: datetime
    edition: str = Field(description="HJ 633 in force on that day")
    aqi: int | None
    level: int | None = Field(description="number of the level")
    primary: list[Pollutant]
    missing: list[Pollutant] = Field(description="should have been measured, no valid value")
    iaqi: dict[str, int]
    concentrations: dict[str, float] = Field(description="rounded as the standard writes them, in `units`")
    sand: list[int] = Field(description="numbers of the episodes that touch it")


class Mean(BaseModel):
    """Mean of the daily values that are there."""

    value: float
    days: int


class DayTally(BaseModel):
    """Counts of days. good_ratio = good / valid; a day whose AQI is NA is in neither."""

    days: int
    excluded: int = Field(description="days left out for sand")
    valid: int = Field(description="days with an AQI")
    na: int
    good: int = Field(description="AQI up to 100")
    good_ratio: float | None
    levels: list[int] = Field(description="days of level 1 to 6")
    primary: dict[str, int] = Field(description="days by primary pollutant; a day may have several")
    means: dict[str, Mean] = Field(description="of O3 of the daily maximum 8 h mean")


class SandColumns(BaseModel):
    """含沙尘 and 剔除沙尘."""

    with_sand: DayTally
    without_sand: DayTally


class MonthColumns(SandColumns):
    """A month in both columns."""

    month: str = Field(description="2026-03")


class AqiStatistics(SandColumns):
    """The whole period in both columns, and each month of it."""

    months: list[MonthColumns]


class AqiSeries(BaseModel):
    """The AQI of one place."""

    place: AirPlace
    items: list[AqiItem]
    statistics: AqiStatistics | None = Field(description="of days; null for hours")


class AqiAnswer(BaseModel):
    """AQI of stations and of the park."""

    from_: datetime = Field(alias="from")
    to: datetime
    period: Literal["hour", "day"]
    zone: str
    as_of: datetime | None
    units: dict[str, str]
    levels: list[AqiLevel]
    episodes: list[EpisodeRef]
    sand_rule: SandRule
    places: list[AqiSeries]


class LimitStep(BaseModel):
    """A limit of GB 3095 and since when it holds."""

    value: float
    valid_from: date
    valid_to: date | None
    source: str


class Worst(BaseModel):
    """The value furthest over its limit, or nearest to it."""

    start: datetime
    value: float
    limit: float


class Counted(BaseModel):
    """Values against the limits of their days."""

    valid: int
    compliant: int
    rate: float | None = Field(description="compliant / valid")
    excluded: int
    over_next: int | None = Field(description="values that the next step of the standard would not allow")
    worst: Worst | None


class Yearly(BaseModel):
    """The mean of a year against the limit on its last day."""

    mean: float | None
    days: int
    excluded: int
    by_month: list[int] = Field(
        description="days with a valid daily mean, January to December, sand included"
    )
    enough: bool = Field(
        description=">= 324 days and >= 27 in each month, 25 in February; GB 3095-2026 table 4"
    )
    limit: float | None
    compliant: bool | None
    next_compliant: bool | None


class ComplianceItem(BaseModel):
    """One pollutant and average of a place."""

    pollutant: Pollutant
    average: Literal["1h", "8h", "day", "year"]
    unit: str
    limits: list[LimitStep] = Field(description="that held on any day of the year")
    next: LimitStep | None = Field(description="the next step of the standard")
    with_sand: Counted | Yearly
    without_sand: Counted | Yearly | None = Field(description="null: a gas, which sand does not touch")


class ComplianceSeries(BaseModel):
    """One place against GB 3095."""

    place: AirPlace
    items: list[ComplianceItem]


class ComplianceAnswer(BaseModel):
    """A year of ambient air against GB 3095."""

    year: int
    from_: datetime = Field(alias="from")
    to: datetime = Field(description="end of what is counted: of the year, or of the last whole day")
    class_: int = Field(alias="class")
    zone: str
    as_of: datetime | None
    episodes: list[EpisodeRef]
    sand_rule: SandRule
    places: list[ComplianceSeries]


class RoseStation(BaseModel):
    """The station of the wind or of the concentration."""

    id: int
    code: str
    name_zh: str
    name_en: str


class Sector(BaseModel):
    """One of the sixteen sectors wind comes from; from_deg is included, to_deg is not."""

    code: str
    zh: str
    from_deg: float
    to_deg: float


class WindRose(BaseModel):
    """Frequencies [%] by sector and class of speed; with calm they add up to 100."""

    from_: datetime = Field(alias="from")
    to: datetime
    zone: str
    station: RoseStation
    sectors: list[Sector]
    edges_m_s: list[float | None] = Field(description="ends of the speed classes; the last is open")
    frequency_pct: list[list[float]] = Field(description="[sector][speed class]")
    calm_pct: float
    calm_below_m_s: float
    hours: int = Field(description="of the period")
    used: int = Field(description="valid hours of wind")
    share: float = Field(description="used / hours")


class SectorMean(BaseModel):
    """What was measured with the wind from one sector."""

    mean: float | None
    hours: int


class PollutionRose(BaseModel):
    """Mean concentration by the sector the wind comes from."""

    from_: datetime = Field(alias="from")
    to: datetime
    zone: str
    station: RoseStation
    wind_station: RoseStation
    quantity: str
    unit: str
    sectors: list[Sector]
    values: list[SectorMean] = Field(description="by sector")
    calm: SectorMean
    calm_below_m_s: float
    hours: int
    used: int = Field(description="hours with valid wind and a valid value")
    share: float
