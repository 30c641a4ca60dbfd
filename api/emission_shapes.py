"""What routes of emitted mass and of the park's water answer; masses in kg, shares and rates in percent."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.logger_shapes import PlaceRef
from api.shapes import EnterpriseRef


class EmissionPollutant(BaseModel):
    """A pollutant whose mass is added up."""

    code: str = Field(description="SO2 NOx PM VOC COD NH3-N TN TP")
    quantity: str
    medium: Literal["air", "water"]
    name_zh: str
    name_en: str


class ParkRef(BaseModel):
    """The park that is meant."""

    code: str
    name_zh: str
    name_en: str


class OutletRef(PlaceRef):
    """An outlet (排口)."""

    kind: str
    outlet_kind: str | None = Field(description="to_plant: flows to the park's plant (纳管)")


class EmissionMethod(BaseModel):
    """What one method of substitution stands for."""

    method: str
    standard: str
    verified: bool = Field(description="false: from memory of the standard, shown as reference")
    hours: int
    kg: float


class EmittedMass(BaseModel):
    """Mass by how it is known."""

    measured_kg: float
    substituted_kg: float
    calculated_kg: float
    total_kg: float
    to_plant_kg: float = Field(
        description="part of the total that flows to the park's plant, not out of the park"
    )
    measured_percent: float | None = Field(description="of the total; null: there is none")
    substituted_percent: float | None
    calculated_percent: float | None
    methods: list[EmissionMethod]
    missing_hours: int = Field(
        description="closed hours without a mass in which the plant did not stand still"
    )
    unsubstituted_hours: int = Field(description="of these, without a substitute")


class PermitBehind(BaseModel):
    """One permit behind an allowance."""

    station_id: int | None = Field(description="null: the whole enterprise")
    kg: float
    permit: str
    document: str
    valid_from: date
    valid_to: date = Field(description="last day")


class AllowanceUse(BaseModel):
    """How far what is permitted in a calendar year is used at the end of the period, since 1 January."""

    year: int
    kg: float
    used_kg: float
    used_percent: float | None = Field(description="null: nothing is permitted")
    left_kg: float
    kg_d: float | None = Field(
        description="mean of the last 30 whole days, of this year; of what is calculated by month, of the months that"
        " have a figure; null: data are short"
    )
    projected_kg: float | None = Field(description="at the end of the year, carried on with kg_d")
    uncalculated_months: list[str] = Field(
        description="2026-11: calculated by month and without a figure yet; forecasts have them at the mean of the others"
    )
    exhausted_on: date | None = Field(
        description="used up on that day, carried on with kg_d, or already (why: exhausted)"
    )
    why: Literal["exhausted", "not_this_year", "short", "no_emission"] | None = Field(
        description="exhausted: already; otherwise why there is no day. short: fewer than 7 whole days, or nothing stands"
        " for more than a quarter of their hours"
    )
    permits: list[PermitBehind]


class DeclaredBeside(BaseModel):
    """What the enterprise reported (排污许可执行报告) for periods within this one, beside ours over the same periods."""

    kg: float
    ours_kg: float
    difference_kg: float = Field(description="declared - ours")
    difference_percent: float | None = Field(description="of ours; null: we have none")
    periods: list[str] = Field(description="2026-Q3, 2026-10")


class Emission(EmittedMass):
    """One row: an outlet, an enterprise or the park, and a pollutant."""

    enterprise: EnterpriseRef | None
    outlet: OutletRef | None = Field(
        description="null with group=outlet: what is calculated of the enterprise"
    )
    pollutant: str
    allowance: AllowanceUse | None
    declared: DeclaredBeside | None


class ParkCut(BaseModel):
    """What leaves the park this year against an assigned cut: base_kg * (1 - cut_percent / 100) is left to emit."""

    pollutant: str
    base_year: int
    base_kg: float
    cut_percent: float
    due_year: int
    document: str
    target_kg: float
    closed: bool = Field(description="its year is past")
    year: int = Field(description="of used_kg: since 1 January")
    used_kg: float
    used_percent: float | None
    kg_d: float | None
    projected_kg: float | None
    uncalculated_months: list[str] = Field(description="see AllowanceUse")
    projected_cut_percent: float | None = Field(description="against the base year")


class EmissionPage(BaseModel):
    """Emitted mass of a period."""

    park: ParkRef
    from_: datetime = Field(alias="from")
    to: datetime
    group: Literal["outlet", "enterprise", "park"]
    substituted_until: datetime | None = Field(
        description="records made before it have their substitutes; null: none yet"
    )
    pollutants: list[EmissionPollutant]
    items: list[Emission]
    cuts: list[ParkCut] | None = Field(description="null: only part of the park is asked for or may be seen")


class EmissionBar(EmittedMass):
    """One step of a series."""

    start: datetime
    end: datetime
    running_kg: float = Field(description="total since 1 January of that year, at the end of the step")


class EmissionSeries(BaseModel):
    """Emitted mass step by step."""

    park: ParkRef
    from_: datetime = Field(alias="from")
    to: datetime
    period: Literal["hour", "day", "month", "year"]
    pollutant: EmissionPollutant
    enterprise: EnterpriseRef | None
    outlet: OutletRef | None
    allowance_kg: float | None = Field(
        description="of the enterprise or outlet, in the year the period ends in"
    )
    target_kg: float | None = Field(description="of the park: what the assigned cut of that year leaves")
    bars: list[EmissionBar]


class Substitute(BaseModel):
    """A missing hour of an emission sensor and what stands for it."""

    sensor_id: int
    station: str
    pollutant: str
    start: datetime
    end: datetime
    kg: float | None = Field(description="null: the rules have nothing for it")
    method: str | None
    standard: str | None
    verified: bool
    of_values: int | None = Field(
        description="valid hours (flue gas) or days (water) that the greatest was taken of"
    )
    capture_percent: float | None = Field(
        description="flue gas: valid hours over running hours of the quarter"
    )
    made_at: datetime


class WaterMeter(BaseModel):
    """A meter of a role of the water balance."""

    sensor_id: int
    station: str
    name_zh: str
    name_en: str
    quantity: str
    sign: int
    m3: float | None
    due_hours: int
    valid_hours: int
    valid_percent: float | None


class RoleVolume(BaseModel):
    """The water of one role."""

    role: Literal["produced", "collected", "treated", "reclaimed", "reused"]
    name_zh: str
    name_en: str
    m3: float | None
    valid_percent: float | None
    reason_zh: str | None = Field(description="why there is no volume")
    reason_en: str | None
    meters: list[WaterMeter]


class WaterRate(BaseModel):
    """A rate, with what it is made of; percent null is shown as "/" with the reason."""

    code: Literal["collection", "treatment", "reclamation", "reuse_of_reclaimed", "reuse_of_produced"]
    name_zh: str
    name_en: str
    numerator: str
    denominator: str
    numerator_m3: float | None
    denominator_m3: float | None
    percent: float | None
    reason_zh: str | None
    reason_en: str | None
    warning_zh: str | None = Field(description="the rate is outside 0-100 %, and shown as it is")
    warning_en: str | None


class WaterRates(BaseModel):
    """The water rates of a park over a period."""

    park: ParkRef
    from_: datetime = Field(alias="from")
    to: datetime
    rates: list[WaterRate]
    roles: list[RoleVolume]
