"""An enterprise goes dark with an alert open; what its gateway kept comes back with three bad minutes inside."""

from simulators.effects import Course, Effect
from simulators.play import Outage, Plot
from simulators.scenarios.stage import Stage, StageError

POINTS, BAD_MINUTES = 12, 3
_OPEN_S = 90  # how long the alert has been open when the gateway dies
_AFTER_S = 240
_PAST_S = 150.0  # older than every live window of fast points when they come back


def outage_and_backfill(stage: Stage) -> Plot:
    """Return 12 points of one enterprise that fall silent for ``outage_s`` and then send all they have kept."""
    stations, points = _gateway(stage)
    dies = stage.begins_s + _OPEN_S
    back = dies + stage.outage_s
    opened, worst = _cast(stage, points)
    effects: list[Effect] = []
    high = stage.between(opened)
    if high is not None:
        effects.append(Course(opened, ((float(stage.begins_s), high), (float(back + 60), high))))
    top = stage.beyond(worst)
    if top is not None:
        ends = min(dies + 0.3 * stage.outage_s + 60.0 * BAD_MINUTES, back - _PAST_S)
        begins = max(ends - 60.0 * BAD_MINUTES, dies + 10.0)
        effects.append(Course(worst, ((begins, top), (ends - 1.0, top))))
    words = f"{len(points)} points of {stage.park.stations[min(stations)].gateway} silent for {stage.outage_s // 60} min"
    outage = Outage(frozenset(stations), dies, back)
    lasts_s = back - stage.starts_s + _AFTER_S
    return Plot("outage_and_backfill", lasts_s, tuple(effects), (outage,), stage.weather, words)


def _cast(stage: Stage, points: list[int]) -> tuple[int, int]:
    """Return the point whose alert is open when the gateway dies, and the one that goes bad unseen."""
    ready = [p for p in points if stage.beyond(p) is not None]
    if len(ready) < 2:
        raise StageError("outage_and_backfill needs two points with limits H and HH on one gateway")
    gas = [p for p in ready if stage.park.points[p].kind == "gas"]
    worst = gas[-1] if gas else ready[-1]
    return next(p for p in ready if p != worst), worst


def _gateway(stage: Stage) -> tuple[list[str], list[int]]:
    """Choose stations of one enterprise with 12 points together, or the nearest to it that there is."""
    best: tuple[int, str, list[str]] | None = None
    for enterprise in stage.park.enterprises:
        sizes = {
            s.code: len(stage.park.of_station(s.code))
            for s in stage.park.stations.values()
            if s.gateway == enterprise and s.feed == "safety"
        }
        chosen, count = _pick(sizes)
        points = [p for code in chosen for p in stage.park.of_station(code)]
        if len([p for p in points if stage.beyond(p) is not None]) < 2:
            continue
        if best is None or (abs(count - POINTS), enterprise) < best[:2]:
            best = (abs(count - POINTS), enterprise, chosen)
    if best is None:
        raise StageError(
            "outage_and_backfill needs an enterprise with gas detectors or tanks that have H and HH"
        )
    return best[2], [p for code in best[2] for p in stage.park.of_station(code)]


def _pick(sizes: dict[str, int]) -> tuple[list[str], int]:
    """Return stations whose sizes sum to 12, or as near below as can be, and the sum."""
    reach: dict[int, list[str]] = {0: []}
    for code, size in sorted(sizes.items()):
        for total, codes in sorted(reach.items(), reverse=True):
            if total + size <= POINTS and total + size not in reach:
                reach[total + size] = [*codes, code]
    total = max(reach)
    return reach[total], total
