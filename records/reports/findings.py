"""What was found about the data of a report: exceedances, rates, gaps, and what people did; pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Exceedance:
    """A record above its limit (below it where ``stage`` is L)."""

    enterprise: str
    outlet_code: str
    outlet: str
    quantity: str
    pollutant: str
    converted: bool  # the value at reference oxygen
    basis: str
    stage: str
    start: datetime
    end: datetime
    value: float
    limit: float
    unit: str
    decimals: int
    standard: str
    clause: str
    kind: str
    factor: float | None
    late: bool


@dataclass(frozen=True, slots=True)
class Compliance:
    """How many judgeable records of a pollutant were held against a limit, and how many were past it."""

    enterprise: str
    outlet: str
    pollutant: str
    basis: str
    judged: int
    over: int

    @property
    def share(self) -> float | None:
        """Return the share that complied [%]; None: nothing was judged."""
        return 100 * (self.judged - self.over) / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Rate:
    """Transmission and validity of one outlet [%]; hours of points. None: nothing was due, or nothing came."""

    enterprise: str
    outlet: str
    due: int
    received: int
    valid: int
    excluded: int
    transmission: float | None
    validity: float | None
    effective: float | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Missing:
    """Hours in a row in which data of an outlet are missing, by one cause."""

    enterprise: str
    outlet: str
    start: datetime
    end: datetime
    hours: int
    minutes: int
    cause: str
    resolved: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did to the data: a mark or a correction."""

    number: int
    enterprise: str
    outlet: str
    point: str
    what: str
    start: datetime
    end: datetime
    reason: str
    by: str
    at: datetime
    state: str
    decided_by: str
    proof: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A record that was made anew, before and after."""

    enterprise: str
    outlet: str
    pollutant: str
    period: str
    start: datetime
    end: datetime
    number: int
    before: float | None
    after: float | None
    before_status: str
    after_status: str
    unit: str
    decimals: int
    cause: str
    at: datetime
    after_sealing: bool
