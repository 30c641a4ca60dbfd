"""The air stations as an answer shows them: each by itself, then their mean."""

from collections.abc import Sequence
from typing import Any

from api.problems import not_found
from records.air import network as air
from records.air.indices import Place
from records.air.network import Network, Station
from smartpark import db


def network(conn: db.DictConnection, park: str | None, station: str | None) -> Network:
    """Return the air stations of a park, by default of the first, or one of them.

    Raises:
        Problem: 404, the reader may see none.

    """
    found = air.network(conn, park, station)
    if found is None:
        raise not_found("此空气站", "such air station")
    return found


def places(net: Network) -> list[tuple[dict[str, Any], Place]]:
    """Return each station as it is shown, then the mean of the park's own where there is more than one."""
    found = [
        (_shown("station", one.id, one.code, one.name_zh, one.name_en, [one]), one.place)
        for one in net.stations
    ]
    own = [one for one in net.stations if one.of_park]
    if len(own) > 1:
        left_out = frozenset.intersection(*(one.place.not_monitored for one in own))
        first = min(one.place.since for one in own)
        ends = [one.place.until for one in own]
        last = None if None in ends else max(filter(None, ends))
        mean = Place(tuple(one.id for one in own), first, left_out, last)
        found.append((_shown("park", None, net.park, "园区平均", "Mean of the park", own), mean))
    return found


def _shown(  # noqa: PLR0917 - the members of a place
    kind: str, number: int | None, code: str, zh: str, en: str, behind: Sequence[Station]
) -> dict[str, Any]:
    left_out = frozenset.intersection(*(one.place.not_monitored for one in behind))
    return {
        "kind": kind,
        "id": number,
        "code": code,
        "name_zh": zh,
        "name_en": en,
        "stations": [one.code for one in behind],
        "not_monitored": sorted(left_out),
    }
