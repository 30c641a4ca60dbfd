"""Word after word of one period: what is said last is what stands, and nothing that was said is lost."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.reported import Reported
from ingest.reported_words import Content, Record, Word

SAID = Reported(0, 0, "hour", 0, 3_600_000_000, None, None, None, None, 78, None, None, "A", resent=False)
values = st.sampled_from([None, 1.0, 2.0])
contents = st.builds(Content, st.tuples(values, values, values, values), st.sampled_from([78, 77]))


@given(st.lists(contents, min_size=1, max_size=8), st.booleans())
def test_the_newest_revision_says_what_was_said_last(said, one_batch):
    record = Record()
    for at, content in enumerate(said):
        record.hear(Word(SAID, content, at, again=False, released=False))
        if not one_batch:
            for revision in record.revisions:
                revision.parts = 0
    newest = record.revisions[-1].content
    for column in range(4):
        spoken = [content.values[column] for content in said if content.values[column] is not None]
        assert newest.values[column] == (spoken[-1] if spoken else None)
    assert [one.number for one in record.revisions] == list(range(1, len(record.revisions) + 1))
    for before, after in zip(record.revisions, record.revisions[1:], strict=False):
        assert before.content != after.content
    if one_batch:
        assert record.known + sum(one.parts for one in record.revisions) == len(said)


@given(st.lists(contents, min_size=1, max_size=6), st.integers(0, 5))
def test_a_word_that_comes_again_changes_nothing(said, which):
    record = Record()
    for at, content in enumerate(said):
        record.hear(Word(SAID, content, at, again=False, released=False))
    before = [one.content for one in record.revisions]
    word = said[min(which, len(said) - 1)]
    record.hear(Word(SAID, word, 99, again=True, released=False))
    if any(content.holds(word) for content in before):
        assert [one.content for one in record.revisions] == before
