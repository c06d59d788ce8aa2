"""Vectors of PIN blocks, and of what verifies a PIN."""

from typing import Final

from keys.pin import decimalise, natural_pin, pin_from_offset, pin_offset, pvv
from keys.pinblock import (
    decode_iso0,
    decode_iso1,
    decode_iso2,
    decode_iso3,
    decode_pin_field_iso4,
    decrypt_iso0,
    decrypt_iso4,
    encode_iso0,
    encode_iso1,
    encode_iso2,
    encode_iso3,
    encrypt_iso0,
    encrypt_iso4,
    pan_field_iso4,
    pin_field_iso4,
)
from keys.selftest.params import Params
from keys.selftest.runner import Operation, in_digits, in_hex


def _natural_pin(p: Params) -> str:
    length = p.number("pin_length")
    return in_digits(natural_pin(p.secret("pvk"), p.text("validation_data"), p.text("dec_table"), length))


def _pin_from_offset(p: Params) -> str:
    pvk, offset = p.secret("pvk"), p.text("offset")
    return in_digits(pin_from_offset(pvk, p.text("validation_data"), p.text("dec_table"), offset))


PINS: Final[dict[str, Operation]] = {
    "ibm3624_decimalise": lambda p: decimalise(p.octets("ciphertext"), p.text("dec_table"), p.number("pin_length")),
    "ibm3624_natural_pin": _natural_pin,
    "ibm3624_offset": lambda p: pin_offset(p.secret("pvk"), p.text("validation_data"), p.text("dec_table"), p.pin()),
    "ibm3624_pin_from_offset": _pin_from_offset,
    "pinblock_iso0_decode": lambda p: in_digits(decode_iso0(p.secret("block"), p.pan())),
    "pinblock_iso0_decrypt_tdes": lambda p: in_digits(decrypt_iso0(p.secret(), p.octets("block"), p.pan())),
    "pinblock_iso0_encode": lambda p: in_hex(encode_iso0(p.pin(), p.pan())),
    "pinblock_iso0_encrypt_tdes": lambda p: in_hex(encrypt_iso0(p.secret(), p.pin(), p.pan())),
    "pinblock_iso1_decode": lambda p: in_digits(decode_iso1(p.secret("block"))),
    "pinblock_iso1_encode": lambda p: in_hex(encode_iso1(p.pin(), p.octets("fill"))),
    "pinblock_iso2_decode": lambda p: in_digits(decode_iso2(p.secret("block"))),
    "pinblock_iso2_encode": lambda p: in_hex(encode_iso2(p.pin())),
    "pinblock_iso3_decode": lambda p: in_digits(decode_iso3(p.secret("block"), p.pan())),
    "pinblock_iso3_encode": lambda p: in_hex(encode_iso3(p.pin(), p.pan(), p.text("fill"))),
    "pinblock_iso4_decrypt": lambda p: in_digits(decrypt_iso4(p.secret(), p.octets("block"), p.pan())),
    "pinblock_iso4_encrypt": lambda p: in_hex(encrypt_iso4(p.secret(), p.pin(), p.pan(), p.octets("random"))),
    "pinblock_iso4_pan_field": lambda p: in_hex(pan_field_iso4(p.pan())),
    "pinblock_iso4_pin_field": lambda p: in_hex(pin_field_iso4(p.pin(), p.octets("random"))),
    "pinblock_iso4_pin_field_decode": lambda p: in_digits(decode_pin_field_iso4(p.secret("field"))),
    "pvv": lambda p: pvv(p.secret("pvk"), p.pan(), p.number("pvki"), p.pin()),
}
