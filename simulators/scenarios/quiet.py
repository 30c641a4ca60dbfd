"""Nothing happens; nothing may sound."""

from simulators.play import Plot
from simulators.scenarios.stage import Stage


def quiet_day(stage: Stage) -> Plot:
    """Return an ordinary day without any release, outage or trip."""
    return Plot("quiet_day", 24 * 3600, weather=stage.weather, words="nothing happens, nothing may sound")
