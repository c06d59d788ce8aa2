"""Proves that frames come out as they went in, however the stream was cut, and that bad lengths end it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.host.framing import FrameBuffer, FrameError, frame
from keys.host.limits import FRAME_BYTES_MAX

messages = st.lists(st.binary(min_size=6, max_size=40), max_size=8)


@given(messages, st.data())
def test_messages_survive_any_cut(sent, data):
    """Whatever pieces the stream comes in, the messages are the ones that were framed."""
    stream = b"".join(map(frame, sent))
    buffer, got = FrameBuffer(6), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        got += buffer.feed(stream[:size])
        stream = stream[size:]
    assert got == sent
    assert not buffer.partial


@pytest.mark.parametrize("length", [0, 1, 5, FRAME_BYTES_MAX + 1, 65535])
def test_a_length_that_no_message_has_ends_the_stream(length):
    """B1, B2, B3, B5: refused at once, without waiting for what it promises."""
    with pytest.raises(FrameError, match=str(length)):
        FrameBuffer(6).feed(length.to_bytes(2, "big"))


def test_messages_before_a_bad_length_are_given_first():
    """What was whole is answered; the next call says that the stream has ended."""
    buffer = FrameBuffer(2)
    assert buffer.feed(frame(b"NC") + b"\xff\xff") == [b"NC"]
    with pytest.raises(FrameError):
        buffer.feed(b"")


def test_the_longest_message_is_taken():
    """The bound itself is inside."""
    assert FrameBuffer(2).feed(frame(bytes(FRAME_BYTES_MAX))) == [bytes(FRAME_BYTES_MAX)]
