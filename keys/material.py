"""Keys as values: material with its name, and the attributes that say what it may do (ANSI X9.143 clause 6, TR-31).

A key is made once and never changes: no function here turns one usage into another. Where keys are kept is
`keystore`, who may use them for what is `hsm`.
"""

from enum import Enum
from itertools import pairwise
from typing import Final

import msgspec

from keys.ciphers import AES_KEY_BYTES, HMAC_KEY_BYTES, kcv_aes_cmac, kcv_hmac, kcv_tdes_legacy, odd_parity
from keys.errors import KeyBlockError
from keys.hexadecimal import parse_hex
from keys.sensitive import Secret, constant_time_equal
from keys.terms import DEFAULT_TERMS, KeyState, Permission, Terms

KEY_NAME_CHARACTERS_MAX: Final = 64


class Algorithm(Enum):
    """The algorithm a key is for, by its X9.143 code. Keys are made of AES, HMAC and TDES; the others are only named."""

    __hash__ = object.__hash__  # A member is one object; the policy looks it up with each operation.

    AES = "A"
    DEA = "D"
    DSA = "S"
    ELLIPTIC_CURVE = "E"
    HMAC = "H"
    RSA = "R"
    TDES = "T"


class KeyUsage(Enum):
    """The one purpose of a key, by its X9.143 code."""

    __hash__ = object.__hash__  # As above.

    DUKPT_BASE = "B0"
    DUKPT_INITIAL = "B1"
    BASE_KEY_VARIANT = "B2"
    KEY_DERIVATION = "B3"
    CARD_VERIFICATION = "C0"
    DATA_ENCRYPTION = "D0"
    DATA_ENCRYPTION_ASYMMETRIC = "D1"
    DECIMALISATION_TABLE = "D2"
    SENSITIVE_DATA_ENCRYPTION = "D3"
    EMV_CRYPTOGRAMS = "E0"
    EMV_CONFIDENTIALITY = "E1"
    EMV_INTEGRITY = "E2"
    EMV_AUTHENTICATION_CODES = "E3"
    EMV_DYNAMIC_NUMBERS = "E4"
    EMV_PERSONALISATION = "E5"
    EMV_OTHER = "E6"
    EMV_PIN_ASYMMETRIC = "E7"
    INITIALISATION_VECTOR = "I0"
    KEY_ENCRYPTION = "K0"
    KEY_BLOCK_PROTECTION = "K1"
    KEY_DISTRIBUTION_ASYMMETRIC = "K2"
    KEY_AGREEMENT_ASYMMETRIC = "K3"
    KEY_BLOCK_PROTECTION_ISO_20038 = "K4"
    MAC_ISO_16609 = "M0"
    MAC_ALGORITHM_1 = "M1"
    MAC_ALGORITHM_2 = "M2"
    MAC_ALGORITHM_3 = "M3"
    MAC_ALGORITHM_4 = "M4"
    MAC_ALGORITHM_5 = "M5"
    MAC_CMAC = "M6"
    MAC_HMAC = "M7"
    MAC_ALGORITHM_6 = "M8"
    PIN_ENCRYPTION = "P0"
    PIN_GENERATION = "P1"
    SIGNATURE = "S0"
    SIGNATURE_CA = "S1"
    SIGNATURE_OTHER = "S2"
    PIN_VERIFICATION_OTHER = "V0"
    PIN_VERIFICATION_IBM_3624 = "V1"
    PIN_VERIFICATION_PVV = "V2"
    PIN_VERIFICATION_X9_132_1 = "V3"
    PIN_VERIFICATION_X9_132_2 = "V4"
    PIN_VERIFICATION_X9_132_3 = "V5"


class Mode(Enum):
    """What a key may do within its usage, by its X9.143 code."""

    ENCRYPT_AND_DECRYPT = "B"
    GENERATE_AND_VERIFY = "C"
    DECRYPT = "D"
    ENCRYPT = "E"
    GENERATE = "G"
    ANY = "N"
    SIGN = "S"
    SIGN_AND_DECRYPT = "T"
    VERIFY = "V"
    DERIVE = "X"
    VARIANTS = "Y"


class Exportability(Enum):
    """Whether a key may leave, by its X9.143 code."""

    EXPORTABLE = "E"
    NON_EXPORTABLE = "N"
    SENSITIVE = "S"


KEY_BYTES: Final[dict[Algorithm, tuple[int, ...]]] = {
    Algorithm.AES: AES_KEY_BYTES,
    Algorithm.HMAC: tuple(range(HMAC_KEY_BYTES[0], HMAC_KEY_BYTES[1] + 1)),
    Algorithm.TDES: (16, 24),  # Single DES fell to exhaustive search long ago.
}

# The weak and semi-weak keys of DES (NIST SP 800-67 clause 3.3.2): enciphering twice, or under the partner, undoes itself.
WEAK_DES_KEYS: Final = tuple(
    map(
        bytes.fromhex,
        (
            "0101010101010101",
            "FEFEFEFEFEFEFEFE",
            "E0E0E0E0F1F1F1F1",
            "1F1F1F1F0E0E0E0E",
        ),
    )
)
SEMI_WEAK_DES_KEYS: Final = tuple(
    (bytes.fromhex(one), bytes.fromhex(partner))
    for one, partner in (
        ("011F011F010E010E", "1F011F010E010E01"),
        ("01E001E001F101F1", "E001E001F101F101"),
        ("01FE01FE01FE01FE", "FE01FE01FE01FE01"),
        ("1FE01FE00EF10EF1", "E01FE01FF10EF10E"),
        ("1FFE1FFE0EFE0EFE", "FE1FFE1FFE0EFE0E"),
        ("E0FEE0FEF1FEF1FE", "FEE0FEE0FEF1FEF1"),
    )
)


class Key(msgspec.Struct, frozen=True):
    """A named key. Its repr shows name, usage and check value; nothing else of it is ever printed.

    Make one with `Key.make`, which checks the material and computes the check value.
    """

    name: str
    algorithm: Algorithm
    usage: KeyUsage
    mode: Mode
    exportability: Exportability
    secret: Secret
    kcv: str
    state: KeyState = KeyState.ACTIVE
    terms: Terms = DEFAULT_TERMS

    @classmethod
    def make(
        cls,
        name: str,
        usage: KeyUsage,
        material: str | bytes,
        *,
        algorithm: Algorithm = Algorithm.TDES,
        mode: Mode = Mode.ANY,
        exportability: Exportability = Exportability.NON_EXPORTABLE,
        state: KeyState = KeyState.ACTIVE,
        terms: Terms = DEFAULT_TERMS,
    ) -> "Key":
        """A key of clear material, with its check value: legacy for TDES, CMAC for AES.

        Args:
            name: 1 to 64 printable ASCII characters without spaces.
            usage: its one purpose.
            material: bytes, or hex digits without spaces; 16 or 24 bytes for TDES, 16, 24 or 32 for AES, 16
                to 128 for HMAC. TDES parity is made odd.
            algorithm: what it is a key of.
            mode: what it may do within its usage.
            exportability: whether it may leave.
            state: whether it may be used.
            terms: what its owner says beyond its attributes.

        Raises:
            KeyBlockError: the name, the length or the alphabet is wrong, or the TDES key is weak: a part is a weak
                or semi-weak DES key, or two neighbouring parts are equal, which leaves single DES. Only the permission
                for legacy keys lets a weak one in.

        >>> Key.make("pos.zak", KeyUsage.MAC_ALGORITHM_3, "0123456789ABCDEFFEDCBA9876543210")
        Key('pos.zak', M3, KCV 08D7B4)
        """
        secret = _secret(material)
        del material  # A traceback that prints locals must not show it.
        _check_name(name)
        if secret is None:
            raise KeyBlockError(f"key {name!r}: its material is not an even number of hex digits")
        sizes = KEY_BYTES.get(algorithm)
        if sizes is None:
            raise KeyBlockError(f"key {name!r}: keys of {algorithm.name} are not kept here, only those of AES, HMAC and TDES")
        if len(secret) not in sizes:
            allowed = " or ".join(map(str, sizes)) if len(sizes) < 4 else f"{sizes[0]} to {sizes[-1]}"
            raise KeyBlockError(f"key {name!r}: a key of {algorithm.name} has {allowed} bytes, not {len(secret)}")
        if algorithm is Algorithm.TDES:
            secret = odd_parity(secret)
            if Permission.LEGACY_KEYS not in terms.permissions:
                check_strength(name, secret)
        return cls(name, algorithm, usage, mode, exportability, secret, check_value(algorithm, secret), state, terms)

    def __repr__(self) -> str:
        return f"Key({self.name!r}, {self.usage.value}, KCV {self.kcv})"


def check_value(algorithm: Algorithm, secret: Secret) -> str:
    """The check value that a key of this algorithm is known by, six hex digits."""
    match algorithm:
        case Algorithm.TDES:
            return kcv_tdes_legacy(secret, digits=6)
        case Algorithm.AES:
            return kcv_aes_cmac(secret, digits=6)
        case Algorithm.HMAC:
            return kcv_hmac(secret, digits=6)
        case _:
            raise KeyBlockError(f"a key of {algorithm.name} has no check value here, only those of AES, HMAC and TDES")


def check_strength(name: str, secret: Secret) -> None:
    """KeyBlockError for TDES material that is no better than single DES, or of a weak or semi-weak part."""
    if _has_weak_part(secret):
        raise KeyBlockError(f"key {name!r}: a part of it is a weak or semi-weak DES key: choose another")
    if _degenerates(secret):
        raise KeyBlockError(f"key {name!r}: two of its parts are equal, which leaves single DES: choose another")


def _check_name(name: str) -> None:
    if not (1 <= len(name) <= KEY_NAME_CHARACTERS_MAX and name.isascii() and name.isprintable() and " " not in name):
        raise KeyBlockError(f"a key's name has 1 to {KEY_NAME_CHARACTERS_MAX} printable ASCII characters without spaces")


def _secret(material: str | bytes) -> Secret | None:
    """The bytes, or None for text that is not hex. Raises nothing."""
    octets = material if isinstance(material, bytes) else parse_hex(material)
    return None if octets is None else Secret(octets)


def _parts(secret: Secret) -> list[bytes]:
    material = secret.expose()
    return [material[start : start + 8] for start in range(0, len(material), 8)]


def _has_weak_part(secret: Secret) -> bool:
    weak = [*WEAK_DES_KEYS, *(key for pair in SEMI_WEAK_DES_KEYS for key in pair)]
    return any(constant_time_equal(part, each) for part in _parts(secret) for each in weak)


def _degenerates(secret: Secret) -> bool:
    """E(D(E(x))) under K K L or K L L is one single encipherment; under K L K it is not."""
    parts = _parts(secret)
    return any(constant_time_equal(one, other) for one, other in pairwise(parts))
