"""A tank is filled and nobody stops the pump."""

from simulators.effects import Course, Effect
from simulators.play import Plot
from simulators.scenarios.stage import Stage, StageError

_FILL_S = 300
_HOLD_S = 120
_DRAIN_S = 240


def tank_overfill(stage: Stage) -> Plot:
    """One level climbs past H and HH within minutes, the shut-off valve closes, the tank is drained."""
    tanks = [p for p in stage.park.where(kinds=["hazard"], quantities=["x_level"]) if "HH" in stage.stages(p)]
    if not tanks:
        raise StageError("tank_overfill needs a tank level with a limit HH; add one to the catalogue")
    tank = tanks[int(stage.chance("tank_overfill").integers(len(tanks)))]
    high = stage.stages(tank)["HH"]
    top = min(float(stage.park.span_high[tank]), high * 1.07)
    begins = float(stage.begins_s)
    full, drained = begins + _FILL_S, begins + _FILL_S + _HOLD_S + _DRAIN_S
    corners = ((begins, None), (full, top), (full + _HOLD_S, top), (drained, None))
    effects: list[Effect] = [Course(tank, corners)]
    gateway = stage.park.stations[stage.park.points[tank].station].gateway
    valves = [
        p
        for p in stage.park.where(quantities=["x_valve"])
        if stage.park.stations[stage.park.points[p].station].gateway == gateway
    ]
    if valves:
        valve = stage.nearest(tank, valves, 1)[0]
        effects.append(Course(valve, ((full, 0.0), (drained, 0.0))))
    words = f"{stage.park.points[tank].station} climbs to {top:.1f}"
    return Plot(
        "tank_overfill", int(drained - stage.starts_s) + 120, tuple(effects), (), stage.weather, words
    )
