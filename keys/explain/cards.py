"""Card verification values step by step: CVV with its three service codes, dCVV, CVC3."""

from keys.ciphers import TDES_BLOCK_BYTES, tdes, xor
from keys.cvv import CVC3_DIGITS_MAX, CVV_DIGITS, cvc3, cvv, dcvv, generate_ivcvc3
from keys.explain.digits import explain_decimals
from keys.explain.macs import explain_retail_mac
from keys.explain.working import Explanation, Working
from keys.sensitive import Pan, Secret


def explain_cvv(cvk: Secret, pan: Pan, expiry: str, service_code: str, length: int = CVV_DIGITS) -> Explanation:
    """CVV, iCVV or CVV2: two blocks of PAN, expiry and service code, DES under the left half, TDES, decimal digits."""
    right = cvv(cvk, pan, expiry, service_code, length)
    working = Working()
    return _conclude(working, "CVV", cvk, f"{pan.expose()}{expiry}{service_code}", right)


def explain_dcvv(card_key: Secret, pan: Pan, expiry: str, service_code: str, atc: bytes) -> Explanation:
    """dCVV: the CVV under the card's own key, with the ATC in place of the PAN's first four digits."""
    right = dcvv(card_key, pan, expiry, service_code, atc)
    working = Working()
    digits = atc.hex() + pan.expose()[4:]
    working.show("PAN with the ATC for its first four digits", digits)
    return _conclude(working, "dCVV", card_key, f"{digits}{expiry}{service_code}", right)


def explain_ivcvc3(card_key: Secret, track: bytes) -> Explanation:
    """The initial vector of a card's CVC3s: the end of a MAC over its static track."""
    right = generate_ivcvc3(card_key, track)
    working = Working()
    working.include(explain_retail_mac(card_key, track, padding=2, length=8, what="MAC over the static track"))
    return working.conclude("IVCVC3: its last two bytes", bytes.fromhex(working.last.expose())[-2:], right)


def explain_cvc3(card_key: Secret, ivcvc3: bytes, un: bytes, atc: bytes, digits: int) -> Explanation:
    """CVC3: initial vector, unpredictable number and ATC enciphered; the last two bytes as a decimal number."""
    right = cvc3(card_key, ivcvc3, un, atc, digits)
    working = Working()
    block = ivcvc3 + un + atc
    working.show("IVCVC3, unpredictable number, ATC", block)
    enciphered = tdes(card_key).encrypt(block)
    working.show("enciphered", enciphered)
    number = f"{int.from_bytes(enciphered[-2:], 'big'):0{CVC3_DIGITS_MAX}d}"
    working.show("its last two bytes as a number", number)
    return working.conclude("CVC3", number[-digits:], right)


def _conclude(working: Working, what: str, key: Secret, digits: str, right: str) -> Explanation:
    cipher = tdes(key)
    text = digits.ljust(4 * TDES_BLOCK_BYTES, "0")
    first, second = bytes.fromhex(text[: 2 * TDES_BLOCK_BYTES]), bytes.fromhex(text[2 * TDES_BLOCK_BYTES :])
    working.show("PAN, expiry, service code", digits)
    working.show("block 1", first)
    working.show("block 2", second)
    once = cipher.left.encrypt(first)
    working.show("block 1 under the left key", once)
    mixed = xor(once, second)
    working.show("XOR block 2", mixed)
    enciphered = cipher.encrypt(mixed)
    working.show("under both keys", enciphered)
    return working.conclude(what, explain_decimals(working, enciphered, len(right)), right)
