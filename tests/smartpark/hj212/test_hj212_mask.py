"""No password is shown: not one that the head's reader finds, nor what looks like one in a broken frame."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from smartpark.hj212 import head
from smartpark.hj212.mask import without_passwords

REST = b"ST=31;CN=2011;%sMN=88880000000000000000000A;Flag=5;CP=&&a21026-Rtd=1&&"
BLANKS = st.text(" \t\r\n\x1f\x85\xa0\u2003\u3000", max_size=3)
WORD = st.text(st.characters(codec="utf-8", exclude_characters=";,"), min_size=6, max_size=12)


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        (b"##0010QN=1;PW=123456;MN=A;CP=&&&&1C80", b"##0010QN=1;PW=******;MN=A;CP=&&&&1C80"),
        (b"##0010QN=1; PW=123456;MN=A", b"##0010QN=1; PW=******;MN=A"),
        (b"##0010QN=1,PW=123456,MN=A", b"##0010QN=1,PW=******,MN=A"),
        (b"##0010QN=1;PW =123456;MN=A", b"##0010QN=1;PW =******;MN=A"),
        (b"##0010PW= 12 34 ;MN=A", b"##0010PW=******;MN=A"),
        (b"##0010PW=123456CP=&&x=1&&1C80", b"##0010PW=******CP=&&x=1&&1C80"),
        (b"##001012;pw=123456", b"##001012;pw=******"),
        (
            b"##0010CP=&&NewPW=123456&&1C80\r\n##0010PW=12&&34;x",
            b"##0010CP=&&NewPW=******&&1C80\r\n##0010PW=******;x",
        ),
        (b"\xff\x00;PW=\xff23456;\xfe", b"\xff\x00;PW=******;\xfe"),
        (b'{"values":{"a":1}}', b'{"values":{"a":1}}'),
    ],
)
def test_a_password_is_hidden_and_nothing_else_changes(frame, shown):
    assert without_passwords(frame) == shown


@given(BLANKS, BLANKS, BLANKS, WORD)
@example("", "", "", "1&&2C34")
@example("", "", "", "a=b=PW=c")
def test_what_the_head_reads_as_a_password_is_hidden(before, between, behind, word):
    assume(len(word.strip()) > 4 and "CP=&&" not in word)
    segment = REST % f"{before}PW{between}={behind}{word};".encode()
    read = head.read(segment)[0]
    assert read.pw == word.strip()
    frame = b"##%04d%s1C80" % (len(segment), segment)
    assert without_passwords(frame) == b"##%04d%s1C80" % (
        len(segment),
        REST % f"{before}PW{between}=******;".encode(),
    )
