"""A park of a few stations for the tests of this folder, without a catalogue."""

from simulators.park import PARK_GATEWAY, Park, Point, Station

KINDS = {
    "gas-e01-001": ("gas", "e01", [("x_lel", "", 5, (0.0, 100.0), None)]),
    "gas-e01-002": ("gas", "e01", [("a21022", "", 5, (0.0, 3.0), None)]),
    "gas-e01-003": ("gas", "e01", [("a21022", "", 5, (0.0, 3.0), None)]),
    "gas-e01-004": ("gas", "e01", [("a21022", "", 5, (0.0, 3.0), None)]),
    "gas-e02-001": ("gas", "e02", [("x_lel", "", 5, (0.0, 100.0), None)]),
    "gas-e02-002": ("gas", "e02", [("a25003", "", 5, (0.0, 150.0), None)]),
    "gas-e02-003": ("gas", "e02", [("x_lel", "", 5, (0.0, 100.0), None)]),
    "tank-e02-1": (
        "hazard",
        "e02",
        [
            ("x_level", "", 10, (0.0, 100.0), 62.0),
            ("x_pressure", "", 10, (0.0, 2.5), 0.8),
            ("x_temp", "", 10, (-20.0, 100.0), 22.0),
        ],
    ),
    "sis-m1": (
        "process",
        "e02",
        [
            ("x_interlock", "", 60, (0.0, 1.0), None),
            ("x_bypass", "", 60, (0.0, 1.0), None),
            ("x_valve", "", 60, (0.0, 2.0), None),
        ],
    ),
    "voc-01": (
        "voc",
        PARK_GATEWAY,
        [("a24088", "", 60, (0.0, 100.0), None), ("a25003", "", 60, (0.0, 50.0), None)],
    ),
    "voc-e02": ("voc", "e02", [("a24088", "", 60, (0.0, 200.0), None)]),
    "air-1": (
        "air",
        PARK_GATEWAY,
        [(q, "", 60, None, None) for q in ("a34004", "a34002", "a21026", "a21004", "a21005", "a05024")]
        + [(q, "", 60, None, None) for q in ("a01001", "a01002", "a01006", "a01007", "a01008")],
    ),
    "stack-e01-1": (
        "stack",
        "e01",
        [
            ("a21026", "", 60, (0.0, 200.0), None),
            ("a21026", "Zs", 60, (0.0, 200.0), None),
            ("a21002", "", 60, (0.0, 300.0), None),
            ("a21002", "Zs", 60, (0.0, 300.0), None),
            ("a34013", "", 60, (0.0, 50.0), None),
            ("a34013", "Zs", 60, (0.0, 50.0), None),
            ("a19001", "", 60, (0.0, 25.0), None),
            ("a00000", "", 60, None, None),
            ("a01012", "", 60, None, None),
        ],
    ),
    "ww-e01": (
        "wastewater",
        "e01",
        [
            ("w01018", "", 60, (0.0, 500.0), None),
            ("w21003", "", 60, (0.0, 50.0), None),
            ("w01001", "", 60, (0.0, 14.0), None),
            ("w00000", "", 60, None, None),
            ("w00001", "", 60, None, None),
        ],
    ),
    "pow-e01": ("energy", "e01", [("x_power", "", 60, None, None), ("x_energy", "", 60, None, None)]),
}


def small_park(code: str = "tiny") -> Park:
    """Return a park of two enterprises and the park's own stations, 30-60 m apart downwind of each other."""
    stations, points = {}, []
    for n, (name, (kind, gateway, sensors)) in enumerate(KINDS.items()):
        outlet = "park_boundary" if name == "voc-01" else "in_plant" if kind == "voc" else ""
        stations[name] = Station(
            name, kind, gateway, "safety" if kind in {"gas", "hazard", "process"} else "rest",
            39.45 + 0.0003 * (n % 7), 106.68 + 0.0006 * (n % 3), outlet_kind=outlet,
        )  # fmt: skip
        points += [
            Point(
                name, kind, q, form, period_s, 3, span, reference_o2_pct=6.0 if form else None, normal=normal
            )
            for q, form, period_s, span, normal in sensors
        ]
    return Park(code, 8 * 3600, 39.45, 106.68, stations, tuple(points), ("e01", "e02"), ("z1",))
