"""Whether every limit of an hour or a day at an emission outlet has a rule that judges it; pure.

Only verified limits are enforced, so only they need one; a set-point is no law.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from alerts.fact import PERIODS, is_official
from alerts.limit_list import ListedLimit
from alerts.rules import Rule
from smartpark.places import OUTLET_KINDS

Outlet = tuple[str, str | None]  # kind of station and of outlet

_NO_EMISSION = frozenset({"plant_inlet", "park_boundary"})


def unjudged(
    limits: Iterable[ListedLimit], rules: Sequence[Rule], stations: Mapping[str, Outlet]
) -> Iterator[tuple[ListedLimit, Outlet]]:
    """Yield each verified limit of hour or day that no rule judges, with the first kind of outlet that shows it.

    Args:
        limits: as listed.
        rules: every rule that is loaded.
        stations: kind and outlet kind by station code; a station that is not in it is left to the catalogue's own check.

    """
    official = [rule for rule in rules if is_official(rule)]
    for limit in limits:
        if not limit.verified or limit.basis not in PERIODS or limit.kind == "setpoint":
            continue
        for outlet in outlets_of(limit, stations):
            if not any(_judges(rule, limit, outlet) for rule in official):
                yield limit, outlet
                break


def outlets_of(limit: ListedLimit, stations: Mapping[str, Outlet]) -> list[Outlet]:
    """Return the kinds of emission outlets that a limit holds at."""
    if limit.station is not None:
        known = [stations[limit.station]] if limit.station in stations else []
    else:
        known = [(kind, outlet) for kind, some in OUTLET_KINDS.items() for outlet in sorted(some)]
    return [
        (kind, outlet)
        for kind, outlet in known
        if kind in OUTLET_KINDS
        and outlet not in _NO_EMISSION
        and limit.station_kind in {None, kind}
        and limit.outlet_kind in {None, outlet}
    ]


def _judges(rule: Rule, limit: ListedLimit, outlet: Outlet) -> bool:
    kind, outlet_kind = outlet
    meant = rule.applies.matches(
        kind=kind,
        quantity=limit.quantity,
        form=limit.form,
        outlet_kind=outlet_kind,
        enterprise=limit.enterprise,
        station=limit.station or "",
    )
    parameters = rule.parameters
    return (
        meant
        and parameters["basis"] == limit.basis
        and limit.kind in parameters["limit_kinds"]
        and limit.stage in parameters["stages"]
    )
