"""The demo park is what its documents say: 28 enterprises, 281 cameras and detectors, 19 sources on their SIS."""

import re
from collections import Counter
from pathlib import Path

import pytest

from smartpark.catalogue import geometry
from smartpark.catalogue.reader import read
from smartpark.places import DUTIES, Catalogue
from smartpark.quantities import registry

DEMO = Path(__file__).resolve().parents[2] / "parks" / "demo"


@pytest.fixture(scope="module")
def demo() -> Catalogue:
    return read(DEMO)


@pytest.fixture(scope="module")
def kinds(demo) -> dict[str, str]:
    return {station.code: station.kind for station in demo.stations}


def test_there_are_28_hazardous_chemical_enterprises_and_a_dozen_others(demo):
    assert Counter(one.hazchem for one in demo.enterprises) == {True: 28, False: 12}


def test_cameras_and_hazard_detectors_are_281_together(demo, kinds):
    detectors = [one for one in demo.sensors if kinds[one.station] in {"gas", "hazard"}]
    assert (len(demo.cameras), len(detectors)) == (96, 185)
    measured = {one.quantity for one in detectors}
    assert {"x_level", "x_pressure", "x_temp", "x_lel", "a21022", "a21001", "a21028", "a21005"} <= measured


def test_each_of_19_major_sources_has_an_sis_with_interlock_bypass_and_valve(demo):
    assert len(demo.hazard_sources) == 19
    assert {one.level for one in demo.hazard_sources} == {1, 2}
    for source in demo.hazard_sources:
        systems = [s for s in demo.stations if s.hazard_source == source.code and s.kind == "process"]
        assert len(systems) == 1, source.code
        states = {one.quantity for one in demo.sensors if one.station == systems[0].code}
        assert states == {"x_interlock", "x_bypass", "x_valve"}
        assert any(s.kind == "hazard" and s.hazard_source == source.code for s in demo.stations), source.code
        assert any(s.kind == "gas" and s.hazard_source == source.code for s in demo.stations), source.code


def test_each_source_names_three_persons_and_what_it_holds(demo):
    for source in demo.hazard_sources:
        assert {person.duty for person in source.responsible} == set(DUTIES)
        assert source.substances
        assert all(one.design_t > 0 for one in source.substances)


def test_every_stream_of_the_park_is_there(demo, kinds):
    have = Counter(kinds.values())
    assert {kind for kind, n in have.items() if n} >= {
        *("gas", "hazard", "process", "voc", "air", "weather", "stack", "wastewater"),
        *("energy", "water", "surface", "rain", "dust", "noise", "ground"),
    }
    assert have["surface"] == have["rain"] == 1
    outlets = Counter(one.outlet_kind for one in demo.stations if one.kind in {"voc", "wastewater"})
    assert outlets["park_boundary"] == 12
    assert outlets["in_plant"] >= 3
    assert outlets["boundary"] >= 3
    assert outlets["plant"] == outlets["plant_inlet"] == 1
    assert outlets["to_plant"] == 10


def test_stacks_send_the_value_at_reference_oxygen_as_a_sensor_of_its_own(demo):
    forms = {(one.quantity, one.form) for one in demo.sensors if one.station == "stack-dl-1"}
    for quantity in ("a21026", "a21002", "a34013"):
        assert {(quantity, ""), (quantity, "Zs")} <= forms
    assert {("a19001", ""), ("a00000", ""), ("a01012", ""), ("a01013", ""), ("a01014", "")} <= forms


def test_everything_stands_inside_its_plot_or_zone(demo):
    plots = {one.code: one.plot for one in demo.enterprises}
    zones = {one.code: one.geometry for one in demo.zones}
    for one in (*demo.stations, *demo.hazard_sources):
        area = plots[one.enterprise] if one.enterprise else zones[one.zone]
        assert area is not None, one.code
        assert geometry.outside_m(area, one.lat, one.lon) == 0, one.code
    for camera in demo.cameras:
        area = plots[camera.enterprise] if camera.enterprise else zones[camera.zone]
        assert geometry.outside_m(area, camera.lat, camera.lon) == 0, camera.code


def test_the_plan_is_a_park_of_some_twelve_square_kilometres(demo):
    features = demo.park.plan["features"]
    kinds = Counter(one["properties"]["kind"] for one in features)
    assert kinds["plot"] == 40
    assert kinds["boundary"] == 1
    assert (
        min(kinds[kind] for kind in ("road", "zone", "gate", "tank", "tank_farm", "pond", "river", "pool"))
        > 0
    )
    boundary = next(one for one in features if one["properties"]["kind"] == "boundary")
    assert 11 < geometry.area_km2(boundary["geometry"]) < 14


def test_plots_do_not_overlap(demo):
    for one in demo.enterprises:
        for other in demo.enterprises:
            if one is not other:
                assert not any(
                    geometry.contains(other.plot, lat, lon) for lon, lat in one.plot["coordinates"][0]
                ), (one.code, other.code)


def test_two_detectors_never_stand_on_the_same_spot(demo):
    spots = Counter((one.lat, one.lon) for one in demo.stations)
    assert [spot for spot, n in spots.items() if n > 1] == []


def test_every_sensor_is_due_and_has_a_span_unless_it_is_a_meter_reading(demo):
    own_units = {"stack-dl-1": {"a00000"}, "stack-gd-1": {"a34013"}, "ww-rx": {"w00000"}}
    for one in demo.sensors:
        assert one.due_since is not None
        has_span = one.span_low is not None and one.span_high is not None
        assert has_span or one.quantity.endswith(("_total", "_energy")), one
        own_unit = one.quantity in own_units.get(one.station, set())
        assert (one.factor != 1) == own_unit, one
        assert (one.unit != registry()[one.quantity].unit) == own_unit, one


def test_a_logger_speaks_for_every_stack_and_wastewater_outlet(demo, kinds):
    emitting = sorted(code for code, kind in kinds.items() if kind in {"stack", "wastewater"})
    assert sorted(one.station for one in demo.loggers) == emitting
    assert Counter(one.edition for one in demo.loggers) == {2005: 5, 2017: 11, 2025: 6}
    assert {one.edition for one in demo.loggers if one.encryption_key} == {2025}
    assert all(re.fullmatch("[0-9A-F]{24}", one.mn) for one in demo.loggers)
    assert all(re.fullmatch("[0-9]{6}", one.password) for one in demo.loggers)


def test_cameras_look_at_stations_and_every_source_is_seen(demo):
    seen = {view for camera in demo.cameras for view in camera.views}
    for source in demo.hazard_sources:
        assert any(s.code in seen for s in demo.stations if s.hazard_source == source.code), source.code


def test_codes_are_short_enough_to_say_on_the_phone(demo):
    for one in (*demo.stations, *demo.cameras, *demo.enterprises, *demo.hazard_sources):
        assert len(one.code) <= 12, one.code


def test_no_phone_number_rings_anywhere(demo):
    phones = [person.phone for one in demo.enterprises for person in one.contacts]
    phones += [person.phone for one in demo.hazard_sources for person in one.responsible]
    phones += [one.phone for one in demo.enterprises]
    assert all(phone.startswith(("138-0000-", "0473-555")) for phone in phones)
