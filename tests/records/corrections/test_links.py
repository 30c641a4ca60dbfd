"""Whatever is done to a chain afterwards is found."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.corrections import links
from records.corrections.links import FIRST, Entry

T0 = datetime(2026, 3, 14, 5, tzinfo=UTC)
FIELDS = ("id", "at", "actor", "action", "object", "content", "previous", "digest")
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
said = st.tuples(texts, texts, texts, st.dictionaries(texts, st.integers() | texts, max_size=3))


def chain(told):
    """Return a chain of what was told."""
    entries, before = [], FIRST
    for number, (actor, action, name, content) in enumerate(told, 1):
        entry = Entry(
            number, T0 + timedelta(seconds=number), actor, action, name, links.canonical(content), before, b""
        )
        entry = replace(entry, digest=links.digest_of(entry))
        entries.append(entry)
        before = entry.digest
    return entries


@given(st.lists(said, max_size=6))
def test_a_chain_that_nobody_touched_holds(told):
    assert list(links.defects(chain(told))) == []


@given(st.lists(said, min_size=1, max_size=6), st.data())
def test_any_change_of_any_field_is_found(told, data):
    entries = chain(told)
    place = data.draw(st.integers(0, len(entries) - 1))
    field = data.draw(st.sampled_from(FIELDS))
    old = getattr(entries[place], field)
    other = {
        int: st.integers(-5, 99),
        str: texts,
        bytes: st.binary(min_size=32, max_size=32),
        datetime: st.datetimes(timezones=st.just(UTC)),
    }
    new = data.draw(other[type(old)].filter(lambda value: value != old))
    entries[place] = replace(entries[place], **{field: new})
    assert list(links.defects(entries))


@given(st.lists(said, min_size=2, max_size=6), st.data())
def test_an_entry_that_is_taken_out_swapped_or_put_in_is_found(told, data):
    entries = chain(told)
    place = data.draw(st.integers(0, len(entries) - 2))
    removed = entries[:place] + entries[place + 1 :]
    swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
    forged = replace(entries[place], id=entries[place].id + 1, previous=entries[place].digest)
    forged = replace(forged, digest=links.digest_of(forged))
    put_in = [*entries[: place + 1], forged, *entries[place + 1 :]]
    for touched in (removed, swapped, put_in):
        assert list(links.defects(touched))


@given(st.lists(said, min_size=2, max_size=6), st.data())
def test_an_entry_that_is_digested_anew_no_longer_carries_the_next(told, data):
    entries = chain(told)
    place = data.draw(st.integers(0, len(entries) - 2))
    forged = replace(entries[place], actor=entries[place].actor + "x")
    entries[place] = replace(forged, digest=links.digest_of(forged))
    assert list(links.defects(entries)) == [f"chain entry {place + 2} is not bound to the entry before it"]


@given(texts, texts, texts)
def test_two_fields_that_read_alike_together_are_not_alike(one, two, three):
    entry = chain([(one, two + three, "x", {})])[0]
    other = replace(entry, actor=one + two, action=three)
    assert (links.digest_of(entry) == links.digest_of(other)) == (two == "")


def test_canonical_json_is_one_form_whatever_the_order_zone_or_kind():
    noon = datetime(2026, 3, 14, 13, tzinfo=timezone(timedelta(hours=8)))
    told = {"值": 1.5, "at": noon, "a": [None, True], "day": date(2026, 3, 1), "raw": b"\x01"}
    expected = '{"a":[null,true],"at":"2026-03-14T05:00:00.000000Z","day":"2026-03-01","raw":"01","值":1.5}'
    assert links.canonical(dict(reversed(told.items()))) == expected


@pytest.mark.parametrize(
    ("content", "error"),
    [({"a": float("nan")}, ValueError), ({"a": datetime(2026, 1, 1)}, ValueError), ({"a": {1}}, TypeError)],  # noqa: DTZ001 - the point
)
def test_what_has_no_one_form_is_refused(content, error):
    with pytest.raises(error):
        links.canonical(content)
