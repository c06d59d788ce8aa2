"""Capture files: both formats in both orders give their packets; what is cut or spoilt is told by its byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.limits import CAPTURE_BYTES_MAX, CAPTURE_PACKETS_MAX
from switch.wire.capture import Packet, is_capture, packets_of
from switch.wire.errors import CaptureError
from switch.wire.rules import RULES

ORDERS = pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])


def packets(wiretap) -> list[tuple[int, int, int, bytes]]:
    return [(40000, 1, wiretap.SYN, b""), (40000, 2, wiretap.ACK, b"hello"), (8583, 9, wiretap.ACK, b"odd")]


def read(data: bytes) -> tuple[list[Packet], CaptureError | None]:
    found = []
    try:
        for packet in packets_of(data):
            found.append(packet)  # noqa: PERF402 - what was found before an error counts
    except CaptureError as error:
        return found, error
    return found, None


def check(found: list[Packet], file: bytes, link: int = 1) -> None:
    assert [packet.number for packet in found] == [1, 2, 3]
    assert {packet.link for packet in found} == {link}
    assert [packet.data.rstrip(b"\x00")[-3:] for packet in found[1:]] == [b"llo", b"odd"]
    assert all(file[packet.offset :].startswith(packet.data) for packet in found)


@ORDERS
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_pcap(wiretap, order, nanoseconds) -> None:
    """Either order of bytes, either unit of time."""
    file = wiretap.pcap(packets(wiretap), order=order, nanoseconds=nanoseconds)
    assert is_capture(file)
    found, error = read(file)
    assert error is None
    check(found, file)


@ORDERS
@pytest.mark.parametrize("simple", [False, True])
def test_pcapng(wiretap, order, simple) -> None:
    """Either order of bytes, packets with and without a time, and blocks that nobody asked for."""
    file = wiretap.pcapng(packets(wiretap), order=order, simple=simple)
    assert is_capture(file)
    found, error = read(file)
    assert error is None
    check(found, file)


def test_sections_have_their_own_order_and_interfaces(wiretap) -> None:
    """Files put behind each other are one capture; the second section counts its interfaces anew."""
    first = wiretap.pcapng(packets(wiretap), order="<", link="raw")
    found, error = read(first + wiretap.pcapng(packets(wiretap), order=">"))
    assert error is None
    assert [packet.link for packet in found] == [101] * 3 + [1] * 3


def test_packets_captured_in_part(wiretap) -> None:
    """What was left out of a packet is known."""
    found, _ = read(wiretap.pcap(packets(wiretap), cut=4))
    assert {packet.cut for packet in found} == {4}


@pytest.mark.parametrize("write", ["pcap", "pcapng"])
def test_a_capture_that_was_cut_short(wiretap, write) -> None:
    """Wherever it ends: the packets before it, and the byte at which it does not go on."""
    file = getattr(wiretap, write)(packets(wiretap))
    for end in range(12, len(file)):
        found, error = read(file[:end])
        assert len(found) < 3
        if error is not None:
            assert error.rule in ("CAP-LEN-01",)
            assert 0 <= error.offset <= len(file)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda file: b"PK\x03\x04" + file, "CAP-MAG-01"),
        (lambda file: file[:28] + file[28:].replace(b"\x06\x00\x00\x00", b"\x06\x00\x00\x00\xff", 1), "CAP-LEN-01"),
        (lambda file: file + b"\x0a\x0d\x0d\x0a" + bytes(24), "CAP-MAG-01"),
        (lambda file: file + b"\x06\x00\x00\x00" + b"\x0d\x00\x00\x00" + bytes(24), "CAP-LEN-01"),
        (lambda file: file + b"\x05\x00\x00\x00" + b"\x0c\x00\x00\x00" + b"\x10\x00\x00\x00", "CAP-LEN-01"),
        (lambda file: file + b"\x06\x00\x00\x00\x20\x00\x00\x00\x07" + bytes(19) + b"\x20\x00\x00\x00", "CAP-LNK-01"),
    ],
    ids=["zip", "shifted", "no order", "length", "lengths differ", "interface"],
)
def test_a_spoilt_capture(wiretap, spoil, rule) -> None:
    """Each fault has its rule, which is explained."""
    _, error = read(spoil(wiretap.pcapng(packets(wiretap))))
    assert error is not None
    assert error.rule == rule
    assert rule in RULES
    assert str(error).startswith(f"byte {error.offset}: ")


@pytest.mark.parametrize("write", ["pcap", "pcapng"])
@given(data=st.data())
def test_mutated_captures(wiretap, write, data) -> None:
    """Whatever a byte is changed to, packets or a CaptureError come out, and no packet is longer than the file."""
    file = bytearray(getattr(wiretap, write)(packets(wiretap)))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    found, error = read(bytes(file))
    assert sum(len(packet.data) for packet in found) <= len(file)
    assert error is None or error.rule in RULES


def test_bounds(wiretap) -> None:
    """Neither more bytes nor more packets than are looked at; what came before is given."""
    found, error = read(bytes(CAPTURE_BYTES_MAX + 1))
    assert (found, error and error.rule) == ([], "CAP-LEN-02")
    file = wiretap.pcap([]) + bytes(16) * (CAPTURE_PACKETS_MAX + 1)
    seen, refused = 0, None
    try:
        for packet in packets_of(file):
            seen = packet.number
    except CaptureError as error:
        refused = error.rule
    assert (seen, refused) == (CAPTURE_PACKETS_MAX, "CAP-LEN-02")
