"""TDES DUKPT (ANSI X9.24-1:2009 annex A): a key of its own for each transaction, of which the terminal keeps none.

The host finds it from the base derivation key and the key serial number (KSN) that comes with the message; the
terminal from its registers. What a transaction's key may do is decided by a variant of it, one for each purpose and
direction. That a KSN only goes forward is for whoever keeps the last one.
"""

from enum import Enum
from typing import Final

from keys import dukpt
from keys.ciphers import Tdes, tdes, xor
from keys.dukpt import Device, Drawn, Scheme
from keys.errors import MalformedInput
from keys.sensitive import Secret

KSN_BYTES: Final = 10
KEY_BYTES: Final = 16
COUNTER_BITS: Final = 21
ONES_MAX: Final = 10
_HALF: Final = 8
_OTHER_HALF: Final = bytes.fromhex("C0C0C0C000000000C0C0C0C000000000")  # X9.24-1 A.6: makes the right half from the left's way.


class Variant(Enum):
    """What a key of the transaction is for; the value is what it is XORed with (X9.24-1 A.4.1)."""

    PIN = bytes.fromhex("00000000000000FF" * 2)
    MAC_REQUEST = bytes.fromhex("000000000000FF00" * 2)
    MAC_RESPONSE = bytes.fromhex("00000000FF000000" * 2)
    DATA_REQUEST = bytes.fromhex("0000000000FF0000" * 2)
    DATA_RESPONSE = bytes.fromhex("000000FF00000000" * 2)


def initial_key(bdk: Secret | Tdes, ksn: bytes) -> Secret:
    """The key that is loaded into a device (X9.24-1 A.6), 16 bytes.

    Args:
        bdk: base derivation key, 16 bytes.
        ksn: 10 bytes; its counter does not matter.

    >>> bdk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> initial_key(bdk, bytes.fromhex("FFFF9876543210E00000")).expose().hex().upper()
    '6AC292FAA1315B4D858AB3A3D7D5933A'
    """
    cipher = tdes(bdk)
    if cipher.key_bytes != KEY_BYTES:
        raise MalformedInput(f"a base derivation key has {KEY_BYTES} bytes, not {cipher.key_bytes}")
    serial = (int.from_bytes(ksn, "big") ^ dukpt.counter_of(SCHEME, ksn)).to_bytes(KSN_BYTES, "big")[:_HALF]
    return Secret(cipher.encrypt(serial) + cipher.variant(_OTHER_HALF).encrypt(serial))


def transaction_key(ik: Secret, ksn: bytes) -> Secret:
    """The key of one transaction (X9.24-1 A.3), from the initial key of its device. It is used in a variant only.

    Raises:
        MalformedInput: no device uses this counter: it is zero, or has more than 10 one-bits.

    >>> ik = Secret(bytes.fromhex("6AC292FAA1315B4D858AB3A3D7D5933A"))
    >>> transaction_key(ik, bytes.fromhex("FFFF9876543210E00001")).expose().hex().upper()
    '042666B49184CFA368DE9628D0397BC9'
    """
    _check_key(ik)
    return dukpt.descend(SCHEME, ik, ksn)


def variant_key(key: Secret, variant: Variant) -> Secret:
    """The transaction's key for one purpose, bare: PINs and MACs, and data where the other side says so.

    >>> key = Secret(bytes.fromhex("042666B49184CFA368DE9628D0397BC9"))
    >>> variant_key(key, Variant.PIN).expose().hex().upper()
    '042666B49184CF5C68DE9628D0397B36'
    """
    _check_key(key)
    return Secret(xor(key.expose(), variant.value))


def data_key(key: Secret, variant: Variant) -> Secret:
    """The transaction's key for data as X9.24-1 A.4.1 has it: each half of the variant enciphered under the variant.

    The bare variant is another key, and both are in the field: `variant_key` gives that one.
    """
    bare = variant_key(key, variant)
    return Secret(Tdes(bare).encrypt(bare.expose()))


def next_ksn(ksn: bytes) -> bytes:
    """The KSN that a device uses after this one; KeyExhausted after the last.

    >>> next_ksn(bytes.fromhex("FFFF9876543210EFF802")).hex().upper()
    'FFFF9876543210EFF804'
    """
    return dukpt.next_ksn(SCHEME, ksn)


def load_device(ik: Secret, ksn: bytes) -> Device:
    """A device just given its initial key: its 21 registers (X9.24-1 A.2), its counter at 1."""
    _check_key(ik)
    return dukpt.load_device(SCHEME, ik, ksn)


def draw_key(device: Device) -> Drawn:
    """The key of the device's next transaction, and the device without it; KeyExhausted at its end."""
    return dukpt.draw_key(SCHEME, device)


def _step(key: Secret, ksn: bytes) -> Secret:
    """The non-reversible key generation process (X9.24-1 A.2): each half is the register enciphered under the key."""
    material, register = key.expose(), ksn[-_HALF:]
    return Secret(_half(xor(material, _OTHER_HALF), register) + _half(material, register))


def _half(material: bytes, register: bytes) -> bytes:
    left, right = material[:_HALF], material[_HALF:]
    return xor(Tdes(Secret(left)).encrypt(xor(register, right)), right)


def _check_key(key: Secret) -> None:
    if len(key) != KEY_BYTES:
        raise MalformedInput(f"a key of TDES DUKPT has {KEY_BYTES} bytes, not {len(key)}")


SCHEME: Final = Scheme("TDES DUKPT", KSN_BYTES, COUNTER_BITS, ONES_MAX, _step)
