"""Key blocks wrapped and unwrapped: the keys derived from a KBPK, the key enciphered, and the MAC over all of it.

No attribute and no length inside a block is believed before its MAC was verified. What the attributes mean is in `header`;
which key may protect which is policy, and SoftHsm's.
"""

from collections.abc import Callable
from typing import Final, final

import msgspec

from keys.ciphers import AES_BLOCK_BYTES, AES_KEY_BYTES, TDES_BLOCK_BYTES, TDES_KEY_BYTES, Aes, Tdes, xor
from keys.errors import KeyBlockError
from keys.mac import cbc_mac
from keys.material import Algorithm
from keys.sensitive import Secret, constant_time_equal
from keys.tr31.header import BLOCK_CHARACTERS_MAX, Header, Version, frame, parse_header, print_header


class Method(msgspec.Struct, frozen=True):
    """How blocks of one version are protected."""

    cipher: type[Tdes] | type[Aes]
    mac_bytes: int
    field_multiple: int  # Bytes that the enciphered field is a multiple of.
    optional_multiple: int  # Characters that the optional blocks are a multiple of.
    legacy: bool


METHODS: Final[dict[Version, Method]] = {
    Version.A: Method(Tdes, 4, 8, 8, True),
    Version.B: Method(Tdes, 8, 8, 8, False),
    Version.C: Method(Tdes, 4, 8, 8, True),
    Version.D: Method(Aes, 16, 16, 16, False),
    Version.E: Method(Aes, 16, 1, 1, False),
}

KBPK_BYTES: Final[dict[type[Tdes] | type[Aes], tuple[int, ...]]] = {Tdes: TDES_KEY_BYTES[1:], Aes: AES_KEY_BYTES}

# Sizes in bytes that a wrapped key of an algorithm can have; of the others every size.
WRAPPED_BYTES: Final[dict[Algorithm, tuple[int, ...]]] = {
    Algorithm.AES: AES_KEY_BYTES,
    Algorithm.DEA: (8,),
    Algorithm.TDES: TDES_KEY_BYTES,  # Single DES too: old MAC keys come so, and what they may still do is policy.
}

_LENGTH_BYTES: Final = 2

# The byte with which versions A and C make their two keys of the KBPK (TR-31:2018 clause 5.3): the letters E and M.
_VARIANT_ENCRYPTION: Final = 0x45
_VARIANT_MAC: Final = 0x4D

# Key usage indicators of the derivations (TR-31:2018 clause 5.3; ISO 20038:2017 for the counter mode).
_USAGE_CBC: Final = b"\x00\x00"
_USAGE_MAC: Final = b"\x00\x01"
_USAGE_COUNTER: Final = b"\x00\x02"

# Algorithm indicators of the derivations, by the KBPK's cipher and bytes.
_DERIVED_ALGORITHM: Final[dict[tuple[type[Tdes] | type[Aes], int], bytes]] = {
    (Tdes, 16): b"\x00\x00",
    (Tdes, 24): b"\x00\x01",
    (Aes, 16): b"\x00\x02",
    (Aes, 24): b"\x00\x03",
    (Aes, 32): b"\x00\x04",
}


class Unwrapped(msgspec.Struct, frozen=True):
    """A key with what its block says about it."""

    header: Header
    key: Secret


@final
class Protection:
    """A KBPK ready for one version: its two derived ciphers, kept.

    Args:
        kbpk: 16 or 24 bytes for versions A, B and C; 16, 24 or 32 for D and E.
        version: of the blocks to be wrapped and unwrapped.
    """

    __slots__ = ("encryption", "mac", "version")

    def __init__(self, kbpk: Secret, version: Version) -> None:
        encryption, mac = derive_protection(kbpk, version)
        cipher = METHODS[version].cipher
        self.version = version
        self.encryption: Tdes | Aes = cipher(encryption)
        self.mac: Tdes | Aes = cipher(mac)


def derive_protection(kbpk: Secret, version: Version) -> tuple[Secret, Secret]:
    """The key that enciphers and the key that makes MACs, of the KBPK's size (X9.143:2021, TR-31:2018 clause 5.3).

    Versions A and C XOR each byte of the KBPK with a letter; the others count blocks of CMAC (NIST SP 800-108).

    >>> kbpk = Secret(bytes.fromhex("1D22BF32387C600AD97F9B97A51311AC"))
    >>> [key.expose().hex().upper() for key in derive_protection(kbpk, Version.B)]
    ['BCE8E2AD5D4489FD0EA5236A884DAC58', '1F9B2BDAF969C7B8B6C933AC7B9C6894']
    """
    method = METHODS[version]
    if len(kbpk) not in KBPK_BYTES[method.cipher]:
        allowed = " or ".join(map(str, KBPK_BYTES[method.cipher]))
        raise KeyBlockError(f"a key block protection key of version {version.value} has {allowed} bytes, not {len(kbpk)}")
    if method.legacy:
        return _variant(kbpk, _VARIANT_ENCRYPTION), _variant(kbpk, _VARIANT_MAC)
    enciphers = _USAGE_COUNTER if version is Version.E else _USAGE_CBC
    return _derived(kbpk, method.cipher, enciphers), _derived(kbpk, method.cipher, _USAGE_MAC)


def unwrap(kbpk: Secret | Protection, block: str, *, legacy: bool = False) -> Unwrapped:
    """The key in the block, and its attributes.

    Args:
        kbpk: the key block protection key, or what was kept of it for the block's version.
        block: the block's text, its hex digits in upper case.
        legacy: whether versions A and C, whose MAC of four bytes can be guessed, are acceptable.

    Raises:
        KeyBlockError: the block is malformed, of a version that is unknown or not asked for, its MAC is wrong, or its
            attributes or its key's length are not lawful.

    >>> kbpk = Secret(bytes.fromhex("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6"))
    >>> block = unwrap(kbpk, "D0112P0AE00E0000B82679114F470F540165EDFBF7E250FCEA43F810D215F8D2"
    ...     "07E2E417C07156A27E8E31DA05F7425509593D03A457DC34")
    >>> block.header.usage.name, block.key.expose().hex().upper()
    ('PIN_ENCRYPTION', '3F419E1CB7079442AA37474C2EFBF8B8')
    """
    version, header = frame(block)
    if METHODS[version].legacy and not legacy:
        raise KeyBlockError(f"a key block of version {version.value} is of the past: say that legacy versions are acceptable")
    protection = _protection(kbpk, version)
    field = _open(protection, header, *_split(block, header, METHODS[version]))
    attributes = parse_header(header)
    return Unwrapped(attributes, _read_field(field, attributes.algorithm))


def wrap(
    kbpk: Secret | Protection, header: Header, key: Secret, *, fill: Callable[[int], bytes], field_bytes_min: int = 0
) -> str:
    """The key block of versions B, D and E.

    Args:
        kbpk: the key block protection key, or what was kept of it for the header's version.
        header: what the block shall say.
        key: of a size that its algorithm has.
        fill: draws so many random bytes, which hide the key's length behind it.
        field_bytes_min: how long the key is made to look; by default as the longest key of its algorithm.

    >>> from keys.tr31.header import Algorithm, Exportability, KeyUsage, Mode
    >>> header = Header(version=Version.B, usage=KeyUsage.KEY_ENCRYPTION, algorithm=Algorithm.TDES, mode=Mode.ANY,
    ...     exportability=Exportability.NON_EXPORTABLE)
    >>> kbpk, key = Secret(bytes(range(16))), Secret(bytes(range(16, 32)))
    >>> block = wrap(kbpk, header, key, fill=bytes)
    >>> block[:16], unwrap(kbpk, block).key == key
    ('B0096K0TN00N0000', True)
    """
    method = METHODS[header.version]
    if method.legacy:
        raise KeyBlockError(f"no key block of version {header.version.value} is made: use B, D or E")
    _check_key_bytes(len(key), header.algorithm)
    protection = _protection(kbpk, header.version)
    looks = max(len(key), field_bytes_min or max(WRAPPED_BYTES.get(header.algorithm, (0,))))
    field_bytes = _LENGTH_BYTES + looks
    field_bytes += -field_bytes % method.field_multiple
    payload_characters = 2 * (field_bytes + method.mac_bytes)
    if payload_characters > BLOCK_CHARACTERS_MAX:
        raise KeyBlockError(f"a key block has at most {BLOCK_CHARACTERS_MAX} characters")
    padding = fill(field_bytes - _LENGTH_BYTES - len(key))
    field = Secret((8 * len(key)).to_bytes(_LENGTH_BYTES, "big") + key.expose() + padding)
    head = print_header(header, payload_characters=payload_characters, multiple=method.optional_multiple)
    mac = protection.mac.cmac(head.encode("ascii") + field.expose())
    ciphertext = _counter(protection, mac, field) if header.version is Version.E else _cbc(protection, mac, field)
    return head + (ciphertext + mac).hex().upper()


def _protection(kbpk: Secret | Protection, version: Version) -> Protection:
    if isinstance(kbpk, Secret):
        return Protection(kbpk, version)
    if kbpk.version is not version:
        raise KeyBlockError(f"a key block of version {version.value} is not for a protection of version {kbpk.version.value}")
    return kbpk


def _split(block: str, header: str, method: Method) -> tuple[bytes, bytes]:
    """The enciphered field and the MAC, of the sizes that the version has."""
    payload = block[len(header) :]
    if not set(payload) <= set("0123456789ABCDEF"):
        raise KeyBlockError("a key block ends in upper-case hex digits: cipher text and MAC")
    field_characters = len(payload) - 2 * method.mac_bytes
    if field_characters <= 2 * _LENGTH_BYTES or field_characters % (2 * method.field_multiple):
        raise KeyBlockError("a key block's cipher text is not in whole blocks, or too short for a key")
    if (len(header) - 16) % method.optional_multiple:
        raise KeyBlockError(f"a key block's optional blocks are together a multiple of {method.optional_multiple} characters")
    payload_bytes = bytes.fromhex(payload)
    return payload_bytes[: -method.mac_bytes], payload_bytes[-method.mac_bytes :]


def _open(protection: Protection, header: str, ciphertext: bytes, mac: bytes) -> Secret:
    """The deciphered field, after the MAC was found right."""
    head = header.encode("ascii")
    match protection.version:
        case Version.A | Version.C:
            assert isinstance(protection.mac, Tdes)
            right = constant_time_equal(cbc_mac(protection.mac, head + ciphertext, length=len(mac)), mac)
            field = Secret(protection.encryption.decrypt_cbc(head[:TDES_BLOCK_BYTES], ciphertext))
        case Version.B | Version.D:
            field = Secret(protection.encryption.decrypt_cbc(mac, ciphertext))
            right = constant_time_equal(protection.mac.cmac(head + field.expose()), mac)
        case Version.E:
            field = Secret(_counter(protection, mac, Secret(ciphertext)))
            right = constant_time_equal(protection.mac.cmac(head + field.expose()), mac)
    if not right:
        raise KeyBlockError("a key block's MAC is wrong: it was changed, or is under another protection key")
    return field


def _cbc(protection: Protection, mac: bytes, field: Secret) -> bytes:
    return protection.encryption.encrypt_cbc(mac, field.expose())


def _counter(protection: Protection, mac: bytes, field: Secret) -> bytes:
    """The field in counter mode, both ways: the MAC is the first counter (ISO 20038:2017)."""
    start = int.from_bytes(mac, "big")
    count = -(-len(field) // AES_BLOCK_BYTES)
    counters = b"".join(((start + index) % 2**128).to_bytes(AES_BLOCK_BYTES, "big") for index in range(count))
    return xor(field.expose(), protection.encryption.encrypt(counters)[: len(field)])


def _read_field(field: Secret, algorithm: Algorithm) -> Secret:
    """The key out of the deciphered field: its length in bits, itself, and random bytes."""
    bits = int.from_bytes(field.expose()[:_LENGTH_BYTES], "big")
    if bits % 8 or not 0 < bits // 8 <= len(field) - _LENGTH_BYTES:
        raise KeyBlockError("a key block's key has a length that does not fit into it")
    _check_key_bytes(bits // 8, algorithm)
    return Secret(field.expose()[_LENGTH_BYTES : _LENGTH_BYTES + bits // 8])


def _check_key_bytes(count: int, algorithm: Algorithm) -> None:
    allowed = WRAPPED_BYTES.get(algorithm)
    if not count or (allowed is not None and count not in allowed):
        raise KeyBlockError(f"a key block's key of {algorithm.name} has a length that no such key has")


def _variant(kbpk: Secret, letter: int) -> Secret:
    return Secret(xor(kbpk.expose(), bytes((letter,)) * len(kbpk)))


def _derived(kbpk: Secret, cipher: type[Tdes] | type[Aes], usage: bytes) -> Secret:
    """As many blocks of CMAC as the KBPK has bytes for: a counter, the usage, a zero, the algorithm, the bits."""
    keyed = cipher(kbpk)
    what = usage + b"\x00" + _DERIVED_ALGORITHM[cipher, len(kbpk)] + (8 * len(kbpk)).to_bytes(2, "big")
    count = -(-len(kbpk) // keyed.block_bytes)
    return Secret(b"".join(keyed.cmac(bytes((index,)) + what) for index in range(1, count + 1))[: len(kbpk)])
