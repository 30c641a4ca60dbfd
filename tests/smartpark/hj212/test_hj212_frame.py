"""A frame is opened whatever the edition and whatever its device deviates in, or refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.hj212 import cipher, head
from smartpark.hj212.checksum import checksum, modbus
from smartpark.hj212.content import joined
from smartpark.hj212.frame import Frame, FrameError, decode

MN = "010000A8900016F000169DC0"
QN = "20260801085857223"
KEY = b"0" * 16
CP = "DataTime=20260801085857;a21026-Rtd=58,a21026-Flag=N;a34013-Rtd=9,a34013-Flag=D"


def frame(segment: str | bytes, check: str | None = None, length: str | None = None) -> bytes:
    """A frame around a data segment, right unless said otherwise."""
    data = segment.encode() if isinstance(segment, str) else segment
    return b"##%b%b%b\r\n" % (
        (length or f"{len(data):04d}").encode(),
        data,
        (check if check is not None else f"{checksum(data):04X}").encode(),
    )


def segment(
    cp: str = CP, *, flag: str = "Flag=5;", qn: str = f"QN={QN};", mn: str = MN, pw: str = "123456"
) -> str:
    return f"{qn}ST=31;CN=2011;PW={pw};MN={mn};{flag}CP=&&{cp}&&"


def refused(raw: bytes, key_of=None) -> FrameError:
    with pytest.raises(FrameError) as found:
        decode(raw, key_of)
    return found.value


def encrypted(cp: str, key: bytes = KEY) -> bytes:
    """A frame of the 2025 edition: length and check are made of the plain segment."""
    plain = segment(cp, flag="Flag=9;").encode()
    start = plain.index(b"CP=&&") + 5
    hidden = plain[:start] + cipher.encrypt(plain[start:-2], key) + b"&&"
    return b"##%04d%b%04X\r\n" % (len(plain), hidden, checksum(plain))


def test_the_example_of_the_2017_edition_opens():
    found = decode(
        b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80"
    )
    assert found.head[:7] == ("32", "1062", "100000", MN, 5, None, None)
    assert (found.qn, found.edition, found.wants_answer) == ("20160801085857223", 2017, True)
    assert found.field("RtdInterval") == "30"
    assert found.field("MinInterval") is None
    assert found.deviations == frozenset()


def test_a_frame_of_2005_without_qn_and_flag_opens():
    raw = (
        b"##0139ST=32;CN=2011;PW=123456;MN=LD130133000015;CP=&&DataTime=20160824003817000;B01-Rtd=36.91;"
        b"011-Rtd=231.0,011-Flag=N;060-Rtd=1.803,060-Flag=N&&4980"
    )
    found = decode(raw)
    assert (found.qn, found.edition, found.wants_answer) == ("", 2005, False)
    assert found.values[found.shape.factors["011"]["Rtd"]] == "231.0"
    assert found.deviations == {"no_qn", "no_flag", "mn_form", "long_time"}
    assert found.raw == raw


@pytest.mark.parametrize(
    ("flag", "edition", "answer"),
    [
        (0, 2005, False),
        (1, 2005, True),
        (4, 2017, False),
        (5, 2017, True),
        (8, 2025, False),
        (9, 2025, True),
        (13, 2025, True),
    ],
)
def test_the_edition_and_the_wish_for_an_answer_are_bits_of_flag(flag, edition, answer):
    found = decode(frame(segment(flag=f"Flag={flag};")))
    assert (found.edition, found.wants_answer, found.deviations) == (edition, answer, frozenset())


def test_a_part_of_a_split_message_says_its_number():
    found = decode(frame(segment(flag="Flag=7;PNUM=2;PNO=1;")))
    assert (found.head.pnum, found.head.pno, found.head.flag) == (2, 1, 7)
    assert found.key == (MN, QN, "2011", 1)
    assert found.deviations == frozenset()


@pytest.mark.parametrize("flag", ["Flag=7;", "Flag=5;PNUM=2;PNO=1;"])
def test_a_split_bit_that_lies_is_borne(flag):
    assert decode(frame(segment(flag=flag))).deviations == {"split_bit"}


def test_only_rf_1_says_that_data_are_sent_again():
    assert decode(frame(segment(flag="Flag=9;RF=1;"))).head.resent
    assert not decode(frame(segment(flag="Flag=9;"))).head.resent
    assert not decode(frame(segment(flag="Flag=9;RF=0;"))).head.resent


def test_header_names_may_stand_in_any_order_and_the_second_frame_of_a_logger_says_the_same():
    raw = frame(f"ST=31;CN=2011;QN={QN};MN={MN};PW=123456;Flag=5;CP=&&{CP}&&")
    for _ in range(2):
        found = decode(raw)
        assert (found.qn, found.head.mn, found.deviations) == (QN, MN, frozenset())


def test_a_qn_of_another_form_is_kept_as_it_is():
    assert decode(frame(segment(qn="QN=2025123012080012345;"))).qn == "2025123012080012345"
    assert decode(frame(segment(qn="QN=;"))).deviations == {"no_qn"}


def test_a_comma_after_qn_is_a_misprint_of_the_standard_and_borne():
    assert decode(frame(segment(qn=f"QN={QN},"))).qn == QN


def test_a_missing_semicolon_before_cp_is_borne():
    found = decode(frame(segment(flag="Flag=5")))
    assert (found.head.flag, found.deviations) == (5, frozenset())


def test_blanks_around_header_values_are_borne():
    assert decode(frame(f"QN={QN}; ST=31; CN = 2011 ;PW=123456;MN= {MN};Flag=5;CP=&&{CP}&&")).head.mn == MN


def test_a_length_of_three_digits_is_borne():
    data = segment()
    assert decode(frame(data, length=str(len(data)))).deviations == {"three_digit_length"}


def test_a_check_in_lower_case_is_borne():
    raw = next(
        raw
        for n in range(99)
        if (raw := frame(segment(f"DataTime=20260801085857;a21026-Rtd={n}")))[-6:-2].lower() != raw[-6:-2]
    )
    assert decode(raw[:-6] + raw[-6:-2].lower()).deviations == {"lower_case_check"}


@pytest.mark.parametrize(
    ("mn", "pw", "deviations"),
    [
        ("Z13401000010301", "123456", {"mn_form"}),
        (MN.lower(), "123456", {"mn_form"}),
        (MN, "BF470F88957588DE902D1A52", {"pw_length"}),
        (MN, "", {"pw_length"}),
    ],
)
def test_other_forms_of_mn_and_pw_are_borne(mn, pw, deviations):
    assert decode(frame(segment(mn=mn, pw=pw))).deviations == deviations


@pytest.mark.parametrize("end", [b"", b"\r", b"\n", b"\r\n", b"\r\n\r\n"])
def test_whatever_line_end_follows_is_no_part_of_the_frame(end):
    raw = frame(segment()).rstrip()
    assert decode(raw + end).raw == raw


def test_text_in_chinese_is_counted_in_bytes():
    found = decode(frame(segment("DataTime=20260801085857;i11001-Info=//采样泵故障//")))
    assert joined(found.shape, found.values)["i11001-Info"] == "//采样泵故障//"
    counted = segment("DataTime=20260801085857;i11001-Info=//采样泵故障//")
    error = refused(frame(counted, length=f"{len(counted):04d}"))
    assert error.reason == "bad_frame"
    assert str(error).endswith("count bytes, not characters")


def test_text_in_gb18030_is_borne():
    found = decode(frame(segment("DataTime=20260801085857;i11001-Info=//采样泵故障//").encode("gb18030")))
    assert joined(found.shape, found.values)["i11001-Info"] == "//采样泵故障//"
    assert found.deviations == {"text_in_gb18030"}


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "the frame does not begin with ##"),
        (b"GET / HTTP/1.1", "the frame does not begin with ##"),
        (b"##", 'the length is ""; write four digits such as 0101'),
        (b"##01x1QN=1", 'the length is "01x1"; write four digits such as 0101'),
        (frame("QN=1;ST=31;CN=2011;MN=A;CP=&DataTime=1&"), "the data segment has no CP=&&...&&"),
        (frame("QN=1;ST=31;CN=2011;MN=A;CP=&&"), "the data segment has no CP=&&...&&"),
        (frame(segment())[:60], "the data segment has 50; count bytes, not characters"),
        (frame("ST=31;CN=2011;MN;CP=&&&&"), 'the header has "MN" where name=value belongs'),
        (frame("ST=31;CN=20x1;MN=A;CP=&&&&"), 'CN is "20x1"; write the four digits of a command'),
        (frame("ST=31;CN=2011;CP=&&&&"), 'MN is ""; write the 24 characters of the logger'),
        (frame(f"ST=31;CN=2011;MN={'A' * 65};CP=&&&&"), f'MN is "{"A" * 40}"; write the 24 characters'),
        (frame("ST=31;CN=2011;MN=A/B;CP=&&&&"), 'MN is "A/B"; write the 24 characters of the logger'),
        (frame("ST=123456789;CN=2011;MN=A;CP=&&&&"), 'ST is "123456789"; write the two digits of a system'),
        (frame("ST=31;CN=2011;MN=A;Flag=256;CP=&&&&"), 'Flag is "256"; write a number up to 255'),
        (frame("ST=31;CN=2011;MN=A;Flag=x;CP=&&&&"), 'Flag is "x"; write a number up to 255'),
        (frame(f"QN={'1' * 41};ST=31;CN=2011;MN=A;CP=&&&&"), "write 17 digits YYYYMMDDhhmmsszzz"),
        (frame(b"ST=31;CN=2011;MN=\xff;CP=&&&&"), "byte 17 of the header is not UTF-8"),
        (frame(segment("DataTime")), 'CP has "DataTime" where name=value belongs'),
        (frame(segment("a-Rtd=1\x00")), "CP has the character NUL; send text and numbers alone"),
        (frame(segment("a-Rtd=").encode()[:-2] + b"\xff&&"), "byte 6 of CP is neither UTF-8 nor GB 18030"),
    ],
)
def test_what_is_no_frame_is_refused_with_a_sentence(raw, sentence):
    error = refused(raw)
    assert error.reason == "bad_frame"
    assert sentence in str(error)


def test_a_wrong_check_says_the_right_one():
    data = segment()
    error = refused(frame(data, check="0A00"))
    assert (error.reason, error.mn) == ("bad_crc", MN)
    assert f"the check is 0A00, {checksum(data.encode()):04X} is right" in str(error)
    assert "is encrypted and no key is set" in str(error)


@pytest.mark.parametrize("order", ["big", "little"])
def test_the_check_of_modbus_is_named_in_either_byte_order(order):
    data = segment()
    value = int.from_bytes(modbus(data.encode()).to_bytes(2, "big"), order)
    error = refused(frame(data, check=f"{value:04X}"))
    assert error.reason == "bad_crc"
    assert "is CRC-16/MODBUS" in str(error)
    assert "use the check of HJ 212-2017 appendix A" in str(error)


@pytest.mark.parametrize("check", ["CRC", "12", "CRC!", "", "12G4"])
def test_a_check_that_is_not_four_digits_is_named(check):
    error = refused(frame(segment(), check=check))
    assert error.mn == MN
    assert error.reason == ("bad_crc" if check else "bad_frame")
    assert check not in {"CRC", "12", "CRC!", "12G4"} or str(error).endswith("send four hexadecimal digits")


def test_a_damaged_header_is_a_wrong_check_and_still_says_who_sent_it():
    error = refused(frame(segment()).replace(b"CN=2011", b"CN=2\x0011"))
    assert (error.reason, error.mn) == ("bad_crc", MN)
    assert str(error).isprintable()


def test_a_damaged_ampersand_is_a_wrong_check_too():
    assert refused(frame(segment()).replace(b"CP=&&", b"CP=&'")).reason == "bad_crc"


def test_an_error_names_nobody_whom_a_topic_cannot_carry():
    assert refused(b"##0099MN=a/b;CP=&&").mn == ""
    assert refused(b"##0099MN=a\x00b;CP=&&").mn == ""
    assert refused(b"##0099MN=ab;CP=&&").mn == "ab"


def test_an_encrypted_frame_opens_with_its_key():
    found = decode(encrypted(CP), {MN: KEY}.get)
    assert found.encrypted
    assert joined(found.shape, found.values)["a21026-Rtd"] == "58"
    assert found.deviations == frozenset()
    plain = decode(frame(segment()), {MN: KEY}.get)
    assert not plain.encrypted


def test_an_encrypted_frame_without_its_key_is_refused_and_says_why():
    assert "is encrypted and no key is set" in str(refused(encrypted(CP)))
    assert "is encrypted and no key is set" in str(refused(encrypted(CP), lambda _: None))
    wrong = refused(encrypted(CP), lambda _: b"1" * 16)
    assert wrong.reason == "bad_crc"
    assert str(wrong).endswith("the SM4 key of this logger does not open it either")


def test_a_damaged_encrypted_frame_is_a_wrong_check():
    raw = bytearray(encrypted(CP))
    raw[-20] ^= 1
    assert refused(bytes(raw), {MN: KEY}.get).reason == "bad_crc"


def test_encrypted_bytes_may_be_delimiters():
    for wanted in (b"##", b"&&", b"\r\n"):
        raw = next(
            raw
            for n in range(200_000)
            if wanted in (raw := encrypted(f"DataTime=20260801085857;a21026-Rtd={n},a21026-Flag=N"))[100:-8]
        )
        assert decode(raw, {MN: KEY}.get).encrypted


def test_an_encrypted_frame_whose_check_fits_by_chance_is_opened_all_the_same():
    raw = next(
        raw
        for n in range(20_000)
        if checksum((raw := encrypted(f"DataTime=20260801085857;a21026-Rtd={n},a21026-Flag=N"))[6:-6])
        == int(raw[-6:-2], 16)
    )
    assert decode(raw, {MN: KEY}.get).encrypted
    assert refused(raw).reason == "bad_frame"


def test_a_plain_frame_of_wrong_grammar_is_said_to_be_that_though_a_key_is_known():
    error = refused(frame(segment("DataTime")), {MN: KEY}.get)
    assert (error.reason, error.mn) == ("bad_frame", MN)
    assert 'CP has "DataTime"' in str(error)


@given(st.binary(max_size=120), st.booleans())
def test_any_bytes_open_or_are_refused(noise, closed):
    raw = frame(b"QN=1;ST=31;CN=2011;MN=A;CP=&&" + noise + b"&&") if closed else b"##" + noise
    try:
        found: Frame | FrameError = decode(raw, lambda _: KEY)
    except FrameError as error:
        found = error
    if isinstance(found, Frame):
        assert len(found.values) == len(found.shape.names)
    else:
        assert (str(found) + found.mn).isprintable()


@given(st.integers(0, len(frame(segment())) - 3), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_changes_nothing_but_what_the_check_cannot_see(at, change):
    raw = bytearray(frame(segment()).rstrip())
    raw[at] ^= change
    try:
        found = decode(bytes(raw))
    except FrameError:
        return
    assert "lower_case_check" in found.deviations or checksum(bytes(raw[6:-4])) == int(raw[-4:], 16)


def test_headers_without_end_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(head, "_heads", {})
    monkeypatch.setattr(head, "_HEADS", 10)
    for n in range(100):
        decode(frame(segment(mn=f"{n:024d}")))
        assert len(head._heads) <= 10
    decode(frame(segment(pw="x" * 400)))
    assert not any(b"x" * 400 in key for key in head._heads)
