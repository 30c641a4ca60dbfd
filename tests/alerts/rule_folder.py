"""A folder with one rule, its test and its limits, as a park writes them."""

GOOD = """\
rule: gas_test
kind: limit
class: alarm
name: {zh: 试验, en: Test}
applies: {kinds: [gas], quantities: [a21022]}
parameters:
  wording: gas
  basis: instant
  limit_kinds: [setpoint]
  stages:
    H: {level: orange}
source: product default
"""
TEST = """\
cases:
  - name: above
    point: {kind: gas, quantity: a21022, period_s: 1}
    limits: [{stage: H, value: 1, kind: setpoint}]
    series: 0x3 2x3
    expect: [3s raised H orange, 3s annunciated]
"""
HEADER = "code,quantity,basis,stage,value,unit,kind,standard,valid_from,verified,source"
ROW = "one,a21022,instant,H,1,mg/m³,setpoint,GB/T 50493-2019,2020-01-01T00:00:00+08:00,true,5.5.2"


def written(folder, *, rule=GOOD, test=TEST, limits=(ROW,), name="gas_test"):
    (folder / f"{name}.yaml").write_text(rule, encoding="utf-8")
    if test:
        (folder / f"{name}.test.yaml").write_text(test, encoding="utf-8")
    (folder / "limits.csv").write_text("\n".join([HEADER, *limits]) + "\n", encoding="utf-8")
    return folder
