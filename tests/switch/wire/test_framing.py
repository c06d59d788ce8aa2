"""Cutting streams into messages: exact, in any pieces, within bounds, and nothing lost before an error."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.limits import FRAME_BYTES_MAX
from switch.wire import FRAMINGS, EncodeError, FrameError, Framing
from switch.wire.rules import RULES

framings = pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
BIG, DIGITS = FRAMINGS["len2-big"], FRAMINGS["ascii4"]


def _text(data: bytes) -> bytes:
    """The bytes without those that start or end a frame, so that a framing for text carries them too."""
    return data.translate(bytes.maketrans(b"\x02\x03", b"23"))


AROUND: dict[str, tuple[bytes, bytes]] = {
    "len2-big": (b"\x00\x47", b""),
    "len3-big": (b"\x00\x00\x47", b""),
    "len4-big": (b"\x00\x00\x00\x47", b""),
    "len2-little": (b"\x47\x00", b""),
    "ascii2": (b"71", b""),
    "ascii4": (b"0071", b""),
    "hex4": (b"0047", b""),
    "bcd2": (b"\x00\x71", b""),
    "len2-big-incl": (b"\x00\x49", b""),
    "len3-big-incl": (b"\x00\x00\x4a", b""),
    "len4-big-incl": (b"\x00\x00\x00\x4b", b""),
    "len2-little-incl": (b"\x49\x00", b""),
    "ascii2-incl": (b"73", b""),
    "ascii4-incl": (b"0075", b""),
    "len2-big-tpdu": (b"\x00\x4c\x60\x00\x00\x00\x00", b""),
    "bcd2-tpdu": (b"\x00\x76\x60\x00\x00\x00\x00", b""),
    "visa": (b"\x00\x5d\x00\x00\x16\x01\x02\x00\x5d" + bytes(17), b""),
    "len2-big-etx": (b"\x00\x48", b"\x03"),
    "stx-etx": (b"\x02", b"\x03"),
    "len2-big-poll": (b"\x00\x47", b""),
    "len4-big-poll": (b"\x00\x00\x00\x47", b""),
    "len2-big-poll-echo": (b"\x00\x47", b""),
    "len4-big-poll-echo": (b"\x00\x00\x00\x47", b""),
}
"""What stands before and behind a message of 71 bytes, written down by hand."""


@framings
def test_a_framing_is_what_it_is_called(framing: Framing) -> None:
    """What stands around a message is spelled as the name says; hexadecimal and packed lengths differ beyond 9."""
    before, behind = AROUND[framing.name]
    assert framing.frame(b"x" * 71) == before + b"x" * 71 + behind


def test_larger_lengths_are_spelled_too() -> None:
    """300 bytes: the digits of each spelling are in their places."""
    starts = {name: framing.frame(b"x" * 300)[:4] for name, framing in FRAMINGS.items() if framing.bytes_max > 300}
    assert starts["len2-big"] == b"\x01\x2cxx"
    assert starts["len2-little"] == b"\x2c\x01xx"
    assert starts["ascii4"] == b"0300"
    assert starts["hex4"] == b"012C"
    assert starts["bcd2"] == b"\x03\x00xx"
    assert starts["ascii4-incl"] == b"0304"


@framings
@settings(deadline=None)
@given(
    payloads=st.lists(st.binary(min_size=1, max_size=40).map(_text) | st.just(b""), max_size=5),
    cuts=st.lists(st.integers(0, 300), max_size=20),
)
def test_any_split_of_a_stream_gives_the_same_frames(framing: Framing, payloads: list[bytes], cuts: list[int]) -> None:
    """Whatever the pieces in which a stream comes, the frames are those that were sent, in order."""
    payloads = [payload or b"m" * framing.bytes_max for payload in payloads]
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
        (FRAMINGS["len3-big"], b"\x01\x00\x00", "FRM-LEN-02"),
        (FRAMINGS["len4-big"], b"\xff\xff\xff\xff", "FRM-LEN-02"),
        (FRAMINGS["len4-big"], bytes(4), "FRM-LEN-01"),
        (FRAMINGS["len2-little"], b"\x01\x60", "FRM-LEN-02"),
        (FRAMINGS["ascii2"], b"0x", "FRM-LEN-03"),
        (FRAMINGS["ascii2"], b"00", "FRM-LEN-01"),
        (FRAMINGS["hex4"], b"00G0", "FRM-LEN-03"),
        (FRAMINGS["hex4"], b" 1F0", "FRM-LEN-03"),
        (FRAMINGS["hex4"], b"0x1F", "FRM-LEN-03"),
        (FRAMINGS["hex4"], b"FFFF", "FRM-LEN-02"),
        (FRAMINGS["bcd2"], b"\x01\x2c", "FRM-LEN-03"),
        (FRAMINGS["bcd2"], b"\x99\x99", "FRM-LEN-02"),
        (FRAMINGS["len2-big-incl"], b"\x00\x00", "FRM-LEN-01"),
        (FRAMINGS["len2-big-incl"], b"\x00\x01", "FRM-LEN-01"),
        (FRAMINGS["len2-big-incl"], b"\x00\x02", "FRM-LEN-01"),
        (FRAMINGS["ascii4-incl"], b"0004", "FRM-LEN-01"),
        (FRAMINGS["len2-big-tpdu"], b"\x00\x05\x60\x00\x01\x00\x02", "FRM-LEN-01"),
        (FRAMINGS["len2-big-tpdu"], b"\x00\x06\x61\x00\x01\x00\x02x", "FRM-HDR-01"),
        (FRAMINGS["len2-big-tpdu"], b"\x00\x03\x60\x00\x01", "FRM-HDR-01"),
        (FRAMINGS["visa"], b"\x00\x17\x00\x01", "FRM-LEN-03"),
        (FRAMINGS["visa"], b"\x00\x17\x00\x00\x16\x01\x02\x00\x18" + bytes(18), "FRM-HDR-01"),
        (FRAMINGS["visa"], b"\x00\x17\x00\x00\x15\x01\x02\x00\x17" + bytes(18), "FRM-HDR-01"),
        (FRAMINGS["len2-big-etx"], b"\x00\x03abc", "FRM-END-01"),
        (FRAMINGS["len2-big-etx"], b"\x00\x01\x03", "FRM-LEN-01"),
        (FRAMINGS["stx-etx"], b"0800", "FRM-STX-01"),
        (FRAMINGS["stx-etx"], b"\x02\x03", "FRM-LEN-01"),
        (FRAMINGS["stx-etx"], b"\x02" + b"x" * (FRAME_BYTES_MAX + 1), "FRM-LEN-02"),
        (FRAMINGS["len4-big-poll"], b"\x00\x00\x20\x01", "FRM-LEN-02"),
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
    payload = b"p" * framing.bytes_max
    buffer = framing.buffer()
    framed = framing.frame(payload)
    assert buffer.feed(framed + framed[:-1]) == [payload]
    assert buffer.pending == len(framed) - 1


@framings
def test_what_a_peer_would_refuse_is_not_framed(framing: Framing) -> None:
    """An empty payload and one over the limit cannot be framed."""
    for size in (0, framing.bytes_max + 1):
        with pytest.raises(EncodeError) as refused:
            framing.frame(b"p" * size)
        assert refused.value.rule == "ENC-FRM-01"


@pytest.mark.parametrize("payload", [b"0800\x03", b"\x020800", b"08\x0300"])
def test_a_byte_that_ends_frames_is_not_framed_without_a_length(payload: bytes) -> None:
    """What the peer would cut in two is not sent; with a length it is."""
    with pytest.raises(EncodeError) as refused:
        FRAMINGS["stx-etx"].frame(payload)
    assert refused.value.rule == "ENC-FRM-02"
    assert refused.value.rule in RULES
    framed = FRAMINGS["len2-big-etx"].frame(payload)
    assert FRAMINGS["len2-big-etx"].buffer().feed(framed) == [payload]


@pytest.mark.parametrize("name", [name for name, framing in FRAMINGS.items() if framing.polls])
@given(places=st.sets(st.integers(0, 3)), cut=st.integers(1, 9))
def test_polls_are_no_messages(name: str, places: set[int], cut: int) -> None:
    """A length of 0 before, between and behind messages leaves nothing: no frame, nothing pending, no error."""
    framing = FRAMINGS[name]
    assert framing.prefix is not None
    poll = bytes(framing.prefix.size)
    payloads = [b"one", b"two", b"three"]
    parts = [poll * (place in places) + framing.frame(payload) for place, payload in enumerate(payloads)]
    stream = b"".join(parts) + poll * (3 in places)
    buffer = framing.buffer()
    frames, polls = [], 0
    for at in range(0, len(stream), cut):
        frames += buffer.feed(stream[at : at + cut])
        polls += buffer.polls
    assert (frames, polls) == (payloads, len(places))
    assert buffer.pending == 0
    assert framing.echo(polls) == (poll * len(places) if name.endswith("-echo") else b"")


def test_a_search_for_the_end_does_not_begin_anew() -> None:
    """A frame without a length that comes byte by byte is searched once: each byte is looked at when it comes."""
    buffer = FRAMINGS["stx-etx"].buffer()
    for byte in b"\x02" + b"x" * 40:
        assert buffer.feed(bytes((byte,))) == []
    assert buffer.searched == buffer.pending == 41
    assert buffer.feed(b"\x03\x02") == [b"x" * 40]
    assert (buffer.searched, buffer.pending) == (1, 1)


@framings
@settings(deadline=None)
@given(chunks=st.lists(st.binary(max_size=40), max_size=8))
def test_any_bytes_give_frames_or_a_frame_error(framing: Framing, chunks: list[bytes]) -> None:
    """Garbage: lawful frames, a FrameError and nothing else; what is kept has a bound."""
    buffer = framing.buffer()
    with contextlib.suppress(FrameError):
        for chunk in chunks:
            assert all(buffer.feed(chunk))
    assert buffer.pending <= sum(map(len, chunks))


def test_a_read_that_brings_one_frame_is_judged_like_any_other() -> None:
    """The longest message is taken; one that is longer breaks the stream at its first byte, behind all that was cut before."""
    most = BIG.frame(bytes(FRAME_BYTES_MAX))
    buffer = BIG.buffer()
    assert buffer.feed(most) == [bytes(FRAME_BYTES_MAX)]
    with pytest.raises(FrameError) as refused:
        buffer.feed((FRAME_BYTES_MAX + 1).to_bytes(2, "big") + bytes(FRAME_BYTES_MAX + 1))
    assert (refused.value.rule, refused.value.offset) == ("FRM-LEN-02", len(most))
