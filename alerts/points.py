"""A point is a sensor with all that judging needs to know of it: what it measures, where it stands, whose it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US = 1_000_000
LEAST_LIVE_S = 120
LIVE_PERIODS = 3


def microseconds(at: datetime) -> int:
    """Return an instant as microseconds since 1970-01-01T00:00Z, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)


def instant(time_us: int) -> datetime:
    """Return microseconds since 1970-01-01T00:00Z as an instant in UTC."""
    return EPOCH + timedelta(microseconds=int(time_us))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A sensor of the access list; instants are aware, values in the registry's unit."""

    sensor_id: int
    quantity: str
    form: str = ""
    quantity_zh: str
    quantity_en: str
    unit: str
    decimals: int = 2
    period_s: int = 60
    span_low: float | None = None
    span_high: float | None = None
    due_since: datetime | None = None
    due_until: datetime | None = None
    station_id: int
    station: str  # code
    station_kind: str
    stream_class: str
    outlet_kind: str | None = None
    station_zh: str
    station_en: str
    region: str | None = None  # 'special': special emission limits apply
    enterprise_id: int | None = None
    enterprise: str | None = None  # code
    enterprise_zh: str | None = None
    enterprise_en: str | None = None
    park_id: int = 1
    timezone: str = "Asia/Shanghai"

    @property
    def live_window_us(self) -> int:
        """How old a reading may be on receipt and still be live [us]."""
        return max(LEAST_LIVE_S, LIVE_PERIODS * self.period_s) * SECOND_US

    def local(self, time_us: int) -> datetime:
        """Return an instant in the park's time zone; in UTC at the calendar's very ends, which a wrong clock says."""
        at = instant(time_us)
        try:
            return at.astimezone(ZoneInfo(self.timezone))
        except OverflowError:
            return at


@dataclass(frozen=True, slots=True)
class Window:
    """Filed maintenance, calibration, bypass or shutdown of a station or one of its sensors; end excluded."""

    station_id: int
    sensor_id: int | None
    kind: str
    starts_us: int
    ends_us: int

    def covers(self, point: Point, time_us: int) -> bool:
        """Return whether the point is under this window at an instant."""
        return (
            self.station_id == point.station_id
            and self.sensor_id in {None, point.sensor_id}
            and self.starts_us <= time_us < self.ends_us
        )


@dataclass(frozen=True, slots=True)
class Drill:
    """A declared exercise of a park or one station; end excluded."""

    park_id: int
    station_id: int | None
    starts_us: int
    ends_us: int

    def covers(self, park_id: int, station_id: int | None, time_us: int) -> bool:
        """Return whether what happens there at an instant belongs to the exercise."""
        return (
            self.park_id == park_id
            and self.station_id in {None, station_id}
            and self.starts_us <= time_us < self.ends_us
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What ingest found besides readings: a quarantined safety value, or a condition of the platform."""

    kind: str  # bad_clock ledger broker_dropped feed_down offline ...
    sensor_id: int | None = None
    station_id: int | None = None
    value: float | None = None
    time_us: int | None = None
    detail: str = ""
    active: bool = True
