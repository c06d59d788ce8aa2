"""PIN blocks and PIN verification values step by step: fields, what they are XORed with, ciphers and digits."""

from typing import Final

from keys.ciphers import AES_BLOCK_BYTES, TDES_BLOCK_BYTES, aes, tdes, xor
from keys.errors import MalformedInput
from keys.explain.digits import explain_decimals
from keys.explain.working import Explanation, Working
from keys.pin import decimalise, natural_pin, pin_from_offset, pin_offset, pvv
from keys.pinblock import (
    PinBlockFormat,
    decode_iso0,
    decode_iso1,
    decode_iso2,
    decode_iso3,
    decrypt_iso4,
    encode_iso0,
    encode_iso1,
    encode_iso2,
    encode_iso3,
    encrypt_iso4,
    pan_field_iso4,
    pin_field_iso4,
)
from keys.sensitive import Pan, Secret

_PVV_PAN_DIGITS: Final = 11
_PVV_PIN_DIGITS: Final = 4

# The reasons why a clear PIN field is none, which only a tester is told: to anybody else they would betray the PIN.
_FILLS: Final = {
    PinBlockFormat.ISO_0: "F",
    PinBlockFormat.ISO_1: "0123456789ABCDEF",
    PinBlockFormat.ISO_2: "F",
    PinBlockFormat.ISO_3: "ABCDEF",
    PinBlockFormat.ISO_4: "A",
}

_BOUND: Final = (PinBlockFormat.ISO_0, PinBlockFormat.ISO_3)  # To a card, by XOR with its number.
_FILLED: Final = (PinBlockFormat.ISO_1, PinBlockFormat.ISO_3)  # With what is random.


def explain_encoding(
    block_format: PinBlockFormat, pin: Secret, pan: Pan | None, fill: bytes, key: Secret | None
) -> Explanation:
    """A PIN in a block, enciphered where there is a key.

    Args:
        block_format: which block it shall be; formats 0, 3 and 4 need the PAN, and format 4 the key.
        pin: 4 to 12 ASCII digits.
        pan: the card number.
        fill: what is random in a true block: of format 1 five bytes, of 3 ten letters A to F in five bytes, of 4 eight bytes.
        key: TDES, or AES for format 4; without it the clear block is the result.
    """
    if block_format is PinBlockFormat.ISO_4:
        return _encoded_iso4(pin, _required(pan), fill, key)
    clear = _encoded(block_format, pin, pan, fill)
    working = Working()
    filled = fill.hex() if block_format in _FILLED else "F" * 10
    built = bytes.fromhex(f"{block_format.value}{len(pin):X}{pin.expose().decode('ascii')}{filled}"[: 2 * TDES_BLOCK_BYTES])
    if block_format in _BOUND:
        pan_field = _pan_field(_required(pan))
        working.show("PIN field", built)
        working.show("PAN field", pan_field)
        built = xor(built, pan_field)
    if key is None:
        return working.conclude("clear PIN block", built, clear)
    working.show("clear PIN block", built)
    cipher = tdes(key)
    return working.conclude("PIN block", cipher.encrypt(built), cipher.encrypt(clear.expose()))


def explain_decoding(block_format: PinBlockFormat, block: bytes, pan: Pan | None, key: Secret | None) -> tuple[Working, Secret]:
    """The way from a block to its clear PIN field, which `fault_of_field` judges; deciphered where there is a key."""
    working = Working()
    working.show("PIN block", block)
    if block_format is PinBlockFormat.ISO_4:
        return working, _opened_iso4(working, block, _required(pan), key)
    if len(block) != TDES_BLOCK_BYTES:
        raise MalformedInput(f"a PIN block of format {block_format.value} has {TDES_BLOCK_BYTES} bytes, not {len(block)}")
    clear = block
    if key is not None:
        clear = tdes(key).decrypt(block)
        working.show("deciphered: clear PIN block", clear)
    if block_format in _BOUND:
        pan_field = _pan_field(_required(pan))
        working.show("PAN field", pan_field)
        clear = xor(clear, pan_field)
    working.show("PIN field", clear)
    return working, Secret(clear)


def conclude_decoding(
    working: Working, block_format: PinBlockFormat, block: bytes, field: Secret, pan: Pan | None, key: Secret | None
) -> Explanation:
    """The PIN, once read off the field and once by the strict decoder."""
    text = field.expose().hex()
    by_steps = text[2 : 2 + int(text[1], 16)]
    return working.conclude("PIN", by_steps, _decoded(block_format, block, pan, key).expose().decode("ascii"))


def fault_of_field(block_format: PinBlockFormat, field: Secret) -> str | None:
    """What is wrong with a clear PIN field, in words for a tester; None if it is one of its format."""
    text = field.expose().hex().upper()[:16]
    control, length = text[0], int(text[1], 16)
    digits, fill = text[2 : 2 + length], text[2 + length :]
    if control != block_format.value:
        return f"it begins with {control} and not with {block_format.value}: another key, format or card number"
    if not 4 <= length <= 12:
        return f"its second digit says {length} PIN digits, and a PIN has 4 to 12"
    if not digits.isdigit():
        return "its PIN has letters: another card number, or another key"
    if fill.strip(_FILLS[block_format]):
        return f"behind the PIN there is other fill than {' '.join(_FILLS[block_format])}: another card number"
    return None


def explain_pvv(pvk: Secret, pan: Pan, pvki: int, pin: Secret) -> Explanation:
    """The Visa PVV: the transformed security parameter, its cipher text, and the two passes over its digits."""
    right = pvv(pvk, pan, pvki, pin)
    working = Working()
    head = pan.expose()[-_PVV_PAN_DIGITS - 1 : -1]
    tail = pin.expose()[:_PVV_PIN_DIGITS].decode("ascii")
    working.show("11 rightmost PAN digits without the check digit", head)
    working.show("key index", str(pvki))
    working.show("4 leftmost PIN digits", tail)
    parameter = bytes.fromhex(f"{head}{pvki}{tail}")
    working.show("transformed security parameter", parameter)
    enciphered = tdes(pvk).encrypt(parameter)
    working.show("enciphered", enciphered)
    return working.conclude("PVV", explain_decimals(working, enciphered, len(right)), right)


def explain_natural_pin(pvk: Secret, validation_data: str, table: str, length: int) -> Explanation:
    """The IBM 3624 natural PIN: validation data enciphered, and its first digits replaced by the table's."""
    right = natural_pin(pvk, validation_data, table, length)
    working, found = _natural(pvk, validation_data, table, length)
    return working.conclude("natural PIN", found, right.expose().decode("ascii"))


def explain_offset(pvk: Secret, validation_data: str, table: str, pin: Secret) -> Explanation:
    """The IBM 3624 offset: what is added to the natural PIN to give this one, digit by digit without carry."""
    right = pin_offset(pvk, validation_data, table, pin)
    working, found = _natural(pvk, validation_data, table, len(right))
    clear = pin.expose().decode("ascii")
    working.show("PIN", clear)
    return working.conclude("offset: PIN less natural PIN, modulo 10", _summed(clear, found, -1), right)


def explain_pin_from_offset(pvk: Secret, validation_data: str, table: str, offset: str) -> Explanation:
    """The PIN that has this IBM 3624 offset."""
    right = pin_from_offset(pvk, validation_data, table, offset)
    working, found = _natural(pvk, validation_data, table, len(offset))
    working.show("offset", offset)
    total = _summed(found, offset, 1)
    return working.conclude("PIN: natural PIN plus offset, modulo 10", total, right.expose().decode("ascii"))


def _natural(pvk: Secret, validation_data: str, table: str, length: int) -> tuple[Working, str]:
    working = Working()
    working.show("validation data", validation_data.upper())
    enciphered = tdes(pvk).encrypt(bytes.fromhex(validation_data))
    working.show("enciphered", enciphered)
    working.show("decimalisation table", f"{table} for 0123456789ABCDEF")
    found = decimalise(enciphered, table, length)
    working.show("natural PIN", found)
    return working, found


def _summed(one: str, other: str, sign: int) -> str:
    return "".join(str((int(left) + sign * int(right)) % 10) for left, right in zip(one, other, strict=True))


def _pan_field(pan: Pan) -> bytes:
    """Four zeroes and the rightmost twelve digits without the check digit (ISO 9564-1 clause 9.3.2.3)."""
    return bytes.fromhex(pan.expose()[-13:-1].rjust(2 * TDES_BLOCK_BYTES, "0"))


def _encoded(block_format: PinBlockFormat, pin: Secret, pan: Pan | None, fill: bytes) -> Secret:
    """The clear block of formats 0 to 3 as its primitive has it."""
    match block_format:
        case PinBlockFormat.ISO_0:
            return encode_iso0(pin, _required(pan))
        case PinBlockFormat.ISO_1:
            return encode_iso1(pin, fill)
        case PinBlockFormat.ISO_2:
            return encode_iso2(pin)
        case _:
            return encode_iso3(pin, _required(pan), fill.hex())


def _encoded_iso4(pin: Secret, pan: Pan, fill: bytes, key: Secret | None) -> Explanation:
    if key is None:
        raise MalformedInput("a PIN block of format 4 has no clear form: it needs an AES key")
    block = encrypt_iso4(key, pin, pan, fill)
    cipher, working = aes(key), Working()
    field, pan_field = pin_field_iso4(pin, fill).expose(), pan_field_iso4(pan).expose()
    working.show("PIN field", field)
    once = cipher.encrypt(field)
    working.show("PIN field enciphered (block A)", once)
    working.show("PAN field", pan_field)
    mixed = xor(once, pan_field)
    working.show("block A XOR PAN field (block B)", mixed)
    return working.conclude("PIN block: block B enciphered", cipher.encrypt(mixed), block)


def _opened_iso4(working: Working, block: bytes, pan: Pan, key: Secret | None) -> Secret:
    if key is None:
        raise MalformedInput("a PIN block of format 4 has no clear form: it needs an AES key")
    if len(block) != AES_BLOCK_BYTES:
        raise MalformedInput(f"a PIN block of format 4 has {AES_BLOCK_BYTES} bytes, not {len(block)}")
    cipher, pan_field = aes(key), pan_field_iso4(pan).expose()
    mixed = cipher.decrypt(block)
    working.show("deciphered (block B)", mixed)
    working.show("PAN field", pan_field)
    once = xor(mixed, pan_field)
    working.show("block B XOR PAN field (block A)", once)
    field = cipher.decrypt(once)
    working.show("block A deciphered: PIN field", field)
    return Secret(field)


def _decoded(block_format: PinBlockFormat, block: bytes, pan: Pan | None, key: Secret | None) -> Secret:
    if block_format is PinBlockFormat.ISO_4:
        assert key is not None
        return decrypt_iso4(key, block, _required(pan))
    clear = Secret(block if key is None else tdes(key).decrypt(block))
    match block_format:
        case PinBlockFormat.ISO_0:
            return decode_iso0(clear, _required(pan))
        case PinBlockFormat.ISO_1:
            return decode_iso1(clear)
        case PinBlockFormat.ISO_2:
            return decode_iso2(clear)
        case _:
            return decode_iso3(clear, _required(pan))


def _required(pan: Pan | None) -> Pan:
    if pan is None:
        raise MalformedInput("a PIN block of format 0, 3 or 4 is bound to a card number: give its PAN")
    return pan
