"""Card verification values by key name. The service code that tells CVV, iCVV and CVV2 apart is set by the operation.

A caller who could choose it would write a chip's value on a stripe.
"""

from keys.ciphers import Tdes
from keys.cvv import CVV2_SERVICE_CODE, CVV_DIGITS, ICVV_SERVICE_CODE, cvc3, cvv, dcvv, generate_ivcvc3
from keys.emv.derive import icc_master_key
from keys.errors import CvvMismatch, MalformedInput
from keys.hsm.core import Core
from keys.policy import Operation
from keys.sensitive import Pan, constant_time_equal_text


class Cards(Core):
    """Values on the stripe, in the chip, on the back, and of one tap."""

    def generate_cvv(self, *, key: str, pan: Pan, expiry: str, service_code: str) -> str:
        """The CVV of a stripe, three digits.

        Args:
            key: name of a C0 key.
            pan: the card number.
            expiry: YYMM.
            service_code: three digits; not the iCVV's or the CVV2's.
        """
        with self._watch(Operation.GENERATE_CVV, key):
            cipher = self._open(Operation.GENERATE_CVV, "key", key, Tdes)
            if service_code in (ICVV_SERVICE_CODE, CVV2_SERVICE_CODE):
                raise MalformedInput("service codes 999 and 000 are not a stripe's: iCVV and CVV2 have operations of their own")
            return cvv(cipher, pan, expiry, service_code)

    def generate_icvv(self, *, key: str, pan: Pan, expiry: str) -> str:
        """The iCVV of a chip's copy of the stripe; `expiry` as YYMM."""
        with self._watch(Operation.GENERATE_ICVV, key):
            return cvv(self._open(Operation.GENERATE_ICVV, "key", key, Tdes), pan, expiry, ICVV_SERVICE_CODE)

    def generate_cvv2(self, *, key: str, pan: Pan, expiry: str) -> str:
        """The CVV2 printed on a card; `expiry` in the order that the issuer has chosen, YYMM or MMYY."""
        with self._watch(Operation.GENERATE_CVV2, key):
            return cvv(self._open(Operation.GENERATE_CVV2, "key", key, Tdes), pan, expiry, CVV2_SERVICE_CODE)

    def verify_cvv(self, *, key: str, pan: Pan, expiry: str, service_code: str, value: str) -> None:
        """Nothing, if this is the CVV of a stripe with this expiry (YYMM) and service code; else CvvMismatch.

        Service codes 999 and 000 never match: a chip's iCVV or a printed CVV2 does not work from a stripe.
        """
        with self._watch(Operation.VERIFY_CVV, key):
            cipher = self._open(Operation.VERIFY_CVV, "key", key, Tdes)
            same = constant_time_equal_text(cvv(cipher, pan, expiry, service_code), value)
            if not same or service_code in (ICVV_SERVICE_CODE, CVV2_SERVICE_CODE):
                raise _mismatch("CVV", key)

    def verify_icvv(self, *, key: str, pan: Pan, expiry: str, value: str) -> None:
        """Nothing, if this is the iCVV of a chip with this expiry (YYMM); else CvvMismatch."""
        with self._watch(Operation.VERIFY_ICVV, key):
            cipher = self._open(Operation.VERIFY_ICVV, "key", key, Tdes)
            if not constant_time_equal_text(cvv(cipher, pan, expiry, ICVV_SERVICE_CODE), value):
                raise _mismatch("iCVV", key)

    def verify_cvv2(self, *, key: str, pan: Pan, expiry: str, value: str) -> None:
        """Nothing, if this is the CVV2 of a card with this expiry, in the issuer's order; else CvvMismatch."""
        with self._watch(Operation.VERIFY_CVV2, key):
            cipher = self._open(Operation.VERIFY_CVV2, "key", key, Tdes)
            if not constant_time_equal_text(cvv(cipher, pan, expiry, CVV2_SERVICE_CODE), value):
                raise _mismatch("CVV2", key)

    def verify_dcvv(self, *, key: str, pan: Pan, psn: str, expiry: str, service_code: str, atc: bytes, value: str) -> None:
        """Nothing, if this is the dynamic CVV of a tap with this counter; else CvvMismatch.

        Args:
            key: name of the issuer's E4 master key.
            pan: the card number.
            psn: PAN sequence number, two digits.
            expiry: YYMM.
            service_code: three digits, as on the track.
            atc: application transaction counter, 2 bytes. That it moves forward is for the caller to see.
            value: three digits.
        """
        with self._watch(Operation.VERIFY_DCVV, key):
            card_key = icc_master_key(self._open(Operation.VERIFY_DCVV, "key", key, Tdes), pan, psn)
            if not constant_time_equal_text(dcvv(card_key, pan, expiry, service_code, atc), value):
                raise _mismatch("dCVV", key)

    def verify_cvc3(self, *, key: str, pan: Pan, psn: str, track: bytes, un: bytes, atc: bytes, value: str) -> None:
        """Nothing, if this is the dynamic CVC3 of a tap; else CvvMismatch.

        Args:
            key: name of the issuer's E4 master key.
            pan: the card number.
            psn: PAN sequence number, two digits.
            track: the card's static track data, which its initial vector is made of.
            un: unpredictable number, 4 bytes.
            atc: application transaction counter, 2 bytes. That it moves forward is for the caller to see.
            value: as many digits as the track has room for, 3 to 5.
        """
        with self._watch(Operation.VERIFY_CVC3, key):
            card_key = Tdes(icc_master_key(self._open(Operation.VERIFY_CVC3, "key", key, Tdes), pan, psn))
            if len(value) < CVV_DIGITS:
                raise MalformedInput(f"a CVC3 that is believed has {CVV_DIGITS} digits or more")
            if not constant_time_equal_text(cvc3(card_key, generate_ivcvc3(card_key, track), un, atc, len(value)), value):
                raise _mismatch("CVC3", key)


def _mismatch(what: str, key: str) -> CvvMismatch:
    return CvvMismatch(
        f"the {what} is not the one of this card under key {key!r}: compare the key, expiry order and service code"
    )
