import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark import places
from smartpark.places import CODE, KINDS, STREAM_CLASS, Topic

MIGRATIONS = Path(places.__file__).parent / "migrations"


def test_the_kinds_are_those_the_database_accepts():
    text = (MIGRATIONS / "0001_catalogue.sql").read_text()
    check = re.search(r"check \(kind in \(('voc'.*?)\)\)", text, re.DOTALL)
    assert check is not None
    assert set(re.findall(r"'(\w+)'", check[1])) == KINDS


@pytest.mark.parametrize(
    ("kind", "stream_class", "feed"),
    [
        ("gas", "safety", "safety"),
        ("hazard", "safety", "safety"),
        ("process", "safety", "safety"),
        ("voc", "emission", "rest"),
        ("stack", "emission", "rest"),
        ("wastewater", "emission", "rest"),
        ("rain", "emission", "rest"),
        ("air", "ambient", "rest"),
        ("weather", "ambient", "rest"),
        ("dust", "ambient", "rest"),
        ("noise", "ambient", "rest"),
        ("surface", "ambient", "rest"),
        ("ground", "ambient", "rest"),
        ("mobile", "ambient", "rest"),
        ("energy", "meter", "rest"),
        ("water", "meter", "rest"),
        ("camera", "meter", "rest"),
    ],
)
def test_the_kind_decides_the_stream_class_and_the_feed(kind, stream_class, feed):
    assert places.stream_class(kind) == stream_class
    assert places.feed(kind) == feed


def test_every_kind_is_in_the_table_above():
    assert len(STREAM_CLASS) == 17


def test_a_topic_is_read_into_its_parts():
    assert Topic.parse("smartpark/demo/gas/gas-hy-017/readings") == Topic("demo", "gas", "gas-hy-017")
    assert Topic.parse("smartpark/demo/gas/gas-hy-017/status") == Topic("demo", "gas", "gas-hy-017", "status")


@pytest.mark.parametrize(
    "text",
    [
        "smartpark/demo/hj212/010000A8900016F000169DC0",
        "smartpark/demo/events/gate",
        "smartpark/demo/gas/gas-hy-017/values",
        "smartpark/demo/gas//readings",
        "smartpark/demo/gas/a/b/readings",
        "park/demo/gas/gas-hy-017/readings",
        "smartpark/demo/gas/gas-hy-017/readings\n",
        "",
    ],
)
def test_other_topics_are_not_of_a_station(text):
    assert Topic.parse(text) is None


codes = st.from_regex(CODE, fullmatch=True).filter(str.isascii)


@given(codes, st.sampled_from(sorted(KINDS)), codes, st.sampled_from(["readings", "status"]))
def test_a_topic_written_and_read_is_the_same(park, kind, station, suffix):
    topic = Topic(park, kind, station, suffix)
    assert Topic.parse(str(topic)) == topic
