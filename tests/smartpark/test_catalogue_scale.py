"""A unit that is a thousand times wrong is seen, in what is written and in what is sent; nothing is changed by it."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from smartpark import units
from smartpark.catalogue import exporter
from smartpark.catalogue.reader import read
from smartpark.catalogue.scale import Sent, sent_doubts, span_doubts, typical
from smartpark.catalogue.sent import last_day
from smartpark.catalogue.store import store
from smartpark.places import KINDS, Catalogue, Logger, Sensor
from smartpark.quantities import registry
from tests.smartpark.test_catalogue_command import catalogue as command

DEMO = Path(__file__).resolve().parents[2] / "parks" / "demo"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo() -> Catalogue:
    return read(DEMO)


def one(demo: Catalogue, kind: str, quantity: str, span_high: float | None, unit: str) -> Catalogue:
    """The park with one sensor of that kind."""
    station = next(s for s in demo.stations if s.kind == kind)
    about = registry()[quantity]
    if unit == units.CURRENT_LOOP:
        conversion = units.current_loop(0.0, span_high)
    else:
        conversion = units.conversion(unit, about.unit, about.molar_mass)
    sensor = replace(
        demo.sensors[0],
        station=station.code,
        quantity=quantity,
        form="",
        span_low=0.0,
        span_high=span_high,
        unit=unit,
        factor=conversion.factor,
        shift=conversion.shift,
    )
    return replace(demo, sensors=(sensor,))


def sent(kind: str, quantity: str, number: float, unit: str) -> Sent:
    """What a logger sends as ``number``, understood in ``unit``."""
    about = registry()[quantity]
    conversion = units.conversion(unit or about.unit, about.unit, about.molar_mass)
    median = conversion.apply(number)
    return Sent("st-1", kind, quantity, "", unit, conversion.factor, conversion.shift, median)


def test_every_typical_range_is_of_a_known_quantity_and_kind_and_has_a_source():
    text = files("smartpark.catalogue").joinpath("typical.csv").read_text("utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert rows
    for row in rows:
        quantity = registry()[row["quantity"]]
        assert set(row["kinds"].split()) <= KINDS - {"gas"}
        assert row["source"].strip()
        low, high = float(row["low"]), float(row["high"])
        assert quantity.plausible_low is not None
        assert quantity.plausible_high is not None
        assert quantity.plausible_low <= low < high <= quantity.plausible_high
    assert sum(len(row["kinds"].split()) for row in rows) == len(typical())


def test_the_demo_park_is_beyond_doubt(demo):
    assert span_doubts(demo) == []


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            ("air", "a34004", 1, "mg/m³"),
            (
                "span_high 1 is 1 µg/m³ in the registry's unit; probably mg/m³ is meant: write span_high 1000 "
                "(typical at a station of kind air is 1..500 µg/m³)"
            ),
        ),
        (
            ("stack", "a00000", 500, "m³/s"),
            (
                "span_high 500 is 500 m³/h in the registry's unit; probably m³/s is meant: write span_high 1800000 "
                "(typical at a station of kind stack is 3000..5000000 m³/h)"
            ),
        ),
        (
            ("stack", "a21026", 300_000, "mg/m³"),
            (
                "span_high 300000 is 300000 mg/m³ in the registry's unit; probably µg/m³ is meant: write span_high 300 "
                "(typical at a station of kind stack is 0.6..4800 mg/m³)"
            ),
        ),
        (
            ("wastewater", "w00000", 100_000, "m³/h"),
            (
                "span_high 100000 is 100000 L/s in the registry's unit; probably m³/h is meant: write span_high 27780 "
                "(typical at a station of kind wastewater is 0.1..1750 L/s)"
            ),
        ),
        (
            ("stack", "a19001", 100_000, "%"),
            (
                "span_high 100000 is 100000 % in the registry's unit; probably ppm is meant: write span_high 10 "
                "(typical at a station of kind stack is 1..21 %)"
            ),
        ),
        (
            ("stack", "a01013", 1500, "kPa"),
            (
                "span_high 1500 is 1500 kPa in the registry's unit; probably Pa is meant: write span_high 1.5 "
                "(typical at a station of kind stack is -5..5 kPa)"
            ),
        ),
        (
            ("air", "a34004", 1000, "ng/m³"),
            (
                "span_high 1000 µg/m³ would be 1000000 ng/m³ at the sender; probably it sends µg/m³, up to 1000: "
                "write unit=µg/m³ in sensors.csv"
            ),
        ),
        (
            ("gas", "a21022", 3, "ng/m³"),
            (
                "span_high 3 mg/m³ would be 3000000 ng/m³ at the sender; probably it sends µg/m³, up to 3000: "
                "write unit=µg/m³ in sensors.csv"
            ),
        ),
        (
            ("air", "a34004", 1e-9, "µg/m³"),
            (
                "span_high 0.000000001 is 0.000000001 µg/m³ in the registry's unit; look at the data sheet of the instrument"
            ),
        ),
    ],
)
def test_a_span_or_unit_that_is_hardly_meant_is_doubted(demo, written, sentence):
    (doubt,) = span_doubts(one(demo, *written))
    assert doubt.partition(f", {written[1]}: ")[2].startswith(sentence)


@pytest.mark.parametrize(
    ("kind", "quantity", "span_high", "unit"),
    [
        ("air", "a34004", 1000, "mg/m³"),
        ("air", "a21026", 0.5, "ppb@25C"),
        ("stack", "a21026", 75, "ppm@0C"),
        ("stack", "a00000", 1_500_000, "m³/s"),
        ("stack", "a21026", 300, units.CURRENT_LOOP),
        ("gas", "a21022", 3, "mg/m³"),
        ("stack", "a21026", None, "mg/m³"),
        ("wastewater", "w00000", 500, "m³/h"),
    ],
)
def test_what_may_well_be_meant_is_not_doubted(demo, kind, quantity, span_high, unit):
    assert span_doubts(one(demo, kind, quantity, span_high, unit)) == []


def test_one_doubt_of_a_template_is_said_once_for_all_its_stations(demo):
    wrong = tuple(
        replace(s, span_high=1.0) if (s.quantity, s.span_high) == ("a34004", 2000) else s
        for s in demo.sensors
    )
    assert [doubt.partition(":")[0] for doubt in span_doubts(replace(demo, sensors=wrong))] == [
        "air-1 and 3 more, a34004"
    ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            ("air", "a34004", 0.035, "µg/m³"),
            (
                "st-1, a34004: the median of the last day is 0.035 µg/m³, typical at a station of kind air is "
                "1..500 µg/m³; looks 1000 times too small: the sender probably means mg/m³, not µg/m³; "
                "write unit=mg/m³ in sensors.csv"
            ),
        ),
        (
            ("air", "a34004", 35_000, ""),
            (
                "looks 1000 times too large: the sender probably means ng/m³, not µg/m³; write unit=ng/m³ in sensors.csv"
            ),
        ),
        (
            ("stack", "a00000", 42, "m³/h"),
            (
                "looks 3600 times too small: the sender probably means m³/s or 万m³/h, not m³/h; write unit=m³/s"
            ),
        ),
        (
            ("weather", "a01006", 1010, "kPa"),
            ("looks 10 times too large: the sender probably means hPa, not kPa"),
        ),
        (("stack", "a01013", -150, "kPa"), "the sender probably means Pa or"),
        (
            ("wastewater", "w20111", 0.0004, "µg/L"),
            ("the sender probably means mg/L, not µg/L; write unit=mg/L"),
        ),
        (
            ("stack", "a21026", 40_000, "ppm@0C"),
            ("the sender probably means ppb@0C, not ppm@0C; write unit=ppb@0C"),
        ),
        (
            ("stack", "a19001", 0.05, "%"),
            ("no other unit explains it: look at the code, the instrument and the plant"),
        ),
    ],
)
def test_what_a_logger_sends_a_thousand_times_wrong_names_the_unit_it_means(said, sentence):
    (doubt,) = sent_doubts([sent(*said)])
    assert sentence in doubt


def test_what_is_typical_or_has_no_scale_is_not_doubted():
    assert not sent_doubts(
        [
            sent("air", "a34004", 35, "µg/m³"),
            sent("air", "a34004", 1400, "µg/m³"),  # a dust storm
            sent("air", "a34004", 0, "µg/m³"),
            sent("stack", "a01013", -0.2, "kPa"),
            sent("gas", "a21022", 0.000_001, "mg/m³"),
            Sent("st-1", "stack", "lng", "", "", 1.0, 0.0, 1e9),
            Sent("st-1", "stack", "a21026", "", units.CURRENT_LOOP, 18.75, -75.0, 1e9),
        ]
    )


@pytest.fixture
def spoken(conn, demo) -> list[Sensor]:
    """The sensors of two stations in the database, one of which has a logger."""
    logger = Logger(mn="MN1", station="stack-dl-1", password=None, edition=None)
    store(conn, replace(demo, loggers=(logger,)), "tests")
    conn.execute("update sensor_unit set valid_from = '1970-01-01'")
    return [s for s in demo.sensors if s.station == "stack-dl-1" and s.quantity == "a21026" and not s.form]


def minutes(conn, station: str, quantity: str, value: float, *, ago: timedelta, n: int = 30) -> None:
    conn.execute(
        "insert into minute (sensor_id, time, n, n_valid, total, last, last_at, flags)"
        " select s.id, %(at)s::timestamptz - make_interval(mins => k), 1, 1, %(value)s, %(value)s, %(at)s, 'N'"
        " from sensor s join station st on st.id = s.station_id, generate_series(1, %(n)s) k"
        " where st.code = %(station)s and s.quantity = %(quantity)s and s.form = ''",
        {"at": NOW - ago, "value": value, "n": n, "station": station, "quantity": quantity},
    )


@pytest.mark.integration
def test_the_median_of_the_last_day_is_that_of_the_sensors_of_loggers(conn, spoken):
    (sensor,) = spoken
    minutes(conn, "stack-dl-1", "a21026", 0.02, ago=timedelta(0))
    minutes(conn, "stack-dl-1", "a21026", 900.0, ago=timedelta(hours=2), n=29)
    minutes(conn, "stack-dl-1", "a21026", 900.0, ago=timedelta(hours=25))
    minutes(conn, "stack-dl-1", "a34013", 5.0, ago=timedelta(0), n=9)
    minutes(conn, "air-1", "a34004", 0.02, ago=timedelta(0))
    (found,) = last_day(conn, "demo", NOW)
    assert found == Sent("stack-dl-1", "stack", "a21026", "", sensor.unit, 1.0, 0.0, 0.02)


@pytest.mark.integration
def test_only_what_came_under_the_newest_unit_counts(conn, spoken):
    minutes(conn, "stack-dl-1", "a21026", 900.0, ago=timedelta(hours=3), n=60)
    minutes(conn, "stack-dl-1", "a21026", 0.5, ago=timedelta(0), n=20)
    conn.execute(
        "insert into sensor_unit (sensor_id, valid_from, unit, factor, shift, changed_by)"
        " select s.id, %s, 'µg/m³', 0.001, 0, 'tests' from sensor s join station st on st.id = s.station_id"
        " where st.code = 'stack-dl-1' and s.quantity = 'a21026' and s.form = ''",
        [NOW - timedelta(hours=1)],
    )
    assert [one.median for one in last_day(conn, "demo", NOW)] == [0.5]


@pytest.mark.integration
def test_the_command_says_what_it_doubts_and_changes_nothing(conn, db_dsn, spoken):
    conn.execute(
        "insert into minute (sensor_id, time, n, n_valid, total, last, last_at, flags)"
        " select s.id, now() - make_interval(mins => k), 1, 1, 35000, 35000, now(), 'N'"
        " from sensor s join station st on st.id = s.station_id, generate_series(1, 30) k"
        " where st.code = 'stack-dl-1' and s.quantity = 'a21026' and s.form = ''"
    )
    conn.commit()
    before = exporter.load(conn, "demo")
    conn.commit()
    done = command("scale", dsn=db_dsn)
    assert (done.returncode, done.stderr) == (0, "")
    first, last = done.stdout.splitlines()
    assert first.startswith("stack-dl-1, a21026: the median of the last day is 35000 mg/m³, typical")
    assert first.endswith("the sender probably means µg/m³, not mg/m³; write unit=µg/m³ in sensors.csv")
    assert last == "1 sensors of loggers, 1 in doubt · 数采仪因子 1 个, 量级存疑 1 个"
    assert exporter.load(conn, "demo") == before


def test_check_warns_and_passes_all_the_same(tmp_path, demo):
    exporter.write(one(demo, "air", "a34004", 1, "mg/m³"), tmp_path)
    stations = (tmp_path / "stations.csv").read_text().splitlines()
    kept = [line for line in stations if line.startswith(("#", "code,", "air-1,"))]
    (tmp_path / "stations.csv").write_text("\n".join(kept) + "\n")
    (tmp_path / "cameras.csv").unlink()
    (tmp_path / "loggers.csv").unlink()
    (tmp_path / "receivers.yaml").unlink()
    done = command("check", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no problems" in done.stdout
    assert done.stderr.startswith(f"{tmp_path}: warning: air-1, a34004: span_high 1 is 1 µg/m³")
