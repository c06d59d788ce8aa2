"""Cutting streams into messages: exact, in any pieces, within bounds, and nothing lost before an error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.limits import FRAME_BYTES_MAX
from switch.wire import FRAMINGS, EncodeError, FrameError, Framing
from switch.wire.rules import RULES

framings = pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
BIG, DIGITS = FRAMINGS["len2-big"], FRAMINGS["ascii4"]


def test_prefixes_are_what_they_are_called() -> None:
    """The prefixes of the two framings are spelled as their names say, and do not count themselves."""
    assert BIG.frame(b"x" * 300) == b"\x01\x2c" + b"x" * 300
    assert DIGITS.frame(b"x" * 300) == b"0300" + b"x" * 300


@framings
@settings(deadline=None)
@given(
    payloads=st.lists(st.binary(min_size=1, max_size=40) | st.just(b"m" * FRAME_BYTES_MAX), max_size=5),
    cuts=st.lists(st.integers(0, 300), max_size=20),
)
def test_any_split_of_a_stream_gives_the_same_frames(framing: Framing, payloads: list[bytes], cuts: list[int]) -> None:
    """Whatever the pieces in which a stream comes, the frames are those that were sent, in order."""
    stream = b"".join(framing.frame(payload) for payload in payloads)
    buffer = framing.buffer()
    frames = []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(stream)], strict=True):
        frames += buffer.feed(stream[start:end])
    assert frames == payloads
    assert buffer.pending == 0


@framings
def test_one_byte_at_a_time(framing: Framing) -> None:
    """Fed byte by byte, a buffer counts what it holds, and gives the frame with its last byte."""
    buffer = framing.buffer()
    framed = framing.frame(b"0800")
    for number, byte in enumerate(framed[:-1], 1):
        assert buffer.feed(bytes([byte])) == []
        assert buffer.pending == number
    assert buffer.feed(framed[-1:]) == [b"0800"]
    assert buffer.pending == 0


@pytest.mark.parametrize(
    ("framing", "prefix", "rule"),
    [
        (BIG, b"\x00\x00", "FRM-LEN-01"),
        (BIG, b"\xff\xff", "FRM-LEN-02"),
        (BIG, (FRAME_BYTES_MAX + 1).to_bytes(2, "big"), "FRM-LEN-02"),
        (BIG, b"GET / HTTP/1.1\r\n", "FRM-LEN-02"),
        (DIGITS, b"0000", "FRM-LEN-01"),
        (DIGITS, b"9999", "FRM-LEN-02"),
        (DIGITS, b"+012", "FRM-LEN-03"),
        (DIGITS, b" 012", "FRM-LEN-03"),
        (DIGITS, b"1_00", "FRM-LEN-03"),
        (DIGITS, b"00A0", "FRM-LEN-03"),
        (DIGITS, "0012".encode("cp500"), "FRM-LEN-03"),
    ],
)
def test_a_prefix_that_cannot_be_ends_the_stream(framing: Framing, prefix: bytes, rule: str) -> None:
    """A bad prefix raises with its place in the stream and the good frames of the same read; the buffer stays ended."""
    first = framing.frame(b"earlier")
    second = framing.frame(b"same read")
    buffer = framing.buffer()
    assert buffer.feed(first) == [b"earlier"]
    with pytest.raises(FrameError) as refused:
        buffer.feed(second + second + prefix + b"more")
    error = refused.value
    assert error.frames == (b"same read", b"same read")
    assert error.rule == rule
    assert rule in RULES
    assert error.offset == len(first) + 2 * len(second)
    assert f"stream byte {error.offset}" in str(error)
    with pytest.raises(FrameError) as again:
        buffer.feed(first)
    assert (again.value.rule, again.value.offset, again.value.frames) == (rule, error.offset, ())
    assert buffer.pending == 0


@framings
def test_the_longest_frame_passes(framing: Framing) -> None:
    """A frame of exactly the limit is sent and received; a buffer never holds more than one frame and its prefix."""
    payload = b"p" * FRAME_BYTES_MAX
    buffer = framing.buffer()
    framed = framing.frame(payload)
    assert buffer.feed(framed + framed[:-1]) == [payload]
    assert buffer.pending == len(framed) - 1


@framings
@pytest.mark.parametrize("size", [0, FRAME_BYTES_MAX + 1])
def test_what_a_peer_would_refuse_is_not_framed(framing: Framing, size: int) -> None:
    """An empty payload and one over the limit cannot be framed."""
    with pytest.raises(EncodeError) as refused:
        framing.frame(b"p" * size)
    assert refused.value.rule == "ENC-FRM-01"
