"""Streams from packets: order, repetitions, gaps, wrap-around and ports used again, all decided by sequence numbers alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.limits import CAPTURE_CONNECTIONS_MAX, CAPTURE_NOTES_MAX
from switch.wire.conversation import Direction
from switch.wire.errors import CaptureError
from switch.wire.reassembly import Capture, read_capture

CLIENT, HOST = 40000, 8583


def bytes_of(direction: Direction) -> list[bytes]:
    return [b"".join(chunk.data for chunk in piece) for piece in direction.pieces]


def streams(capture: Capture) -> list[list[list[bytes]]]:
    """Connections, of them directions, of them pieces."""
    return [[bytes_of(direction) for direction in connection.directions] for connection in capture.connections]


def test_both_directions(wiretap) -> None:
    """Each direction is a stream of its own, and each byte knows its packet."""
    capture = read_capture(
        wiretap.pcap(
            [
                (CLIENT, 99, wiretap.SYN, b""),
                (HOST, 499, wiretap.SYN | wiretap.ACK, b""),
                (CLIENT, 100, wiretap.ACK, b"ask"),
                (HOST, 500, wiretap.ACK, b"ans"),
                (HOST, 503, wiretap.ACK | wiretap.FIN, b"wer"),
            ]
        )
    )
    assert streams(capture) == [[[b"ask"], [b"answer"]]]
    assert [chunk.packet for chunk in capture.connections[0].directions[1].pieces[0]] == [4, 5]
    assert (capture.packets, capture.notes) == (5, ())


@given(data=st.data(), base=st.sampled_from([0, 7, 2**31 - 5, 2**32 - 9, 2**32 - 1]), opened=st.booleans())
def test_any_order_with_repetitions(wiretap, data, base, opened) -> None:
    """However segments are cut, repeated, overlapped and shuffled, over the wrap of the numbers too, the stream is the same."""
    stream = bytes(range(60))
    cuts = sorted(data.draw(st.sets(st.integers(1, 59), max_size=6)))
    spans = list(zip([0, *cuts], [*cuts, 60], strict=True))
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, 58))
        spans.append((start, data.draw(st.integers(start + 1, 60))))
    spans = data.draw(st.permutations(spans))
    packets = [(CLIENT, base + 1 + start, wiretap.ACK, stream[start:end]) for start, end in spans]
    if opened:
        packets.insert(0, (CLIENT, base, wiretap.SYN, b""))
    capture = read_capture(wiretap.pcap(packets))
    assert streams(capture) == [[[stream]]]
    assert any("beginning is not in the capture" in note for note in capture.notes) is not opened


def test_repetitions_are_told(wiretap) -> None:
    """A segment that came twice is taken once, and a note says so."""
    packets = [(CLIENT, 0, wiretap.SYN, b""), (CLIENT, 1, wiretap.ACK, b"abc"), (CLIENT, 1, wiretap.ACK, b"abcd")]
    capture = read_capture(wiretap.pcap(packets))
    assert streams(capture) == [[[b"abcd"]]]
    assert capture.notes == ("10.0.0.2:40000 to 10.0.0.1:8583: 1 segment sent again, taken once",)


def test_gaps_are_told(wiretap) -> None:
    """Missing bytes, at the beginning too, part the stream, and a note says how many and where."""
    packets = [(CLIENT, 0, wiretap.SYN, b""), (CLIENT, 4, wiretap.ACK, b"abc"), (CLIENT, 9, wiretap.ACK, b"xyz")]
    capture = read_capture(wiretap.pcap(packets))
    assert streams(capture) == [[[b"abc", b"xyz"]]]
    name = "10.0.0.2:40000 to 10.0.0.1:8583"
    assert capture.notes == (
        f"{name}: 3 bytes are missing before packet 2",
        f"{name}: 2 bytes are missing before packet 3",
    )


def test_ports_used_again(wiretap) -> None:
    """A new SYN with another number begins another connection; the same SYN once more does not."""
    one = [(CLIENT, 10, wiretap.SYN, b""), (CLIENT, 10, wiretap.SYN, b""), (CLIENT, 11, wiretap.ACK, b"one")]
    two = [(CLIENT, 5010, wiretap.SYN, b""), (CLIENT, 5011, wiretap.ACK, b"two"), (HOST, 1, wiretap.ACK, b"2")]
    assert streams(read_capture(wiretap.pcap(one + two))) == [[[b"one"]], [[b"two"], [b"2"]]]


def test_a_capture_that_ends_early(wiretap) -> None:
    """What was read counts, and a note names the byte; when nothing was read, that is an error."""
    file = wiretap.pcap([(CLIENT, 1, wiretap.ACK, b"abc"), (CLIENT, 4, wiretap.ACK, b"def")], link="raw")
    capture = read_capture(file[:-1])
    assert streams(capture) == [[[b"abc"]]]
    assert "the capture ends at byte" in capture.notes[-1] or "the capture ends at byte" in capture.notes[0]
    with pytest.raises(CaptureError):
        read_capture(file[:30])


def test_bounds(wiretap) -> None:
    """Connections beyond the bound are left aside, notes beyond theirs are counted."""
    many = [(10_000 + at, 1, wiretap.ACK, b"x") for at in range(CAPTURE_CONNECTIONS_MAX + 5)]
    capture = read_capture(wiretap.pcap(many, link="raw"))
    assert len(capture.connections) == CAPTURE_CONNECTIONS_MAX
    assert len(capture.notes) == CAPTURE_NOTES_MAX + 1
    assert capture.notes[-1].startswith("and ")


@pytest.mark.parametrize("write", ["pcap", "pcapng"])
@given(data=st.data())
def test_mutated_captures(wiretap, write, data) -> None:
    """Whatever bytes are changed, a capture or a CaptureError comes out, with no more bytes than the file."""
    packets = [(CLIENT, 0, wiretap.SYN, b""), (CLIENT, 1, wiretap.ACK, b"abc" * 9), (HOST, 9, wiretap.ACK, b"def" * 9)]
    file = bytearray(getattr(wiretap, write)(packets))
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        capture = read_capture(bytes(file))
    except CaptureError:
        capture = Capture((), 0, ())
    taken = [piece for connection in streams(capture) for direction in connection for piece in direction]
    assert sum(map(len, taken)) <= len(file)
