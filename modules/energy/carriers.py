"""Carriers: which quantity is the rate, which the counter, and in which unit a park reads them."""

from dataclasses import dataclass

from modules.frame import Words


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier; ``scale`` turns the registry's units into those that are shown."""

    code: str
    name: Words
    rate: str  # quantity
    rate_unit: str
    counter: str  # quantity
    amount_unit: str
    scale: float
    rate_label: Words
    amount_label: Words


CARRIERS = (
    Carrier(
        "electricity", ("电力", "Electricity"), "x_power", "MW", "x_energy", "MWh", 1e-3,
        ("当前用电负荷", "Electric load now"), ("今日用电量", "Electricity today"),
    ),
    Carrier(
        "steam", ("蒸汽", "Steam"), "x_steam", "t/h", "x_steam_total", "t", 1.0,
        ("当前用汽流量", "Steam flow now"), ("今日用汽量", "Steam today"),
    ),
    Carrier(
        "gas", ("天然气", "Natural gas"), "x_gas", "m³/h", "x_gas_total", "m³", 1.0,
        ("当前用气流量", "Gas flow now"), ("今日用气量", "Gas today"),
    ),
    Carrier(
        "water", ("取水", "Intake water"), "x_water", "m³/h", "x_water_total", "m³", 1.0,
        ("当前取水流量", "Water intake now"), ("今日取水量", "Water today"),
    ),
)  # fmt: skip
