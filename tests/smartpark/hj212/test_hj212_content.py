"""CP: names and values, whatever small liberties a device takes with the separators."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.hj212 import content
from smartpark.hj212.content import ContentError, joined, read

PAIRS = st.lists(
    st.tuples(
        st.from_regex(r"[a-z][0-9]{5}-(Rtd|Avg|Flag)|DataTime|PolId|SB[0-9]-RS", fullmatch=True),
        st.text(st.characters(exclude_characters="=;,/\x00", exclude_categories=["C", "Z"]), max_size=8),
    ),
    min_size=1,
    max_size=12,
)


def test_names_without_a_dash_are_fields_and_the_others_belong_to_factors():
    shape, values = read("DataTime=20261122080000;w01018-Rtd=2.2,w01018-Flag=N;w01001-Rtd=7.1")
    assert {name: values[at] for name, at in shape.fields.items()} == {"DataTime": "20261122080000"}
    assert {code: {s: values[at] for s, at in places.items()} for code, places in shape.factors.items()} == {
        "w01018": {"Rtd": "2.2", "Flag": "N"},
        "w01001": {"Rtd": "7.1"},
    }
    assert (shape.repeated, shape.deviations) == ((), frozenset())


def test_a_dash_in_a_code_belongs_to_the_code():
    shape, _ = read("a-b-Rtd=1")
    assert dict(shape.factors["a-b"]) == {"Rtd": 0}


def test_the_same_names_are_the_same_shape():
    first, _ = read("DataTime=1;a-Rtd=1,a-Flag=N")
    second, values = read("DataTime=2;a-Rtd=,a-Flag=D")
    assert second is first
    assert values == ["2", "", "D"]


def test_commas_and_semicolons_of_the_same_names_are_told_apart_but_read_alike():
    assert (
        joined(*read("a-Rtd=1;a-Flag=N"))
        == joined(*read("a-Rtd=1,a-Flag=N"))
        == {"a-Rtd": "1", "a-Flag": "N"}
    )


def test_nothing_between_the_ampersands_is_no_value():
    for text in ("", " ", ";", " ; ,"):
        shape, values = read(text)
        assert (shape.names, list(values)) == ((), [])


def test_a_bare_flag_belongs_to_the_factor_before_it():
    shape, values = read("DataTime=20261122080000;a34001-Rtd=92;Flag=D")
    assert values[shape.factors["a34001"]["Flag"]] == "D"
    assert "Flag" not in shape.fields
    assert shape.deviations == {"bare_flag"}


def test_a_bare_flag_before_any_factor_is_a_field():
    shape, _ = read("Flag=1;a34001-Rtd=92")
    assert list(shape.fields) == ["Flag"]
    assert shape.deviations == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "a-Rtd=1;b-Rtd=2;",
        "a-Rtd=1;;b-Rtd=2",
        "a-Rtd=1,;b-Rtd=2",
        ";a-Rtd=1;b-Rtd=2",
        " a-Rtd=1;b-Rtd=2 ",
        "a-Rtd = 1; b-Rtd=2",
    ],
)
def test_separators_too_many_and_blanks_around_are_borne(text):
    shape, values = read(text)
    assert joined(shape, values) == {"a-Rtd": "1", "b-Rtd": "2"}
    assert shape.deviations == {"separators"}


def test_blanks_around_a_value_are_no_part_of_it():
    shape, values = read("DataTime=20261122080000 ;i13004-Info= 168.0 ;i12001-Info=// a b //")
    assert joined(shape, values) == {
        "DataTime": "20261122080000",
        "i13004-Info": "168.0",
        "i12001-Info": "// a b //",
    }
    assert shape.deviations == frozenset()


def test_of_a_name_said_twice_the_first_counts_and_the_place_of_the_other_is_known():
    shape, values = read("e01001-Rtd=1.1;e01001-Rtd=2.2;DataTime=3;DataTime=4")
    assert shape.repeated == (1, 3)
    assert joined(shape, values) == {"e01001-Rtd": "1.1", "DataTime": "3"}


def test_text_between_double_slashes_may_hold_separators():
    shape, values = read(
        "DataTime=1;i11001-Info=//断电; 恢复=08:00, 由张三//,i11001-Flag=N;i12001-Info=//x//"
    )
    assert joined(shape, values) == {
        "DataTime": "1",
        "i11001-Info": "//断电; 恢复=08:00, 由张三//",
        "i11001-Flag": "N",
        "i12001-Info": "//x//",
    }


def test_double_slashes_that_nothing_closes_are_text():
    assert joined(*read("a-Info=http://x;b-Info=1")) == {"a-Info": "http://x", "b-Info": "1"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("DataTime", 'CP has "DataTime" where name=value belongs'),
        ("a-Rtd=1;2", 'CP has "2" where name=value belongs'),
        ("=1", 'CP has "=1" where name=value belongs'),
        ("a=1=2", 'CP has "a=1=2" with more than one equals sign; join items by ; or ,'),
        ("a-Rtd=1;b-Rtd=2 c-Rtd=3", "with more than one equals sign"),
        ("n" * 65 + "=1", "a name is 1 to 64 characters"),
        ("a\nb=1", "a name is 1 to 64 characters"),
    ],
)
def test_what_breaks_the_grammar_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ContentError) as refused:
        read(text)
    assert sentence in str(refused.value)


@given(PAIRS, st.lists(st.sampled_from(";,"), min_size=11, max_size=11))
def test_every_pair_comes_out_where_its_name_stands(pairs, signs):
    text = "".join(f"{sign}{name}={value}" for (name, value), sign in zip(pairs, ["", *signs], strict=False))
    shape, values = read(text)
    assert list(zip(shape.names, values, strict=True)) == pairs
    first: dict[str, str] = {}
    for name, value in pairs:
        first.setdefault(name, value)
    assert joined(shape, values) == first


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        shape, values = read(text.replace("\x00", ""))
    except ContentError:
        return
    assert len(shape.names) == len(values)


def test_shapes_without_end_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(content, "_REMEMBERED", 100)
    known = content._Known()
    for at in range(1000):
        known.shape(b"=;=;=", (f"a{at}-Rtd", f"b{at}-Rtd", "DataTime"))
        assert sum(len(shape.names) for shape in known._shapes.values()) <= 102
