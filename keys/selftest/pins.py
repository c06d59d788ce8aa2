"""Vectors of PIN blocks, of what verifies a PIN, and of PIN translation."""

from typing import Final

from keys.pin import pvv
from keys.pinblock import decode_iso0, decrypt_iso0, encode_iso0, encrypt_iso0
from keys.selftest.runner import Operation, in_digits, in_hex

PINS: Final[dict[str, Operation]] = {
    "pinblock_iso0_decode": lambda p: in_digits(decode_iso0(p.secret("block"), p.pan())),
    "pinblock_iso0_decrypt_tdes": lambda p: in_digits(decrypt_iso0(p.secret(), p.octets("block"), p.pan())),
    "pinblock_iso0_encode": lambda p: in_hex(encode_iso0(p.pin(), p.pan())),
    "pinblock_iso0_encrypt_tdes": lambda p: in_hex(encrypt_iso0(p.secret(), p.pin(), p.pan())),
    "pvv": lambda p: pvv(p.secret("pvk"), p.pan(), p.number("pvki"), p.pin()),
}
