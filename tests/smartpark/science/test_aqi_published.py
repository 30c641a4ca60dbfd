"""The real-time AQI equals what the national centre published; its hours lie beside the project as ../shared/data/aqi."""

import csv
from pathlib import Path

import pytest

from smartpark.science.aqi import Edition, hourly
from smartpark.science.tables import rows

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "aqi"
COLUMN = {"SO2": "so2", "NO2": "no2", "CO": "co", "O3": "o3", "PM10": "pm10", "PM2.5": "pm2_5"}
NAME = {
    "二氧化硫": "SO2",
    "二氧化氮": "NO2",
    "一氧化碳": "CO",
    "臭氧1小时": "O3",
    "颗粒物(PM10)": "PM10",
    "细颗粒物(PM2.5)": "PM2.5",
}


def read(name: str, delimiter: str) -> list[dict[str, str]]:
    if not (FOLDER / name).exists():
        pytest.skip("the published hours lie beside the project")
    return list(csv.DictReader((FOLDER / name).read_text("utf-8").splitlines(), delimiter=delimiter))


def test_every_station_has_the_published_index_level_and_primary_pollutants():
    stations = read("cnemc_20160114T00.csv", ",")
    different = []
    for station in stations:
        means = {pollutant: station[column] or None for pollutant, column in COLUMN.items()}
        got = hourly(Edition.HJ_633_2012, means, sulfur_dioxide_day=station["so2_24h"] or None)
        published = (
            int(station["aqi"]) if station["aqi"] else None,
            station["quality"] or None,
            tuple(NAME[name] for name in station["primarypollutant"].split(",") if name),
        )
        if (got.aqi, got.level and got.level.name_zh, got.primary) != published:
            different.append((station["stationcode"], published, got))
    assert len(stations) == 1497
    assert different == []


@pytest.mark.parametrize(
    ("name", "edition"), [("hj633_2012_table1.tsv", "HJ 633-2012"), ("hj633_2026_table3.tsv", "HJ 633-2026")]
)
def test_our_breakpoints_are_those_of_the_transcript(name, edition):
    theirs = {
        (*column.replace("24h", "day").split("_"), int(row["IAQI"]), int(row[column]))
        for row in read(name, "\t")
        for column in row
        if column != "IAQI" and row[column].isdigit()
    }
    ours = {
        (row["pollutant"], row["average"], int(row["iaqi"]), int(row["concentration"]))
        for row in rows("iaqi.csv")
        if row["edition"] == edition
    }
    assert ours == theirs
