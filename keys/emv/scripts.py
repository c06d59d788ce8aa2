"""Issuer scripts: commands to a card after the cryptogram, with their MAC and their data enciphered (EMV Book 2 clause 9).

`command_mac` and `pin_change_command` follow a row of `profiles`; the functions below them are what those are made of.
Only PIN change has a whole command here: other commands are a header and data, which the caller knows.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, tdes, xor
from keys.emv.derive import common_session_key, icc_master_key, visa_session_key
from keys.emv.profiles import CvnProfile, ScriptEncipherment, ScriptPinBlock, ScriptSession, required_tag
from keys.errors import MalformedInput
from keys.mac import pad, retail_mac
from keys.pinblock import check_pin, encode_iso2
from keys.sensitive import Pan, Secret

SCRIPT_MAC_BYTES: Final = 8
COMMAND_HEADER_BYTES: Final = 5
_KEY_BYTES: Final = 16
_BLOCK_DIGITS: Final = 2 * TDES_BLOCK_BYTES
_ENCIPHERED_BYTES_MAX: Final = 255  # What Visa's one byte of length can say.

# PIN CHANGE/UNBLOCK with secure messaging (EMV Book 3 6.5.10), then P2: with the current PIN in the block, or without.
_PIN_CHANGE: Final = bytes.fromhex("842400")
_WITH_CURRENT: Final = b"\x01"
_WITHOUT_CURRENT: Final = b"\x02"


class CardKeys(msgspec.Struct, frozen=True):
    """The master keys of one card: of cryptograms, of the MACs of scripts (SMI), of their encipherment (SMC)."""

    cryptograms: Secret
    integrity: Secret
    confidentiality: Secret


def card_keys(profile: CvnProfile, imks: CardKeys, pan: Pan, psn: str) -> CardKeys:
    """The card's keys, by the version's option, from the issuer's three master keys."""

    def derived(imk: Secret) -> Secret:
        return icc_master_key(imk, pan, psn, profile.master_key_option)

    return CardKeys(derived(imks.cryptograms), derived(imks.integrity), derived(imks.confidentiality))


def command_mac(
    profile: CvnProfile,
    keys: CardKeys,
    header: bytes,
    data: bytes,
    tags: Mapping[str, bytes],
    *,
    length: int = SCRIPT_MAC_BYTES,
) -> bytes:
    """The MAC of a command to the card, as its version has it.

    Args:
        profile: the cryptogram version.
        keys: the card's.
        header: class, instruction, P1, P2 and the length that the command has with its MAC, 5 bytes.
        data: what stands before the MAC.
        tags: 9F36 and 9F26 of the transaction.
        length: leftmost bytes kept, 4 to 8.
    """
    _check_header(header)
    covered = b"".join(required_tag(tags, name, profile.name) for name in profile.scripts.mac_tags)
    return script_mac(script_key(profile, keys.integrity, tags), header + covered + data, length=length)


def pin_change_command(
    profile: CvnProfile, keys: CardKeys, pin: Secret, tags: Mapping[str, bytes], *, current_pin: Secret | None = None
) -> bytes:
    """The whole PIN CHANGE command (EMV Book 3 6.5.10): header, enciphered PIN block, MAC of eight bytes.

    Args:
        profile: the cryptogram version.
        keys: the card's.
        pin: the new one, 4 to 12 ASCII digits.
        tags: 9F36 and 9F26 of the transaction.
        current_pin: for Visa, the PIN that the card has, where the issuer knows it; others take none.
    """
    block = _pin_block(profile.scripts.pin_block, keys, pin, current_pin)
    enciphered = encipher_script(script_key(profile, keys.confidentiality, tags), block, profile.scripts.encipherment)
    p2 = _WITHOUT_CURRENT if current_pin is None else _WITH_CURRENT
    header = _PIN_CHANGE + p2 + bytes((len(enciphered) + SCRIPT_MAC_BYTES,))
    return header + enciphered + command_mac(profile, keys, header, enciphered, tags)


def script_mac(session_key: Secret | Tdes, command: bytes, *, length: int = SCRIPT_MAC_BYTES) -> bytes:
    """The MAC of a script command (EMV Book 2 9.2): MAC algorithm 3, padding 2.

    Args:
        session_key: 16 bytes.
        command: what the scheme's MAC covers, in its order.
        length: leftmost bytes kept, 4 to 8.

    >>> key = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> script_mac(key, bytes.fromhex("8424000008999E57FD0F47CACE0007")).hex().upper()
    '22CB48394DFD1977'
    """
    return retail_mac(session_key, command, padding=2, length=length)


def encipher_script(session_key: Secret | Tdes, data: Secret, method: ScriptEncipherment) -> bytes:
    """The data of a script command enciphered (EMV Book 2 9.3), in whole blocks of eight bytes.

    Args:
        session_key: 16 bytes.
        data: 1 to 255 bytes.
        method: the scheme's padding and chaining.
    """
    cipher = tdes(session_key)
    if cipher.key_bytes != _KEY_BYTES:
        raise MalformedInput(f"a key of secure messaging has {_KEY_BYTES} bytes, not {cipher.key_bytes}")
    if not 1 <= len(data) <= _ENCIPHERED_BYTES_MAX:
        raise MalformedInput(f"enciphered script data has 1 to {_ENCIPHERED_BYTES_MAX} bytes, not {len(data)}")
    match method:
        case ScriptEncipherment.VISA:
            return cipher.encrypt(pad(bytes((len(data),)) + data.expose(), 2))
        case ScriptEncipherment.MASTERCARD if len(data) % TDES_BLOCK_BYTES == 0:
            return cipher.encrypt_cbc(bytes(TDES_BLOCK_BYTES), data.expose())
        case ScriptEncipherment.MASTERCARD | ScriptEncipherment.EMV:
            return cipher.encrypt_cbc(bytes(TDES_BLOCK_BYTES), pad(data.expose(), 2))


def visa_pin_block(mk: Secret, pin: Secret, current_pin: Secret | None = None) -> Secret:
    """Visa's PIN block of a PIN change (VIS), 8 bytes.

    Length, digits and fill of F, XORed with four bytes of the card's master key for cryptograms and, where it is known,
    with the current PIN.

    Args:
        mk: the card's master key for cryptograms, 16 bytes.
        pin: the new one, 4 to 12 ASCII digits.
        current_pin: 4 to 12 ASCII digits, or None.

    >>> visa_pin_block(Secret(bytes(4) + bytes.fromhex("89ABCDEF") + bytes(8)), Secret(b"9999")).expose().hex().upper()
    '049999FF76543210'
    """
    if len(mk) != _KEY_BYTES:
        raise MalformedInput(f"an ICC master key has {_KEY_BYTES} bytes, not {len(mk)}")
    check_pin(pin)
    masked = Secret(xor(_pin_field(pin).expose(), bytes(4) + mk.expose()[4:8]))
    if current_pin is None:
        return masked
    check_pin(current_pin)
    return Secret(xor(masked.expose(), bytes.fromhex(current_pin.expose().decode("ascii").ljust(_BLOCK_DIGITS, "0"))))


def _pin_field(pin: Secret) -> Secret:
    """The PIN's length in a byte, its digits, and F."""
    return Secret(bytes.fromhex(f"{len(pin):02X}{pin.expose().decode('ascii')}".ljust(_BLOCK_DIGITS, "F")))


def _pin_block(kind: ScriptPinBlock, keys: CardKeys, pin: Secret, current_pin: Secret | None) -> Secret:
    match kind:
        case ScriptPinBlock.VISA:
            return visa_pin_block(keys.cryptograms, pin, current_pin)
        case ScriptPinBlock.VISA_WITH_CURRENT if current_pin is not None:
            return visa_pin_block(keys.cryptograms, pin, current_pin)
        case _ if current_pin is None:
            return encode_iso2(pin)
    raise MalformedInput("this cryptogram version changes a PIN without the current one: leave it out")


def script_key(profile: CvnProfile, mk: Secret, tags: Mapping[str, bytes]) -> Secret:
    match profile.scripts.session:
        case ScriptSession.VISA_ATC:
            return visa_session_key(mk, required_tag(tags, "9F36", profile.name))
        case ScriptSession.COMMON_ARQC:
            return common_session_key(mk, required_tag(tags, "9F26", profile.name))


def _check_header(header: bytes) -> None:
    if len(header) != COMMAND_HEADER_BYTES:
        raise MalformedInput(f"a command's header has {COMMAND_HEADER_BYTES} bytes, not {len(header)}")
