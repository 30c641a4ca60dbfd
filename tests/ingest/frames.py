"""A gateway's decoder without a database, and whether what it made of frames balances."""

from collections import Counter

from ingest.check import Bounds, check
from ingest.decode import Decoder
from ingest.directory import LoggerRow, build
from ingest.reported_check import check_reported
from tests.ingest.small_directory import PARK, SensorRow, StationRow

MN = "A" * 24
NOW_US = 1_795_651_200_000_000  # 2026-11-26 08:00 +08:00
BOUNDS = Bounds(600_000_000, 90)


def decoder(key: bytes | None = None) -> Decoder:
    stations = [StationRow(21, PARK, "s1", "stack", "gateway", "emission")]
    sensors = [
        SensorRow(1, 21, "a21026", "", [], 1000.0, 0.0, None, None, None, None),
        SensorRow(2, 21, "a21026", "Zs", [], 1.0, 0.0, None, None, None, None),
        SensorRow(3, 21, "a34013", "", [], 1.0, 0.0, 0.0, 100.0, -1.0, 1e6),
    ]
    loggers = [LoggerRow(MN, PARK, "s1", "123456", key, 10, admitted=True, zone="Asia/Shanghai")]
    return Decoder(build({PARK: 1}, stations, sensors, [], loggers), "gateway")


def balance(batch) -> tuple[int, int]:
    """What was counted as received, and what became of it."""
    checked, reported = check(batch, BOUNDS), check_reported(batch, BOUNDS)
    refused = Counter[str]()
    for refusal in [*checked.refusals, *(r for r in reported.refusals if r not in checked.refusals)]:
        refused[refusal.reason] += refusal.items
    kept = len(checked.readings) + len(reported.kept) + len(reported.reports)
    return sum(items for _, _, items in batch.counted), kept + refused.total()
