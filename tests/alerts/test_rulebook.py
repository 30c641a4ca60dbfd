"""Rulebooks and limits as written: what is shipped holds, and what is wrong is said with its line."""

import csv
from pathlib import Path
from shutil import copytree

import pytest

from alerts import check
from alerts.rulebook import SHIPPED, RulebookError
from alerts.series import SeriesError, samples
from smartpark.quantities import registry
from tests.alerts.rule_folder import GOOD, HEADER, ROW, TEST, written

ROOT = Path(__file__).parents[2]


def test_a_good_folder_passes(tmp_path):
    verdict = check.check([written(tmp_path)])
    assert (verdict.lines, verdict.passed) == ((), True)
    assert verdict.summary == "1 rules, 1 limits, 1 cases: nothing wrong"


def line_of(folder, start):
    lines = [line for line in check.check([folder]).lines if start in line]
    assert len(lines) == 1, check.check([folder]).lines
    return lines[0]


def test_a_rule_without_a_test_is_refused(tmp_path):
    line = line_of(written(tmp_path, test=None), "has no test")
    assert line.endswith("write gas_test.test.yaml beside it: a series and the events it ought to raise")


def test_a_number_without_a_source_is_refused_with_its_line(tmp_path):
    line = line_of(
        written(tmp_path, limits=(ROW, ROW.replace("one,", "two,").replace("5.5.2", ""))), "no source"
    )
    assert line.startswith("limits.csv:3: ")


@pytest.mark.parametrize(
    ("wrong", "right", "line", "what", "instead"),
    [
        ("[a21022]", "[a21O22]", 5, "quantity 'a21O22' is not known", "did you mean a21022"),
        ("kinds: [gas]", "kinds: [gass]", 5, "station kind 'gass' is not known", "did you mean gas"),
        ("kind: limit", "kind: limits", 2, "kind 'limits' is not known", "did you mean limit"),
        ("class: alarm", "class: alert", 3, "class 'alert' is not known", "alarm, warning, reminder"),
        ("level: orange", "level: purple", 10, "stages", "H: {level: orange}"),
        ("  basis: instant\n", "", 6, "needs the parameter basis", "instant, minute, hour"),
        (
            "wording: gas",
            "wording: gas\n  on_delay_s: -1",
            8,
            "on_delay_s -1 does not fit",
            "from 0 to 86400",
        ),
        ("wording: gas", "wording: gas\n  deadbandd: 1", 8, "'deadbandd' is not known", "deadband"),
        (
            "wording: gas",
            "wording: gas\n  deadband: 1\n  deadband_of_limit: 0.1",
            9,
            "both given",
            "keep one deadband",
        ),
        ("source: product default\n", "", 1, "source is missing", "the standard and clause"),
        ("rule: gas_test", "rule: gas_other", 1, "stands in gas_test.yaml", "name the file gas_other.yaml"),
        ("class: alarm", "class: alarm\nclass: warning", 4, "'class' stands twice", "keep one"),
        ("rule: gas_test", "rule: [", 3, "no YAML", "check indentation"),
        ("en: Test}", "english: Test}", 4, "both languages", "name: {zh:"),
    ],
)
def test_a_wrong_rule_is_refused_with_line_and_advice(tmp_path, *, wrong, right, line, what, instead):
    folder = written(tmp_path, rule=GOOD.replace(wrong, right))
    found = line_of(folder, what)
    assert f"gas_test.yaml:{line}: " in found
    assert instead in found


@pytest.mark.parametrize(
    ("wrong", "right", "what", "instead"),
    [
        ("a21022", "a21O22", "quantity 'a21O22' is not known", "did you mean"),
        ("mg/m³", "ppm", "unit 'ppm' is not that of a21022", "write 'mg/m³' and convert"),
        (",1,", ",one,", "value 'one' is not a number", "12.5"),
        ("true", "maybe", "verified 'maybe' is not known", "false, true"),
        (
            "2020-01-01T00:00:00+08:00",
            "2020-01-01",
            "not an instant with an offset",
            "2026-01-01T00:00:00+08:00",
        ),
        ("instant", "second", "basis 'second' is not known", "instant"),
    ],
)
def test_a_wrong_limit_is_refused_with_line_and_advice(tmp_path, wrong, right, what, instead):
    line = line_of(written(tmp_path, limits=(ROW.replace(wrong, right, 1),)), what)
    assert line.startswith("limits.csv:2: ")
    assert instead in line


def test_two_rules_that_judge_the_same_sensors_are_refused(tmp_path):
    folder = written(tmp_path)
    written(folder, rule=GOOD.replace("gas_test", "gas_twin"), test=TEST, name="gas_twin")
    assert "gas_twin.yaml:5: rule gas_twin and rule gas_test judge the same sensors" in line_of(
        folder, "the same sensors"
    )


def test_a_test_that_is_not_met_says_what_happened_instead(tmp_path):
    folder = written(tmp_path, test=TEST.replace("3s raised H orange", "4s raised H orange"))
    line = line_of(folder, "'above' raised")
    assert "gas_test.test.yaml:6: 'above' raised: 3s raised H orange, 3s annunciated;" in line


@pytest.mark.parametrize("broken", ["series: 0y3", "point: {kind: gas}", "expected: []"])
def test_a_test_that_cannot_be_read_says_where(tmp_path, broken):
    key = broken.split(":")[0].replace("expected", "expect")
    lines = [
        broken.join(["    ", ""]) if line.strip().startswith(f"{key}:") else line
        for line in TEST.splitlines()
    ]
    folder = written(tmp_path, test="\n".join(lines) + "\n")
    assert "gas_test.test.yaml:2: the case cannot be read" in line_of(folder, "cannot be read")


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(RulebookError, match="the folder is missing"):
        check.shipped([tmp_path / "nowhere"])


def test_the_notation_of_series():
    found = [(one.position, one.value, one.flag) for one in samples("0.5x2 1:M 2+0.5x3 _ -1:Tx2")]
    assert found == [
        (0, 0.5, "N"),
        (1, 0.5, "N"),
        (2, 1.0, "M"),
        (3, 2.0, "N"),
        (4, 2.5, "N"),
        (5, 3.0, "N"),
        (6, None, "N"),
        (7, -1.0, "T"),
        (8, -1.0, "T"),
    ]
    with pytest.raises(SeriesError, match=r"1\.\.5"):
        list(samples("1..5"))


def shipped_limits():
    lines = (SHIPPED / "limits.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def test_the_shipped_rulebooks_pass_every_case_of_theirs():
    verdict = check.check([SHIPPED])
    assert verdict.lines == ()


def test_every_shipped_number_has_a_source_and_the_unit_of_the_registry():
    for row in shipped_limits():
        assert row["source"].strip()
        assert row["unit"] == registry()[row["quantity"]].unit


def test_what_is_from_memory_is_never_enforced():
    doubtful = [
        row for row in shipped_limits() if "memory" in row["source"] or "cross-checked" in row["source"]
    ]
    assert doubtful
    assert {row["verified"] for row in doubtful} == {"false"}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("gas-x_lel-H", 25),
        ("gas-x_lel-HH", 50),
        ("gas-a21022-H", 1),
        ("gas-a21022-HH", 2),
        ("gas-a21001-HH", 40),
        ("gas-a21028-H", 10),
        ("gas-a21005-HH", 40),
        ("gas-a21024-H", 7.5),
        ("gas-a24046-HH", 20),
        ("gas-a25002-H", 3),
        ("in_plant-a24088-instant", 30),
        ("in_plant-a24088-instant-special", 20),
        ("boundary-a21001-instant", 1.5),
        ("boundary-a21028-instant", 0.06),
        ("stack-ultra_low-a34013-hour", 10),
        ("stack-ultra_low-a21026-hour", 35),
        ("stack-ultra_low-a21002-hour", 50),
        ("plant-w01018-day", 50),
    ],
)
def test_the_numbers_of_the_standards(code, value):
    assert {row["code"]: float(row["value"]) for row in shipped_limits()}[code] == value


def test_the_demo_park_has_its_own_limits_that_fit(tmp_path):
    demo = Path(__file__).parents[2] / "parks" / "demo"
    copytree(SHIPPED, tmp_path / "rulebooks")
    rules, limits = check.shipped([tmp_path / "rulebooks", demo])
    assert {limit.kind for limit in limits if limit.station} == {"setpoint", "permit", "agreement"}
    assert len(rules) == len(list(SHIPPED.glob("*.test.yaml")))


def test_every_verified_limit_of_hour_or_day_that_is_shipped_or_of_the_demo_park_has_a_rule():
    verdict = check.check([SHIPPED, ROOT / "parks" / "demo"])
    assert (verdict.lines, verdict.passed) == ((), True)


HOUR = "one,a21022,hour,H,1,mg/m³,permit,permit,2026-01-01T00:00:00+08:00,true,read"


@pytest.mark.parametrize(
    ("outlet", "row", "told"),
    [
        ("in_plant", HOUR, "limit 'one' of basis hour is judged by no rule at voc in_plant"),
        ("in_plant", HOUR.replace("true", "false"), None),
        ("rain", HOUR, "limit 'one' of basis hour is judged by no rule at rain rain"),
        (
            "boundary",
            HOUR.replace("hour", "day"),
            "limit 'one' of basis day is judged by no rule at voc boundary",
        ),
        ("heater", HOUR, None),
        ("incinerator", HOUR.replace("hour", "day"), None),
        ("process", HOUR.replace("a21022", "a24088"), None),
        ("direct", HOUR.replace("a21022", "w01018").replace("mg/m³", "mg/L"), None),
    ],
)
def test_a_verified_limit_of_hour_or_day_without_a_rule_is_refused(tmp_path, outlet, row, told):
    lines = [f"{HEADER},outlet_kind", f"{row},{outlet}"]
    (tmp_path / "limits.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = check.check([tmp_path]).lines
    assert len(found) == (told is not None), found
    assert told is None or told in found[0]


def test_a_limit_of_one_station_is_looked_for_at_its_kind_of_outlet(tmp_path):
    copytree(ROOT / "parks" / "demo", tmp_path / "demo")
    path = tmp_path / "demo" / "limits.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    permit = next(line for line in lines if line.startswith("stack-dl-1-a21002-hour-H"))
    other = permit.replace("stack-dl-1", "voc-rx-p").replace(",6,,permit", ",,,permit").replace(",Zs,", ",,")
    path.write_text("\n".join([*lines, other]) + "\n", encoding="utf-8")
    (found,) = check.check([tmp_path / "demo"]).lines
    assert "'voc-rx-p-a21002-hour-H' of basis hour is judged by no rule at voc in_plant" in found
