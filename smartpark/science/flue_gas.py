"""Flue gas from what the analyser sees to what is judged and to what is paid for; HJ 212-2017 appendix D, HJ 75-2017.

Standard state is 273.15 K and 101.325 kPa, dry. The concentration at reference oxygen is for compliance only; the mass is
made of the dry concentration and the dry flow, both at standard state and not converted to any oxygen. Every function
takes numbers or arrays that broadcast and returns an array of the common shape; NaN goes through.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

STANDARD_KPA = 101.325
ZERO_C_K = 273.0  # as the equations of appendix D print it
AIR_OXYGEN_PCT = 21.0  # as the equation of the reference oxygen prints it
NO2_PER_NO = 46.0 / 30.0  # by mass, as printed


def nox_mg_m3(no_mg_m3: ArrayLike, no2_mg_m3: ArrayLike) -> Floats:
    """Return nitrogen oxides as NO2 [mg/m³] from NO and NO2 [mg/m³]: NO * 46/30 + NO2; HJ 212-2017 app. D."""
    return np.asarray(no_mg_m3, np.float64) * NO2_PER_NO + np.asarray(no2_mg_m3, np.float64)


def at_standard_state(
    actual: ArrayLike, temperature_c: ArrayLike, static_kpa: ArrayLike, atmosphere_kpa: ArrayLike
) -> Floats:
    """Return a concentration [mg/m³] measured in the hot duct at standard state [mg/m³]; HJ 212-2017 app. D.

    Temperature of the gas [°C], its static pressure over the atmosphere [kPa, often below 0] and the atmosphere [kPa].
    """
    return np.asarray(actual, np.float64) / _shrinking(temperature_c, static_kpa, atmosphere_kpa)


def dry(wet: ArrayLike, moisture_pct: ArrayLike) -> Floats:
    """Return a wet concentration in dry gas, in its unit, by the moisture [% by volume]; HJ 212-2017 app. D.

    Moisture outside 0 to below 100 % gives NaN.
    """
    moisture = np.asarray(moisture_pct, np.float64)
    share = np.where((moisture >= 0) & (moisture < 100), 1 - moisture / 100, np.nan)
    return np.asarray(wet, np.float64) / share


def at_reference_oxygen(dry_mg_m3: ArrayLike, oxygen_pct: ArrayLike, reference_pct: ArrayLike) -> Floats:
    """Return a dry concentration [mg/m³] at the reference oxygen [%]: C * (21 - reference) / (21 - measured).

    HJ 212-2017 app. D; the reference comes from the emission standard (a boiler 9 %, a power plant 6 %). Measured oxygen
    [% dry] of 21 and more, or below 0, has no answer: NaN, for a number as for an element of an array, never infinity.
    Close below 21 % the factor explodes: who calls says from where on a unit counts as not running.
    """
    oxygen = np.asarray(oxygen_pct, np.float64)
    left = np.where((oxygen >= 0) & (oxygen < AIR_OXYGEN_PCT), AIR_OXYGEN_PCT - oxygen, np.nan)
    reference = np.asarray(reference_pct, np.float64)
    return np.asarray(dry_mg_m3, np.float64) * (AIR_OXYGEN_PCT - reference) / left


def dry_flow_m3_h(
    wet_m3_h: ArrayLike,
    temperature_c: ArrayLike,
    static_kpa: ArrayLike,
    atmosphere_kpa: ArrayLike,
    moisture_pct: ArrayLike,
) -> Floats:
    """Return the dry flow at standard state [m³/h] from the wet flow in the duct [m³/h]; HJ 212-2017 app. D.

    Temperature [°C], static pressure over the atmosphere [kPa], atmosphere [kPa], moisture [% by volume]. Moisture
    outside 0 to 100 % gives NaN.
    """
    moisture = np.asarray(moisture_pct, np.float64)
    share = np.where((moisture >= 0) & (moisture <= 100), 1 - moisture / 100, np.nan)
    return np.asarray(wet_m3_h, np.float64) * _shrinking(temperature_c, static_kpa, atmosphere_kpa) * share


def rate_kg_h(dry_mg_m3: ArrayLike, dry_flow_m3_h: ArrayLike) -> Floats:
    """Return the emission rate [kg/h] = C * Q * 1e-6; HJ 212-2017 app. D eq. 33.

    C [mg/m³] and Q [m³/h] are dry and at standard state; C is not converted to the reference oxygen. A day is the plain
    sum of its hours: eq. 34 as printed multiplies by 1e-6 a second time, a misprint.
    """
    return np.asarray(dry_mg_m3, np.float64) * np.asarray(dry_flow_m3_h, np.float64) * 1e-6


def _shrinking(temperature_c: ArrayLike, static_kpa: ArrayLike, atmosphere_kpa: ArrayLike) -> Floats:
    """Return the volume at standard state over that in the duct; NaN where temperature or pressure cannot be."""
    kelvin = ZERO_C_K + np.asarray(temperature_c, np.float64)
    absolute_kpa = np.asarray(atmosphere_kpa, np.float64) + np.asarray(static_kpa, np.float64)
    possible = (kelvin > 0) & (absolute_kpa > 0)
    return np.where(possible, ZERO_C_K / np.where(possible, kelvin, 1) * absolute_kpa / STANDARD_KPA, np.nan)
