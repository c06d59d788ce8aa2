"""Proves the check value of a QR payload against the definition of its polynomial."""

from hypothesis import given
from hypothesis import strategies as st

from keys.emvqr import emvqr_crc


def bit_by_bit(octets):
    """CRC-16 with polynomial 1021, start FFFF, nothing reflected, as ISO/IEC 13239 writes it."""
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet << 8
        for _ in range(8):
            crc = ((crc << 1) ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return f"{crc:04X}"


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_it_is_the_polynomial(payload):
    """Any text, counted in the bytes of UTF-8, four digits always."""
    assert emvqr_crc(payload) == bit_by_bit(payload.encode())


@given(st.text("0123456789", min_size=1, max_size=60), st.data())
def test_any_changed_character_is_found(payload, data):
    """One character misread is always seen."""
    where = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != payload[where]]))
    assert emvqr_crc(payload[:where] + other + payload[where + 1 :]) != emvqr_crc(payload)
