import re

import pytest

from smartpark.quantities import by_old_code, registry
from smartpark.units import conversion, units

# Codes that every part of the product relies on.
NEEDED = """
w00000 w01001 w01009 w01010 w01012 w01014 w01017 w01018 w01019 w01020 w20111 w20115 w20116 w20117 w20119 w20120
w20121 w20122 w20123 w21001 w21003 w21011 w21016 w21017 w21019 w21022 w21038 w22001 w23002
a00000 a01001 a01002 a01006 a01007 a01008 a01011 a01012 a01013 a01014 a01016 a01017 a05001 a05002 a19001 a21001
a21002 a21003 a21004 a21005 a21017 a21018 a21022 a21024 a21026 a21028 a23001 a24046 a24087 a24088 a25002 a25003
a25005 a25010 a25044 a26001 a30001 a31001 a34001 a34002 a34004 a34013 a34038 a34039 a99010 a99049 a99051
a05024 a99054 x_methanethiol x_dms x_dmds x_trimethylamine x_odour a25038
x_level x_pressure x_temp x_lel x_interlock x_bypass x_valve x_freeboard x_volume x_power x_energy x_steam x_gas x_water
LA Leq
""".split()  # noqa: SIM905 - a hundred quotes would hide the codes


@pytest.mark.parametrize("code", NEEDED)
def test_the_registry_knows_the_code(code):
    assert registry()[code].code == code


def test_every_quantity_has_names_in_both_languages_and_a_source():
    for quantity in registry().values():
        assert quantity.name_zh.strip(), quantity
        assert quantity.name_en.strip(), quantity
        assert len(quantity.source.strip()) > 5, quantity
        assert re.search(r"[\u4e00-\u9fff]|^PM|^pH", quantity.name_zh), quantity


def test_every_unit_is_one_that_converts_and_is_typeset():
    symbols = {unit.symbol for unit in units().values()}
    for quantity in registry().values():
        assert quantity.unit in symbols, quantity
        same = conversion(quantity.unit, quantity.unit)
        assert (same.factor, same.shift) == (1, 0)


def test_names_are_not_shared_by_two_quantities():
    for language in ("name_zh", "name_en"):
        names = [getattr(quantity, language) for quantity in registry().values()]
        # Nitrogen species, metals and cyanide exist in air and in water: the Chinese name is then the same.
        allowed = {"氰化物", "温度"} if language == "name_zh" else set()
        assert {name for name in names if names.count(name) > 1} - allowed == set()


def test_plausible_ranges_hold_every_measuring_span():
    chlorine, level, ph = registry()["a21022"], registry()["x_level"], registry()["w01001"]
    assert chlorine.plausible_high > 1000
    assert level.plausible_high > 100
    assert (ph.plausible_low, ph.plausible_high) == (0, 14)


def test_codes_of_2005_lead_to_the_codes_of_2017():
    old = by_old_code()
    assert old["011"].code == "w01018"
    assert old["B02"].code == "a00000"
    assert old["02"].code == "a21026"
    assert "" not in old


def test_the_old_codes_are_not_codes_of_their_own():
    assert set(by_old_code()) & set(registry()) == set()


def test_product_codes_begin_with_x():
    for code, quantity in registry().items():
        assert code.startswith("x_") == quantity.source.startswith("product code")


def test_molar_masses_follow_from_the_formulas():
    # IUPAC 2021 conventional atomic weights [g/mol].
    weight = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "S": 32.06, "Cl": 35.45, "F": 18.998}
    formulas = {
        "a21022": {"Cl": 2},
        "a21001": {"N": 1, "H": 3},
        "a21028": {"H": 2, "S": 1},
        "a21005": {"C": 1, "O": 1},
        "a21026": {"S": 1, "O": 2},
        "a21024": {"H": 1, "Cl": 1},
        "a21018": {"H": 1, "F": 1},
        "a21017": {"H": 1, "C": 1, "N": 1},
        "a21004": {"N": 1, "O": 2},
        "a05024": {"O": 3},
        "a25002": {"C": 6, "H": 6},
        "a25003": {"C": 7, "H": 8},
        "a24046": {"C": 2, "H": 3, "Cl": 1},
        "a30001": {"C": 1, "H": 4, "O": 1},
        "a31001": {"C": 1, "H": 2, "O": 1},
        "a99049": {"C": 1, "O": 1, "Cl": 2},
        "a99051": {"C": 1, "S": 2},
        "a99010": {"C": 3, "H": 3, "N": 1},
        "x_dms": {"C": 2, "H": 6, "S": 1},
        "x_dmds": {"C": 2, "H": 6, "S": 2},
        "x_methanethiol": {"C": 1, "H": 4, "S": 1},
    }
    for code, formula in formulas.items():
        expected = sum(weight[element] * n for element, n in formula.items())
        assert registry()[code].molar_mass == pytest.approx(expected, rel=5e-4), code
