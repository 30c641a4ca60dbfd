"""Which station a request means, of those its reader may see: what is written is never written to one that was guessed."""

from typing import Any

from api.problems import InputProblem, not_found
from smartpark import db, queries

_Q = queries.load("api", "places.sql")


def meant(conn: db.DictConnection, said: str) -> dict[str, Any]:
    """Return the id and code of the station in use that ``said`` names: its number, code, or park/code.

    Raises:
        Problem: 404, there is none, or not for this reader to see; 422, it may be one of several.

    """
    found = conn.execute(_Q.stations_meant, {"station": said}).fetchall()
    if not found:
        raise not_found(f"站点 {said}", f"station {said}")
    if len(found) > 1:
        names = [row["name"] for row in found]
        raise InputProblem(
            "body.station",
            f"{said} 可指多个站点; 请写 {' 或 '.join(names)}",
            f"{said} may be one of several stations; write {' or '.join(names)}",
        )
    return found[0]
