"""Proves that a PIN block is built step by step, of the digits themselves, in every format that has a clear form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.explain.pins import explain_encoding
from keys.pinblock import PinBlockFormat, decrypt_pin
from keys.sensitive import Pan, Secret

KEY, PAN = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")), Pan("4761739001010119")
FILLS = {PinBlockFormat.ISO_1: bytes.fromhex("0123456789"), PinBlockFormat.ISO_3: bytes.fromhex("ABCDEFFEDC")}


@pytest.mark.parametrize("block_format", [each for each in PinBlockFormat if each is not PinBlockFormat.ISO_4])
@given(pin=st.text("0123456789", min_size=4, max_size=12))
def test_a_block_holds_its_pin(block_format, pin):
    """Whatever the PIN's length, the steps come to the primitive's block, and it opens to the PIN."""
    explanation = explain_encoding(block_format, Secret(pin.encode()), PAN, FILLS.get(block_format, b""), KEY)
    block = bytes.fromhex(explanation.result.expose())
    assert decrypt_pin(KEY, block_format, block, PAN).expose() == pin.encode()


def test_the_fields_of_a_bound_block():
    """The PIN field is shown as it is before the card number's is mixed in."""
    explanation = explain_encoding(PinBlockFormat.ISO_3, Secret(b"1234"), PAN, FILLS[PinBlockFormat.ISO_3], None)
    assert [step.expose() for step in explanation.steps] == ["341234ABCDEFFEDC", "0000173900101011", "341223" + "92CDFFEECD"]
