"""A catalogue that is wrong is refused with everything that is wrong with it, said at once."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smartpark.catalogue import exporter
from smartpark.catalogue.problems import CatalogueError
from smartpark.catalogue.reader import read

CASES = Path(__file__).parent / "catalogue_cases"
GOOD = CASES / "good"
BAD = sorted(case.name for case in CASES.iterdir() if (case / "expected.txt").exists())


@pytest.mark.parametrize("case", BAD)
def test_every_problem_is_said_with_its_file_and_line(case, tmp_path):
    # A case holds the files that differ from the good catalogue; one named "nothing" stands alone.
    if case != "nothing":
        shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
        shutil.copytree(CASES / case, tmp_path, dirs_exist_ok=True)
    with pytest.raises(CatalogueError) as refused:
        read(tmp_path)
    assert str(refused.value).splitlines() == (CASES / case / "expected.txt").read_text().splitlines()


def test_every_problem_says_what_to_write_instead():
    lines = [line for case in BAD for line in (CASES / case / "expected.txt").read_text().splitlines()]
    assert len(lines) > 60
    for line in lines:
        place, _, rest = line.partition(": ")
        assert place.rpartition(":")[2].isdigit(), line
        assert all(part.strip() for part in rest.partition("; ")), line


def test_a_folder_that_is_not_there_is_one_problem(tmp_path):
    with pytest.raises(CatalogueError, match="there is no such folder; name the folder that holds park"):
        read(tmp_path / "nowhere")


def test_the_good_catalogue_reads_as_it_is_meant():
    found = read(GOOD)
    sensors = {(s.station, s.quantity, s.form): s for s in found.sensors}
    assert found.park.code == "small"
    assert [z.grade for z in found.zones] == ["orange", None]
    # An enterprise without coordinates stands in the middle of its plot, and gives its zone to its stations.
    assert (found.enterprises[0].lat, found.enterprises[0].lon) == (39.45, 106.68)
    assert found.stations[0].zone == "z-1"
    assert found.stations[0].attributes == {"gas": "cl2"}
    assert found.stations[1].attributes == {"volume_m3": 100}
    assert sensors["gas-1", "a21022", ""].tag == "QT-1001"
    assert sensors["stack-1", "a21026", "Zs"].period_s == 60
    assert found.cameras[0].views == ("gas-1", "tank-1")
    assert [(one.mn, one.station, one.edition) for one in found.loggers] == [
        ("010000A8900016F000169DC0", "stack-1", 2017),
        ("JLYP01.AIR 01", "air-1", 2025),
    ]
    assert [one.minute_interval_min for one in found.loggers] == [1, 10]
    assert found.loggers[1].encryption_key == "3031323334353637383941424344454f"


def test_a_single_row_replaces_what_it_fills_in_of_a_template():
    sensors = {(s.station, s.quantity): s for s in read(GOOD).sensors}
    pressure = sensors["tank-1", "x_pressure"]
    assert (pressure.tag, pressure.period_s, pressure.span_high, pressure.unit) == (
        "PT-1002",
        10,
        2.5,
        "4-20mA",
    )
    assert pressure.factor * 4 + pressure.shift == 0
    assert pressure.factor * 20 + pressure.shift == pytest.approx(2.5)


def test_units_of_the_sender_become_those_of_the_registry():
    sensors = {(s.station, s.quantity): s for s in read(GOOD).sensors}
    assert sensors["air-1", "a34004"].factor == 1000
    # Sulfur dioxide: 64.064 g/mol over 24.465 L/mol.
    assert sensors["air-1", "a21026"].factor == pytest.approx(2.6186e-3, rel=1e-4)


def test_a_sensor_is_due_since_its_own_instant_or_that_of_the_park_or_never():
    sensors = {(s.station, s.quantity): s for s in read(GOOD).sensors}
    assert sensors["air-1", "a34004"].due_since == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert sensors["air-1", "a21026"].due_since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert sensors["gas-1", "a21022"].due_since is None


def test_a_wrong_key_is_not_shown_to_whoever_reads_the_problems(tmp_path):
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    (tmp_path / "loggers.csv").write_text(f"mn,key\nMN1,{'5ec2e7' * 5}5\n")
    with pytest.raises(CatalogueError) as refused:
        read(tmp_path)
    assert "key is no SM4 key (31 characters); write 32 hexadecimal digits" in str(refused.value)
    assert "5ec2e7" not in str(refused.value)


def test_what_is_written_reads_back_the_same(tmp_path):
    found = read(GOOD)
    exporter.write(found, tmp_path)
    assert read(tmp_path) == found


def test_difficult_texts_survive_writing_and_reading(tmp_path):
    found = read(GOOD)
    station = replace(
        found.stations[0],
        name_zh='带"引号", 逗号',
        name_en="# no comment",
        attributes={"note": "a; b=c", "list": [1, 2], "whole": 3, "part": 2.5},
    )
    odd = replace(found, stations=(station, *found.stations[1:]))
    exporter.write(odd, tmp_path)
    assert read(tmp_path) == odd
