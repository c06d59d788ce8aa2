"""Proves the inputs of card verification values, fixed and dynamic; their published values are in test_vectors."""

import pytest

from keys.ciphers import Tdes
from keys.cvv import CVV2_SERVICE_CODE, ICVV_SERVICE_CODE, cvc3, cvv, dcvv, generate_ivcvc3
from keys.errors import MalformedInput
from keys.sensitive import Pan, Secret

CVK = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PAN = Pan("4123456789012345")


def test_the_published_value():
    """Visa's test data: card 4123456789012345, expiry 8701, service code 101."""
    assert cvv(CVK, PAN, "8701", "101") == "561"
    assert cvv(Tdes(CVK), PAN, "8701", "101", length=1) == "5"
    assert cvv(CVK, PAN, "8701", "101", length=5).startswith("561")


def test_stripe_chip_and_print_have_three_values():
    """CVV, iCVV and CVV2 of one card differ, so that none works in another's place."""
    values = {cvv(CVK, PAN, "8701", code) for code in ("101", ICVV_SERVICE_CODE, CVV2_SERVICE_CODE)}
    assert len(values) == 3


@pytest.mark.parametrize(
    ("expiry", "service_code", "length"),
    [("870", "101", 3), ("870A", "101", 3), ("87 1", "101", 3), ("8701", "10", 3), ("8701", "1O1", 3),
     ("٨٧٠١", "101", 3), ("8701", "101", 0), ("8701", "101", 6)],
)  # fmt: skip
def test_other_inputs_are_refused(expiry, service_code, length):
    """Four digits of expiry, three of service code, one to five of result, and nothing else."""
    with pytest.raises(MalformedInput):
        cvv(CVK, PAN, expiry, service_code, length)


@pytest.mark.parametrize("size", [8, 24])
def test_the_key_is_a_pair(size):
    """The algorithm is defined for a key pair only."""
    with pytest.raises(MalformedInput, match="16 bytes"):
        cvv(Secret(bytes(range(size))), PAN, "8701", "101")


# Dynamic values. Keys of a card and track data of Mastercard's published CVC3 example.

CARD_KEY = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
TRACK = bytes.fromhex("5123456789012345D35121010000000000000F")
UN = bytes.fromhex("00000899")
ATC = bytes.fromhex("0042")


def test_a_dynamic_cvv_is_a_cvv_of_the_counter():
    """The counter's digits stand in place of the first four of the PAN; another counter gives another value."""
    assert dcvv(CARD_KEY, PAN, "8701", "101", ATC) == cvv(CARD_KEY, Pan("0042" + PAN.expose()[4:]), "8701", "101")
    assert len({dcvv(Tdes(CARD_KEY), PAN, "8701", "101", bytes([0, n])) for n in (1, 2, 3, 4)}) > 1


def test_a_cvc3_keeps_its_last_digits():
    """Fewer digits are the end of more; the initial vector is two bytes of the track's MAC."""
    iv = generate_ivcvc3(CARD_KEY, TRACK)
    whole = cvc3(CARD_KEY, iv, UN, ATC, digits=5)
    assert len(iv) == 2
    assert len(whole) == 5
    assert [cvc3(Tdes(CARD_KEY), iv, UN, ATC, digits=n) for n in (1, 3, 5)] == [whole[-1:], whole[-3:], whole]
    assert cvc3(CARD_KEY, iv, UN, bytes(2), digits=5) != whole


def test_a_small_cvc3_keeps_its_zeroes():
    """A number of fewer than five digits is led by zeroes: a track has no shorter value."""
    iv = generate_ivcvc3(CARD_KEY, TRACK)
    values = [cvc3(CARD_KEY, iv, n.to_bytes(4, "big"), ATC, digits=5) for n in range(64)]
    assert any(value.startswith("0") for value in values)
    assert {len(value) for value in values} == {5}


@pytest.mark.parametrize(
    "act",
    [
        lambda: dcvv(CARD_KEY, PAN, "8701", "101", bytes(3)),
        lambda: dcvv(CARD_KEY, PAN, "8701", "101", b"\x0a\x01"),
        lambda: dcvv(CARD_KEY, PAN, "87", "101", ATC),
        lambda: cvc3(CARD_KEY, bytes(3), UN, ATC),
        lambda: cvc3(CARD_KEY, bytes(2), bytes(3), ATC),
        lambda: cvc3(CARD_KEY, bytes(2), UN, bytes(1)),
        lambda: cvc3(CARD_KEY, bytes(2), UN, ATC, digits=0),
        lambda: cvc3(CARD_KEY, bytes(2), UN, ATC, digits=6),
        lambda: cvc3(Secret(bytes(24)), bytes(2), UN, ATC),
        lambda: generate_ivcvc3(Secret(bytes(8)), TRACK),
    ],
)
def test_other_inputs_of_dynamic_values_are_refused(act):
    """Counters of two bytes (in BCD for the dCVV), numbers of four, keys of a pair, one to five digits."""
    with pytest.raises(MalformedInput):
        act()
