"""AES DUKPT (ANSI X9.24-3:2017): a key of its own for each transaction, of any algorithm and for one usage.

The host finds it from the base derivation key and the key serial number (KSN) that comes with the message; the
terminal from its registers. Usage and algorithm are part of what is enciphered, so that no key serves two purposes.
That a KSN only goes forward is for whoever keeps the last one.
"""

from enum import Enum
from typing import Final

from keys import dukpt
from keys.ciphers import AES_BLOCK_BYTES, Aes, aes
from keys.dukpt import Device, Drawn, Scheme
from keys.errors import MalformedInput
from keys.sensitive import Secret

KSN_BYTES: Final = 12
IK_ID_BYTES: Final = 8
COUNTER_BITS: Final = 32
ONES_MAX: Final = 16
_VERSION: Final = b"\x01"
_IK_ID_TAIL: Final = 4  # Of the initial key's identity, what stands in the derivation data of later keys.
_UPDATE_COUNTER: Final = b"\xff\xff\xff\xff"


class KeyType(Enum):
    """The keys that can be derived; the value is algorithm indicator and length in bits (X9.24-3 clause 6.3.2)."""

    TDES2 = (0x0000, 128)
    TDES3 = (0x0001, 192)
    AES128 = (0x0002, 128)
    AES192 = (0x0003, 192)
    AES256 = (0x0004, 256)
    HMAC128 = (0x0005, 128)
    HMAC192 = (0x0005, 192)
    HMAC256 = (0x0005, 256)


class Usage(Enum):
    """What a derived key is for; the value is the key usage indicator (X9.24-3 clause 6.3.2)."""

    KEY_ENCRYPTION = 0x0002
    PIN_ENCRYPTION = 0x1000
    MAC_GENERATION = 0x2000
    MAC_VERIFICATION = 0x2001
    MAC_BOTH_WAYS = 0x2002
    DATA_ENCRYPTION = 0x3000
    DATA_DECRYPTION = 0x3001
    DATA_BOTH_WAYS = 0x3002
    KEY_DERIVATION = 0x8000
    INITIAL_KEY = 0x8001


# Bytes of a derivation key -> its type: derivation keys are AES throughout, and as long as the one that they come from.
_DERIVATION_TYPES: Final = {16: KeyType.AES128, 24: KeyType.AES192, 32: KeyType.AES256}


def initial_key(bdk: Secret | Aes, ik_id: bytes) -> Secret:
    """The key that is loaded into a device (X9.24-3 clause 6.3.3), as long as the base derivation key.

    Args:
        bdk: base derivation key, 16, 24 or 32 bytes.
        ik_id: the initial key's identity: the first 8 bytes of the KSN.

    >>> bdk = Secret(bytes.fromhex("FEDCBA9876543210F1F1F1F1F1F1F1F1"))
    >>> initial_key(bdk, bytes.fromhex("1234567890123456")).expose().hex().upper()
    '1273671EA26AC29AFA4D1084127652A1'
    """
    _check_ik_id(ik_id)
    cipher = aes(bdk)
    return _derived(cipher, Usage.INITIAL_KEY, _DERIVATION_TYPES[cipher.key_bytes], ik_id)


def transaction_key(ik: Secret, ksn: bytes) -> Secret:
    """The derivation key of one transaction, from the initial key of its device; only `working_key` makes use of it.

    Raises:
        MalformedInput: no device uses this counter: it is zero, or has more than 16 one-bits.

    >>> ik = Secret(bytes.fromhex("1273671EA26AC29AFA4D1084127652A1"))
    >>> transaction_key(ik, bytes.fromhex("123456789012345600000001")).expose().hex().upper()
    '4F21B565BAD9835E112B6465635EAE44'
    """
    return dukpt.descend(SCHEME, ik, ksn)


def working_key(key: Secret | Aes, ksn: bytes, usage: Usage, key_type: KeyType) -> Secret:
    """The transaction's key for one usage and algorithm (X9.24-3 clause 6.3.4). TDES parity is left as it falls.

    Args:
        key: the transaction's derivation key.
        ksn: 12 bytes.
        usage: what it is for.
        key_type: what it is a key of; AES and HMAC keys may not be longer than the derivation key.

    >>> key = Secret(bytes.fromhex("4F21B565BAD9835E112B6465635EAE44"))
    >>> working_key(key, bytes.fromhex("123456789012345600000001"), Usage.PIN_ENCRYPTION, KeyType.AES128).expose().hex().upper()
    'AF8CB133A78F8DC2D1359F18527593FB'
    """
    dukpt.counter_of(SCHEME, ksn)
    cipher = aes(key)
    _check_strength(cipher, key_type)
    return _derived(cipher, usage, key_type, ksn[_IK_ID_TAIL:])


def update_key(ik: Secret, ik_id: bytes, key_type: KeyType) -> Secret:
    """The key under which a device is sent its next initial key: the working key for key encryption of counter FFFFFFFF.

    That counter has too many one-bits for a transaction, so the key is no transaction's (X9.24-3 clause 6.3.5).

    >>> ik = Secret(bytes.fromhex("1273671EA26AC29AFA4D1084127652A1"))
    >>> update_key(ik, bytes.fromhex("1234567890123456"), KeyType.AES128).expose().hex().upper()
    '9A9770AEE1ACD1B13473D0463A1883B9'
    """
    _check_ik_id(ik_id)
    ksn = ik_id + _UPDATE_COUNTER
    return working_key(dukpt.walk(SCHEME, ik, ksn), ksn, Usage.KEY_ENCRYPTION, key_type)


def next_ksn(ksn: bytes) -> bytes:
    """The KSN that a device uses after this one; KeyExhausted after the last.

    >>> next_ksn(bytes.fromhex("12345678901234560000FFFF")).hex().upper()
    '123456789012345600010000'
    """
    return dukpt.next_ksn(SCHEME, ksn)


def load_device(ik: Secret, ik_id: bytes) -> Device:
    """A device just given its initial key: its 32 registers, its counter at 1."""
    _check_ik_id(ik_id)
    return dukpt.load_device(SCHEME, ik, ik_id + bytes(KSN_BYTES - IK_ID_BYTES))


def draw_key(device: Device) -> Drawn:
    """The derivation key of the device's next transaction, and the device without it; KeyExhausted at its end."""
    return dukpt.draw_key(SCHEME, device)


def _step(key: Secret, ksn: bytes) -> Secret:
    cipher = Aes(key)
    return _derived(cipher, Usage.KEY_DERIVATION, _DERIVATION_TYPES[cipher.key_bytes], ksn[_IK_ID_TAIL:])


def _derived(cipher: Aes, usage: Usage, key_type: KeyType, context: bytes) -> Secret:
    """Derivation data enciphered (X9.24-3 clause 6.3.1): as many numbered blocks as the key needs, cut to its length."""
    algorithm, bits = key_type.value
    tail = usage.value.to_bytes(2, "big") + algorithm.to_bytes(2, "big") + bits.to_bytes(2, "big") + context
    head = _VERSION + b"\x01" + tail
    blocks = head if bits <= AES_BLOCK_BYTES * 8 else head + _VERSION + b"\x02" + tail
    return Secret(cipher.encrypt(blocks)[: bits // 8])


def _check_ik_id(ik_id: bytes) -> None:
    if len(ik_id) != IK_ID_BYTES:
        raise MalformedInput(f"an initial key's identity has {IK_ID_BYTES} bytes, not {len(ik_id)}")


def _check_strength(cipher: Aes, key_type: KeyType) -> None:
    """X9.24-3 clause 6.1: no key is stronger than the one that it comes from. Three-key TDES has 112 bits of strength."""
    bits = key_type.value[1]
    if key_type is not KeyType.TDES3 and bits > cipher.key_bytes * 8:
        raise MalformedInput(f"a key of {bits} bits is not derived from one of {cipher.key_bytes * 8}")


SCHEME: Final = Scheme("AES DUKPT", KSN_BYTES, COUNTER_BITS, ONES_MAX, _step)
