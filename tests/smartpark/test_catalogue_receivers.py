"""The platforms above us in the catalogue: read, refused, stored, exported."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from smartpark.catalogue import exporter
from smartpark.catalogue.problems import CatalogueError
from smartpark.catalogue.reader import read
from smartpark.catalogue.store import store
from smartpark.places import UpwardPoint

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "parks" / "demo"
GOOD = Path(__file__).parent / "catalogue_cases" / "good"
HEAD = "- {code: up, name_zh: 上级, name_en: Upper, "
HJ212 = ("minute", "hour", "day")


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(GOOD, tmp_path / "park")
    return tmp_path / "park"


def written(folder, rest):
    (folder / "receivers.yaml").write_text(HEAD + rest + "}\n", encoding="utf-8")
    return read(folder)


def test_kinds_are_a_short_word_for_their_stations_and_a_named_one_goes_before(folder):
    rest = (
        "protocol: hj212, address: '[::1]:9000', edition: 2025, key: '30303030303030303030303030303030', kinds: [stack, gas],"
        " stations: [{station: gas-1, mn: 'ABC', system: '99', periods: [day, minute]}]"
    )
    [found] = written(folder, rest).receivers
    assert (found.edition, found.encryption_key) == (2025, "30" * 16)
    assert found.stations == (
        UpwardPoint(station="gas-1", mn="ABC", system="99", periods=("minute", "day")),
        UpwardPoint(station="stack-1", mn="010000A8900016F000169DC0", system="31", periods=HJ212),
    )


def test_a_station_without_a_logger_gets_a_number_that_stays_the_same(folder):
    rest = "protocol: hj212, address: demo, stations: [{station: tank-1}]"
    [[one], [again]] = ([point.mn for point in written(folder, rest).receivers[0].stations] for _ in range(2))
    assert one == again
    assert len(one) == 24
    assert set(one) <= set("0123456789ABCDEF")


def test_a_push_gets_the_newest_readings_of_each_minute(folder):
    [found] = written(
        folder, "protocol: http, address: 'https://up.example/in', secret: w, kinds: [gas]"
    ).receivers
    assert (found.secret, found.stations[0].periods) == ("w", ("instant",))


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (
            "protocol: smoke, address: demo, kinds: [gas]",
            "protocol 'smoke' is not known; write one of: hj212, http, mqtt",
        ),
        (
            "protocol: hj212, address: up.example, kinds: [gas]",
            "address 'up.example' is none of protocol hj212; write host:port, or demo",
        ),
        (
            "protocol: http, address: demo, kinds: [gas]",
            "address 'demo' is none of protocol http; write http://... or https://...",
        ),
        (
            "protocol: mqtt, address: 'http://h', kinds: [gas]",
            "address 'http://h' is none of protocol mqtt; write mqtt://user@host:1883 or mqtts://...",
        ),
        (
            "protocol: mqtt, address: 'mqtts://up:s3cret@h:8883', kinds: [gas]",
            "address holds a password; write mqtts://user@host:8883, and the password of the user as secret",
        ),
        (
            "protocol: http, address: 'https://up:s3cret@h/in', kinds: [gas]",
            "address holds a password; write https://host/..., and the bearer word as secret",
        ),
        (
            "protocol: hj212, address: 'up:s3cret@h:9000', kinds: [gas]",
            "address holds a password; write host:port, and the PW of the frames as password",
        ),
        (
            "protocol: mqtt, address: 'mqtts://up:s3/cret@h', kinds: [gas]",
            "address is none of protocol mqtt; write mqtt://user@host:1883 or mqtts://...",
        ),
        (
            "protocol: hj212, address: demo",
            "no station goes to this receiver; name stations, or kinds of stations",
        ),
        ("protocol: hj212, address: demo, kinds: [stak]", "kinds has 'stak'; did you mean stack?"),
        (
            "protocol: hj212, address: demo, stations: [{station: gas-9}]",
            "station 'gas-9' is not in stations.csv; did you mean gas-1?",
        ),
        (
            "protocol: hj212, address: demo, stations: [{station: gas-1}, {station: gas-1}]",
            "station 'gas-1' stands twice; name every station once",
        ),
        (
            "protocol: hj212, address: demo, stations: [{station: gas-1, periods: [week]}]",
            "periods has 'week'; write one of: day, hour, minute",
        ),
        (
            "protocol: hj212, address: demo, kinds: [gas], edition: 2005",
            "edition '2005' is not known; did you mean 2025?",
        ),
        (
            "protocol: hj212, address: demo, kinds: [gas], key: abc",
            "only HJ 212-2025 is encrypted; write edition: 2025, or leave key out",
        ),
        (
            "protocol: hj212, address: demo, kinds: [gas], edition: 2025, key: abc",
            "key is no SM4 key (3 characters); write 32 hexadecimal digits in quotes",
        ),
        ("protocol: hj212, address: demo, kinds: [gas], colour: red", "key 'colour' is not known"),
    ],
)
def test_what_does_not_fit_is_said_with_what_to_write(folder, rest, said):
    with pytest.raises(CatalogueError) as refused:
        written(folder, rest)
    assert said in str(refused.value)
    assert "s3" not in str(refused.value)
    assert all(line.startswith("receivers.yaml:1: ") for line in str(refused.value).splitlines())


@pytest.mark.integration
def test_the_demo_sends_every_stack_and_outlet_to_the_bureau(conn, tmp_path):
    demo = read(DEMO)
    [bureau] = demo.receivers
    assert (bureau.code, bureau.address, bureau.edition) == ("bureau", "demo", 2017)
    kinds = {station.code: station.kind for station in demo.stations}
    assert {kinds[point.station] for point in bureau.stations} == {"stack", "wastewater"}
    assert len(bureau.stations) == sum(kind in {"stack", "wastewater"} for kind in kinds.values())
    summary = store(conn, demo, "tests")
    assert (summary.added["receivers"], summary.added["upward points"]) == (1, len(bureau.stations))
    assert exporter.dump(conn, tmp_path) == demo
    assert read(tmp_path).receivers == demo.receivers
    assert store(conn, demo, "tests").total == 0


@pytest.mark.integration
def test_what_a_receiver_no_longer_gets_ends_and_begins_anew_when_it_comes_back(conn):
    demo = read(DEMO)
    store(conn, demo, "tests")
    conn.execute("update upward_point set since = '2026-01-01Z'")
    conn.commit()
    [bureau] = demo.receivers
    fewer = replace(demo, receivers=(replace(bureau, stations=bureau.stations[1:]),))
    assert store(conn, fewer, "tests").retired == {"upward points": 1}
    assert store(conn, fewer, "tests").total == 0
    conn.commit()
    assert store(conn, demo, "tests").changed == {"upward points": 1}
    assert conn.execute(
        "select count(*) from upward_point where since > '2026-01-02Z' and until is null"
    ).fetchone() == (1,)
    assert store(conn, replace(demo, receivers=()), "tests").retired["receivers"] == 1
    assert conn.execute("select active from upward_receiver").fetchall() == [(False,)]
