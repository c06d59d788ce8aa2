"""Proves that each kind of card verification value is made and verified by its own operation only."""

import pytest

from keys.cvv import cvc3, cvv, dcvv, generate_ivcvc3
from keys.emv.derive import icc_master_key
from keys.errors import CvvMismatch, MalformedInput
from keys.sensitive import Pan

PAN = Pan("4123456789012345")
CARD = {"key": "cvk", "pan": PAN, "expiry": "8701"}


@pytest.fixture
def stand(desk, make_key):
    return desk(
        make_key("cvk", "C0"),
        make_key("imk", "E4", "12345678123456799876543212345678"),
    )


def test_each_value_verifies_as_itself_only(stand):
    """CVV, iCVV and CVV2 of one card are three values, and none passes for another (R29)."""
    hsm = stand.hsm
    stripe, chip, printed = hsm.generate_cvv(**CARD, service_code="101"), hsm.generate_icvv(**CARD), hsm.generate_cvv2(**CARD)
    key = stand.keystore.get("cvk").secret
    assert [stripe, chip, printed] == [cvv(key, PAN, "8701", code) for code in ("101", "999", "000")]
    assert stripe == "561"
    verifiers = {
        stripe: lambda value: hsm.verify_cvv(**CARD, service_code="101", value=value),
        chip: lambda value: hsm.verify_icvv(**CARD, value=value),
        printed: lambda value: hsm.verify_cvv2(**CARD, value=value),
    }
    for own, verify in verifiers.items():
        for value in verifiers:
            if value == own:
                assert verify(value) is None
            else:
                with pytest.raises(CvvMismatch):
                    verify(value)


@pytest.mark.parametrize("service_code", ["999", "000"])
def test_no_chips_value_is_made_for_a_stripe(stand, service_code):
    """The operation for stripes refuses the service codes of the other two (R29)."""
    with pytest.raises(MalformedInput, match="operations of their own"):
        stand.hsm.generate_cvv(**CARD, service_code=service_code)


def test_a_dynamic_cvv_is_verified(stand):
    """For its counter only."""
    mk = icc_master_key(stand.keystore.get("imk").secret, PAN, "00")
    value = dcvv(mk, PAN, "8701", "101", b"\x00\x07")
    arguments = {"key": "imk", "pan": PAN, "psn": "00", "expiry": "8701", "service_code": "101", "value": value}
    assert stand.hsm.verify_dcvv(**arguments, atc=b"\x00\x07") is None
    with pytest.raises(CvvMismatch):
        stand.hsm.verify_dcvv(**arguments, atc=b"\x00\x08")
    with pytest.raises(MalformedInput):
        stand.hsm.verify_dcvv(**arguments, atc=b"\x07")


def test_a_cvc3_is_verified(stand):
    """For its unpredictable number and counter only, and with three digits or more."""
    mk = icc_master_key(stand.keystore.get("imk").secret, PAN, "00")
    track, un, atc = bytes(range(19)), bytes(4), b"\x00\x5e"
    arguments = {"key": "imk", "pan": PAN, "psn": "00", "track": track, "un": un, "atc": atc}
    for digits in (3, 4, 5):
        value = cvc3(mk, generate_ivcvc3(mk, track), un, atc, digits)
        assert stand.hsm.verify_cvc3(**arguments, value=value) is None
        with pytest.raises(CvvMismatch):
            stand.hsm.verify_cvc3(**(arguments | {"un": b"\x00\x00\x00\x01"}), value=value)
    for few in ("", "1", "12"):
        with pytest.raises(MalformedInput, match="3 digits or more"):
            stand.hsm.verify_cvc3(**arguments, value=few)
    with pytest.raises(MalformedInput):
        stand.hsm.verify_cvc3(**arguments, value="123456")


def test_values_of_other_alphabets_never_match(stand):
    """Digits of other scripts, and letters."""
    for value in ("٥٦١", "é61", "   "):
        with pytest.raises(CvvMismatch):
            stand.hsm.verify_cvv2(**CARD, value=value)
