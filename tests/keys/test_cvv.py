"""Proves the CVV's inputs and service codes; its published values are in test_vectors."""

import pytest

from keys.ciphers import Tdes
from keys.cvv import CVV2_SERVICE_CODE, ICVV_SERVICE_CODE, cvv
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
