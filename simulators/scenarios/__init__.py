"""The plots by name: each takes the park, the wind, its set-points and a start, and says what happens.

A plot is found in the park at hand, never by fixed names, so that it plays in any catalogue.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from simulators.play import Plot
from simulators.scenarios import leaks, outage, quiet, storm, tank
from simulators.scenarios.stage import Stage, StageError

SCENARIOS: Mapping[str, Callable[[Stage], Plot]] = MappingProxyType(
    {
        "quiet_day": quiet.quiet_day,
        "solvent_leak": leaks.solvent_leak,
        "chlorine_release": leaks.chlorine_release,
        "tank_overfill": tank.tank_overfill,
        "sensor_storm": storm.sensor_storm,
        "outage_and_backfill": outage.outage_and_backfill,
    }
)

__all__ = ["SCENARIOS", "Stage", "StageError", "plot"]


def plot(name: str, stage: Stage) -> Plot:
    """Return what a scenario makes of a stage.

    Raises:
        StageError: no scenario has that name, or the park lacks what it needs.

    """
    if name not in SCENARIOS:
        raise StageError(f"no scenario is called {name!r}; write one of {', '.join(SCENARIOS)}")
    return SCENARIOS[name](stage)
