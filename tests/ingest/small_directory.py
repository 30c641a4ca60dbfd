"""The park of ``tests.ingest.park`` as a directory, without a database."""

from ingest.directory import Directory, SensorRow, StationRow, UnitRow, build
from tests.ingest.park import GAS, MOBILE, PARK, VOC

LEL, NMHC, TEMPERATURE, NOX_DRY, MOBILE_NMHC = range(1, 6)  # sensor ids


def directory(units: list[UnitRow] | None = None) -> Directory:
    """Return gas station g1, outlet v1 and mobile station m1; v1's ``a24088`` is also known as ``25``."""
    stations = [
        StationRow(11, PARK, GAS, "gas", "safety", "safety"),
        StationRow(12, PARK, VOC, "voc", "rest", "emission"),
        StationRow(13, PARK, MOBILE, "mobile", "rest", "ambient"),
    ]
    sensors = [
        SensorRow(LEL, 11, "x_lel", "", [], 1.0, 0.0, 0.0, 100.0, 0.0, 200.0),
        SensorRow(NMHC, 12, "a24088", "", ["25"], 1.0, 0.0, 0.0, 1000.0, -5.0, 5000.0),
        SensorRow(TEMPERATURE, 12, "a01001", "", [], 1.0, 0.0, None, None, -60.0, 70.0),
        SensorRow(NOX_DRY, 12, "a21026", "Zs", [], 1.0, 0.0, None, None, None, None),
        SensorRow(MOBILE_NMHC, 13, "a24088", "", [], 1.0, 0.0, None, None, -5.0, 5000.0),
    ]
    return build({PARK: 1}, stations, sensors, units or [])
