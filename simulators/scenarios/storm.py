"""A power dip: hundreds of points cross their limit within half a minute, and two of them matter."""

from simulators.effects import Step
from simulators.play import Plot
from simulators.scenarios.stage import Stage, StageError

POINTS, WITHIN_S, TOXIC = 380, 30, 2
_LASTS_S = 180
_STATES = {"x_bypass": 1.0, "x_interlock": 0.0, "x_valve": 0.0}


def sensor_storm(stage: Stage) -> Plot:
    """Return up to 380 points past H (or tripped) in 30 s, two toxic gas detectors past HH among them."""
    chance = stage.chance("sensor_storm")
    gas = stage.park.where(kinds=["gas"])
    toxic = [p for p in gas if stage.park.points[p].quantity.startswith("a") and stage.beyond(p) is not None]
    if len(toxic) < TOXIC:
        raise StageError(
            "sensor_storm needs two toxic gas detectors with a limit HH; add them to the catalogue"
        )
    worst = [int(p) for p in chance.choice(toxic, TOXIC, replace=False)]
    values = {p: float(stage.beyond(p) or 0.0) for p in worst}
    # what a power dip moves first: tanks and interlocks, then combustible gas, then the rest
    ranked = sorted(range(len(stage.park.points)), key=lambda p: (_rank(stage, p), float(chance.random())))
    for point in ranked:
        if len(values) >= POINTS:
            break
        value = _STATES.get(stage.park.points[point].quantity, stage.between(point))
        if value is not None and point not in values:
            values[point] = value
    begins = stage.begins_s
    starts = {p: begins + float(chance.uniform(0, WITHIN_S - 5)) for p in values}
    plot_end = begins + _LASTS_S
    words = f"{len(values)} points in {WITHIN_S} s, {TOXIC} toxic past HH"
    step = Step(values, starts, float(plot_end))
    return Plot("sensor_storm", plot_end - stage.starts_s + 120, (step,), (), stage.weather, words)


def _rank(stage: Stage, point: int) -> int:
    kind = stage.park.points[point].kind
    return {"hazard": 0, "process": 1, "gas": 2, "voc": 3}.get(kind, 4)
