"""What people enter about emissions, as it is sent and as it is kept; masses in kg."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.free_text import Printable

Year = Annotated[int, Field(ge=2000, le=2100)]
Kg = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$"), Printable]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]


class Entry(BaseModel):
    """What every entry has."""

    model_config = ConfigDict(extra="forbid")
    park: Name | None = Field(None, description="the first one when left out")
    pollutant: Name
    document: Text = Field(description="where it is written")


class NewAllowance(Entry):
    """What an enterprise, or one of its outlets, may emit in a year (许可排放量)."""

    enterprise: Name
    station: Name | None = Field(None, description="null: the whole enterprise")
    year: Year
    kg: Kg
    permit: Text = Field(description="its number")
    valid_from: date
    valid_to: date = Field(description="last day")


class NewReduction(Entry):
    """What the park has to cut."""

    base_year: Year
    base_kg: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
    cut_percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    due_year: Year


class NewDeclared(Entry):
    """What an enterprise reports of a quarter or of a month."""

    enterprise: Name
    year: Year
    quarter: Annotated[int, Field(ge=1, le=4)] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    kg: Kg


class NewCalculated(Entry):
    """What is calculated of a month because nothing measures it."""

    enterprise: Name
    month: date = Field(description="its first day")
    source: Text = Field(description="what emits")
    kg: Kg
    method: Text = Field(description="how it was calculated")


class Kept(BaseModel):
    """Who entered it last."""

    id: int
    pollutant: str
    document: str
    changed_by: str
    changed_at: datetime


class Allowance(Kept):
    """A permit."""

    enterprise: str
    enterprise_zh: str
    station: str | None
    year: int
    kg: float
    permit: str
    valid_from: date
    valid_to: date


class Reduction(Kept):
    """An assigned cut."""

    park: str
    base_year: int
    base_kg: float
    cut_percent: float
    due_year: int


class DeclaredEmission(Kept):
    """A declaration."""

    enterprise: str
    enterprise_zh: str
    year: int
    quarter: int | None
    month: int | None
    kg: float


class CalculatedEmission(Kept):
    """A calculated amount."""

    enterprise: str
    enterprise_zh: str
    month: date
    source: str
    kg: float
    method: str
