"""Plain messages are taken from the bytes exactly as paho would have read them."""

from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import _packet
from paho.mqtt.client import MQTTv5

from smartpark.mqtt_packets import extent, plain, pubacks


def variable(length):
    found = bytearray()
    while True:
        length, digit = divmod(length, 128)
        found.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(found)


def publish(topic, payload, mid=7, first=0x32, properties=b""):
    inner = (
        len(topic).to_bytes(2) + topic + mid.to_bytes(2) + variable(len(properties)) + properties + payload
    )
    return bytes([first]) + variable(len(inner)) + inner


MESSAGES = st.lists(
    st.tuples(
        st.text(min_size=1, max_size=30),
        st.binary(max_size=300) | st.integers(16_000, 17_000).map(bytes),
        st.integers(1, 65_535),
        st.sampled_from([0x32, 0x33, 0x3A]),
    ),
    max_size=6,
)


@given(MESSAGES, st.data())
def test_messages_are_the_same_wherever_the_bytes_are_cut(messages, data):
    stream = b"".join(publish(t.encode(), p, mid, first) for t, p, mid, first in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    found, rest = [], b""
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        rest += stream[start:end]
        taken, at = plain(rest, 0, 3, 1_000)
        found, rest = found + taken, rest[at:]
    assert rest == b""
    assert [(m.topic, m.payload, m.mid) for m in found] == [(t, p, mid) for t, p, mid, _ in messages]
    assert {(m.generation, m.qos, m.received_us) for m in found} <= {(3, 1, 1_000)}


@given(st.binary(max_size=40).map(lambda noise: b"\x32" + noise))
def test_noise_is_never_taken_for_more_than_paho_reads_in_it(noise):
    taken, at = plain(noise, 0, 1, 1)
    for message in taken[:1]:
        body, end = extent(noise, 0)
        theirs = _packet.decode_publish(noise[0], noise[body:end], MQTTv5)
        assert (message.mid, message.payload) == (theirs.mid, bytes(theirs.payload))
    assert (at > 0) == bool(taken)


def test_what_is_not_plain_is_left_for_paho():
    user_property = b"\x26\x00\x01a\x00\x01b"
    for packet in (
        publish(b"t", b"x", properties=user_property),
        publish(b"", b"x"),  # an alias stands for the topic
        b"\x30\x04\x00\x01tx",  # QoS 0
        b"\x34" + publish(b"t", b"x")[1:],  # QoS 2
        b"\xd0\x00",
    ):
        assert plain(packet, 0, 1, 1) == ([], 0)
        assert extent(packet, 0) is not None


def test_a_length_that_no_packet_may_have_is_shown_to_paho_at_once():
    assert plain(b"\x32\xff\xff\xff\xff\x01", 0, 1, 1) == ([], 0)
    assert extent(b"\x32\xff\xff\xff\xff", 0) == (5, 5)
    assert extent(b"\x32\xff\xff\xff", 0) is None


def test_a_topic_that_is_not_utf_8_is_named_so():
    assert plain(publish(b"\xff", b"x"), 0, 1, 1)[0][0].topic == "(topic is not UTF-8)"


def test_confirmations_are_packets_in_order():
    assert pubacks([1, 258]) == b"\x40\x02\x00\x01\x40\x02\x01\x02"
