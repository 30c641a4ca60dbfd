"""Where things stand: coordinates inside the park, inside the plot or zone they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smartpark.catalogue import geometry, plan
from smartpark.catalogue.fields import Fields
from smartpark.catalogue.plan import Around, Plan
from smartpark.catalogue.problems import Problems, choose
from smartpark.places import Enterprise, Json, Zone

DEFAULT_RADIUS_KM = 10.0
DEFAULT_TOLERANCE_M = 30.0


@dataclass(frozen=True, slots=True)
class Ground:
    """The circle around the park, its plan, and how far outside its plot a thing may stand [m]."""

    around: Around | None
    plan: Plan
    tolerance_m: float

    @classmethod
    def of(cls, park: Fields, folder: Path, problems: Problems) -> "Ground":
        """Read the plan and the bounds that park.yaml states."""
        lat, lon = park.number("lat"), park.number("lon")
        radius_km, tolerance_m = park.number("radius_km"), park.number("plot_tolerance_m")
        around = None
        if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180:
            around = Around(lat, lon, DEFAULT_RADIUS_KM if radius_km is None else radius_km)
        return cls(
            around,
            plan.read(folder / plan.FILE, around, problems),
            DEFAULT_TOLERANCE_M if tolerance_m is None else tolerance_m,
        )

    def position(self, fields: Fields) -> tuple[float, float]:
        """Return latitude and longitude [deg]; what is missing or outside the park is noted."""
        lat, lon = fields.number("lat"), fields.number("lon")
        for name in ("lat", "lon"):
            if fields.raw(name) is None:
                fields.wrong(name, f"{name} is missing", "write decimal degrees WGS-84, for example 39.45012")
        if lat is None or lon is None:
            return 0.0, 0.0
        if self.around is None:
            if abs(lat) > 90 or abs(lon) > 180:
                fields.wrong(
                    "lat",
                    f"position {lat:.5f}, {lon:.5f} is not on earth",
                    "write lat -90..90, lon -180..180",
                )
        elif not self.around.holds(lat, lon):
            if self.around.holds(lon, lat):
                what, instead = "latitude and longitude look swapped", f"write lat {lon:.5f}, lon {lat:.5f}"
            else:
                what = f"position {lat:.5f}, {lon:.5f} is outside the park"
                instead = (
                    f"write a place within {self.around.radius_km:g} km of its centre, or a larger radius_km"
                )
            fields.wrong("lat", what, instead)
        return lat, lon

    def inside(self, fields: Fields, area: Json | None, name: str, at: tuple[float, float]) -> None:
        """Note a place [deg] that is outside its area."""
        if area is None or self.around is None or not self.around.holds(*at):
            return
        away_m = geometry.outside_m(area, *at)
        if away_m > self.tolerance_m:
            fields.wrong(
                "lat",
                f"position {at[0]:.5f}, {at[1]:.5f} is {away_m:.0f} m outside {name}",
                f"write a place inside it (tolerance {self.tolerance_m:g} m), or mend {plan.FILE}",
            )

    def place(self, fields: Fields, enterprise: Enterprise | None, zone: Zone | None) -> tuple[float, float]:
        """Return the position [deg] of a thing, checked against its enterprise's plot, else its zone."""
        at = self.position(fields)
        if enterprise is not None and enterprise.plot is not None:
            self.inside(fields, enterprise.plot, f"plot {enterprise.code}", at)
        elif zone is not None:
            self.inside(fields, zone.geometry, f"zone {zone.code}", at)
        return at

    def check_owners(
        self, zones: Mapping[str, Zone], enterprises: Mapping[str, Enterprise], problems: Problems
    ) -> None:
        """Note plots and zones of the plan that nothing owns."""
        for (kind, code), line in self.plan.lines.items():
            known, file = {"plot": (enterprises, "enterprises.csv"), "zone": (zones, "zones.yaml")}.get(
                kind, ({code: None}, "")
            )
            unread = not known and any(problem.file == file for problem in problems.found)
            if code not in known and not unread:
                problems.add(
                    plan.FILE,
                    line,
                    f"{kind} {code!r} is not in {file}",
                    choose(code, known, f"add it to {file}"),
                )
