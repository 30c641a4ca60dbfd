"""Which function draws which point: by its kind of station and its quantity."""

from collections.abc import Mapping
from types import MappingProxyType

from simulators.park import Point

OXYGEN = "a19001"

# family: field of the air, local difference, factor to the registry's unit
WEATHER: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "temperature": ("temperature_c", 0.6, 1.0),
        "humidity": ("humidity_pct", 2.0, 1.0),
        "barometer": ("pressure_hpa", 0.06, 0.1),
        "wind speed": ("wind_speed_m_s", 0.15, 1.0),
        "wind direction": ("wind_from_deg", 4.0, 1.0),
        "sun": ("sun_w_m2", 6.0, 1.0),
        "rainfall": ("rain_mm_h", 0.0, 1.0),
    }
)
_WEATHER_CODES = {
    "a01001": "temperature",
    "a01002": "humidity",
    "a01006": "barometer",
    "a01007": "wind speed",
    "a01008": "wind direction",
    "x_solar": "sun",
    "x_rain": "rainfall",
}
_STATES = {
    "x_interlock": "run",
    "x_valve": "run",
    "x_online": "run",
    "x_running": "run",
    "x_bypass": "rest",
    "x_gate": "rest",
}
_TANK = {"x_level": "level", "x_pressure": "pressure", "x_temp": "warmth"}
# quantity: (family, stream shared by a rate and its register, typical size per hour)
_METERS = {
    "x_power": ("rate", "power", 3200.0),
    "x_energy": ("register", "power", 3200.0),
    "x_steam": ("rate", "steam", 28.0),
    "x_steam_total": ("register", "steam", 28.0),
    "x_gas": ("rate", "fuel gas", 900.0),
    "x_gas_total": ("register", "fuel gas", 900.0),
    "x_water": ("rate", "intake", 75.0),
    "x_water_total": ("register", "intake", 75.0),
    "x_coal_total": ("register", "coal", 22.0),
    "x_heat_total": ("register", "heat", 60.0),
    "w00000": ("rate", "outflow", 18.0),
    "w00001": ("register", "outflow", 18.0 * 3.6),  # L/s to m3/h
}


def family(point: Point) -> str:
    """Return the name of the function that draws a point."""
    quantity = point.quantity
    if point.kind == "rain" and quantity == "w00000":
        return "runoff"
    if quantity in _STATES:
        return _STATES[quantity]
    if quantity in _METERS:
        return _METERS[quantity][0]
    if quantity in _TANK:
        return _TANK[quantity]
    if point.kind == "gas" and quantity != OXYGEN:
        return "gas"
    if point.kind == "stack":
        return _flue(point)
    if quantity in _WEATHER_CODES:
        return _WEATHER_CODES[quantity]
    return "ozone" if quantity == "a05024" else "cycle"


def stream(point: Point) -> str:
    """Return the name under which a point draws its chance; a rate and its register share one."""
    return _METERS[point.quantity][1] if point.quantity in _METERS else point.quantity


def meter_size(point: Point) -> float:
    """Return the typical size of a meter whose plant says nothing [unit of its register per hour]; 1 where there is none."""
    return _METERS[point.quantity][2] if point.quantity in _METERS else 1.0


def is_held(point: Point) -> bool:
    """Return whether a controller holds a concentration of flue gas at what the plant calls usual."""
    return family(point).startswith("held")


def usual(point: Point) -> float:
    """Return what a plant calls usual for a point, or a third of its span."""
    if point.normal is not None:
        return point.normal
    low, high = point.span or (0.0, 1.0)
    return low + (0.55 if point.quantity == "x_level" else 0.35) * (high - low)


def _flue(point: Point) -> str:
    if point.quantity == OXYGEN:
        return "oxygen"
    if point.quantity == "a00000":
        return "flow"
    if point.form:
        return "converted" if point.normal is None else "held converted"
    if point.normal is not None:
        return "held"
    return "stack" if point.quantity.startswith("a2") or point.quantity == "a34013" else "cycle"
