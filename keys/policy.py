"""Which key may do what, and which caller: the tables that SoftHsm checks before anything else (ANSI X9.143 clause 6).

A key whose usage, mode, algorithm or size is not in the row is refused, whatever it could have computed: a PIN key that
deciphered data would be an oracle for PINs (Bond and Clulow). Nothing here looks into key material.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

import msgspec

from keys.errors import KeyStateError, KeyUsageError, PinFormatError
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.pinblock import PinBlockFormat
from keys.terms import KeyState


class Operation(Enum):
    """What SoftHsm does; the value is the word that audit events and records show."""

    __hash__ = object.__hash__  # A member is one object: Enum's own hash, written in Python, would cost each operation more.

    GENERATE_MAC = "generate-mac"
    VERIFY_MAC = "verify-mac"
    TRANSLATE_MAC = "translate-mac"
    TRANSLATE_PIN = "translate-pin"
    VERIFY_PIN_PVV = "verify-pin-pvv"
    VERIFY_PIN_OFFSET = "verify-pin-offset"
    GENERATE_PIN = "generate-pin"
    GENERATE_PIN_PVV = "generate-pin-pvv"
    GENERATE_PIN_OFFSET = "generate-pin-offset"
    GENERATE_PVV = "generate-pvv"
    CHANGE_PIN_PVV = "change-pin-pvv"
    CHANGE_PIN_OFFSET = "change-pin-offset"
    GENERATE_CVV = "generate-cvv"
    GENERATE_ICVV = "generate-icvv"
    GENERATE_CVV2 = "generate-cvv2"
    VERIFY_CVV = "verify-cvv"
    VERIFY_ICVV = "verify-icvv"
    VERIFY_CVV2 = "verify-cvv2"
    VERIFY_DCVV = "verify-dcvv"
    VERIFY_CVC3 = "verify-cvc3"
    VERIFY_ARQC_GENERATE_ARPC = "verify-arqc-generate-arpc"
    VERIFY_CRYPTOGRAM = "verify-cryptogram"
    GENERATE_SCRIPT_MAC = "generate-script-mac"
    ENCRYPT_SCRIPT_DATA = "encrypt-script-data"
    GENERATE_PIN_CHANGE = "generate-pin-change"
    ENCRYPT_DATA = "encrypt-data"
    DECRYPT_DATA = "decrypt-data"
    TRANSLATE_DATA = "translate-data"
    TOKEN = "token"
    PROTECT = "protect"
    UNPROTECT = "unprotect"
    DRAW_RANDOM = "draw-random"
    ACCEPT_KSN = "accept-ksn"
    DESCRIBE_KEY = "describe-key"
    GENERATE_KEY = "generate-key"
    FORM_KEY = "form-key"
    IMPORT_KEY = "import-key"
    EXPORT_KEY = "export-key"
    CHANGE_KEY_STATE = "change-key-state"
    DELETE_KEY = "delete-key"


class Role(Enum):
    """Who calls. Nobody has two: who may let keys in and out makes no payments with them, and forms none alone."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    CUSTODIAN = "custodian"
    ADMIN = "admin"


class Rule(msgspec.Struct, frozen=True):
    """The attributes that a key needs for one role in one operation; `sizes` in bytes, none named: all of its algorithm."""

    usages: tuple[KeyUsage, ...]
    modes: tuple[Mode, ...]
    algorithms: tuple[Algorithm, ...] = (Algorithm.TDES,)
    sizes: tuple[int, ...] = ()


Rules = tuple[Rule, ...]

_ENCRYPT: Final = (Mode.ENCRYPT, Mode.ENCRYPT_AND_DECRYPT, Mode.ANY)
_DECRYPT: Final = (Mode.DECRYPT, Mode.ENCRYPT_AND_DECRYPT, Mode.ANY)
_GENERATE: Final = (Mode.GENERATE, Mode.GENERATE_AND_VERIFY, Mode.ANY)
_VERIFY: Final = (Mode.VERIFY, Mode.GENERATE_AND_VERIFY, Mode.ANY)
_BOTH_VALUE: Final = (Mode.GENERATE_AND_VERIFY, Mode.ANY)
_DERIVE: Final = (Mode.DERIVE, Mode.ANY)
_BLOCK_CIPHERS: Final = (Algorithm.TDES, Algorithm.AES)
_DOUBLE: Final = (16,)  # Bytes of what the standards know with two TDES keys only.

_BASE: Final[Rules] = (
    Rule((KeyUsage.DUKPT_BASE,), _DERIVE, sizes=_DOUBLE),
    Rule((KeyUsage.DUKPT_BASE,), _DERIVE, (Algorithm.AES,)),
)


def _mac(modes: tuple[Mode, ...]) -> Rules:
    return (
        Rule((KeyUsage.MAC_ALGORITHM_3,), modes, sizes=_DOUBLE),
        Rule((KeyUsage.MAC_ALGORITHM_1,), modes),
        Rule((KeyUsage.MAC_CMAC,), modes, _BLOCK_CIPHERS),
        Rule((KeyUsage.MAC_HMAC,), modes, (Algorithm.HMAC,)),
    )


def _pin(modes: tuple[Mode, ...]) -> Rules:
    return (Rule((KeyUsage.PIN_ENCRYPTION,), modes, _BLOCK_CIPHERS),)


def _pvk(modes: tuple[Mode, ...]) -> Rules:
    return (Rule((KeyUsage.PIN_VERIFICATION_PVV,), modes, sizes=_DOUBLE),)


def _ibm(modes: tuple[Mode, ...]) -> Rules:
    return (Rule((KeyUsage.PIN_VERIFICATION_IBM_3624,), modes),)


def _cvk(modes: tuple[Mode, ...]) -> Rules:
    return (Rule((KeyUsage.CARD_VERIFICATION,), modes, sizes=_DOUBLE),)


def _master(usage: KeyUsage) -> Rules:
    return (Rule((usage,), _DERIVE, sizes=_DOUBLE),)


def _data(modes: tuple[Mode, ...]) -> Rules:
    return (Rule((KeyUsage.DATA_ENCRYPTION,), modes, _BLOCK_CIPHERS),)


def _siv(modes: tuple[Mode, ...]) -> Rules:
    """RFC 5297 halves its key, so one of 16 bytes is no key for it, and one of 24 none of AES."""
    return (Rule((KeyUsage.DATA_ENCRYPTION,), modes, (Algorithm.AES,), (32,)),)


# Operation -> the name of the argument that names a key -> what that key needs, any one of the rules. Where an argument
# takes a transaction's key instead (`DukptKey`), its base derivation key has the role with `_base` behind it.
OPERATIONS: Final[dict[Operation, dict[str, Rules]]] = {
    Operation.GENERATE_MAC: {"key": _mac(_GENERATE), "key_base": _BASE},
    Operation.VERIFY_MAC: {"key": _mac(_VERIFY), "key_base": _BASE},
    Operation.TRANSLATE_MAC: {
        "source": _mac(_VERIFY),
        "source_base": _BASE,
        "target": _mac(_GENERATE),
        "target_base": _BASE,
    },
    Operation.TRANSLATE_PIN: {
        "source": _pin(_DECRYPT),
        "source_base": _BASE,
        "target": _pin(_ENCRYPT),
        "target_base": _BASE,
    },
    Operation.VERIFY_PIN_PVV: {"pin_key": _pin(_DECRYPT), "pin_key_base": _BASE, "pvk": _pvk(_VERIFY)},
    Operation.VERIFY_PIN_OFFSET: {"pin_key": _pin(_DECRYPT), "pin_key_base": _BASE, "pvk": _ibm(_VERIFY)},
    Operation.GENERATE_PIN: {"pin_key": _pin(_ENCRYPT)},
    Operation.GENERATE_PIN_PVV: {"pin_key": _pin(_ENCRYPT), "pvk": _pvk(_GENERATE)},
    Operation.GENERATE_PIN_OFFSET: {"pin_key": _pin(_ENCRYPT), "pvk": _ibm(_GENERATE)},
    Operation.GENERATE_PVV: {"pin_key": _pin(_DECRYPT), "pvk": _pvk(_GENERATE)},
    Operation.CHANGE_PIN_PVV: {"pin_key": _pin(_DECRYPT), "pin_key_base": _BASE, "pvk": _pvk(_BOTH_VALUE)},
    Operation.CHANGE_PIN_OFFSET: {"pin_key": _pin(_DECRYPT), "pin_key_base": _BASE, "pvk": _ibm(_BOTH_VALUE)},
    Operation.GENERATE_CVV: {"key": _cvk(_GENERATE)},
    Operation.GENERATE_ICVV: {"key": _cvk(_GENERATE)},
    Operation.GENERATE_CVV2: {"key": _cvk(_GENERATE)},
    Operation.VERIFY_CVV: {"key": _cvk(_VERIFY)},
    Operation.VERIFY_ICVV: {"key": _cvk(_VERIFY)},
    Operation.VERIFY_CVV2: {"key": _cvk(_VERIFY)},
    Operation.VERIFY_DCVV: {"key": _master(KeyUsage.EMV_DYNAMIC_NUMBERS)},
    Operation.VERIFY_CVC3: {"key": _master(KeyUsage.EMV_DYNAMIC_NUMBERS)},
    Operation.VERIFY_ARQC_GENERATE_ARPC: {"key": _master(KeyUsage.EMV_CRYPTOGRAMS)},
    Operation.VERIFY_CRYPTOGRAM: {"key": _master(KeyUsage.EMV_CRYPTOGRAMS)},
    Operation.GENERATE_SCRIPT_MAC: {"key": _master(KeyUsage.EMV_INTEGRITY)},
    Operation.ENCRYPT_SCRIPT_DATA: {"key": _master(KeyUsage.EMV_CONFIDENTIALITY)},
    Operation.GENERATE_PIN_CHANGE: {
        "imk_ac": _master(KeyUsage.EMV_CRYPTOGRAMS),
        "imk_smi": _master(KeyUsage.EMV_INTEGRITY),
        "imk_smc": _master(KeyUsage.EMV_CONFIDENTIALITY),
        "pin_key": _pin(_DECRYPT),
        "pin_key_base": _BASE,
    },
    Operation.ENCRYPT_DATA: {"key": _data(_ENCRYPT), "key_base": _BASE},
    Operation.DECRYPT_DATA: {"key": _data(_DECRYPT), "key_base": _BASE},
    Operation.TRANSLATE_DATA: {
        "source": _data(_DECRYPT),
        "source_base": _BASE,
        "target": _data(_ENCRYPT),
        "target_base": _BASE,
    },
    Operation.TOKEN: {"key": (Rule((KeyUsage.MAC_HMAC,), _GENERATE, (Algorithm.HMAC,)),)},
    Operation.PROTECT: {"key": _siv(_ENCRYPT)},
    Operation.UNPROTECT: {"key": _siv(_DECRYPT)},
    Operation.DRAW_RANDOM: {},
    Operation.ACCEPT_KSN: {"key_base": _BASE},
    Operation.DESCRIBE_KEY: {},
    Operation.GENERATE_KEY: {},
    Operation.FORM_KEY: {},
    Operation.IMPORT_KEY: {
        "kbpk": (
            Rule((KeyUsage.KEY_BLOCK_PROTECTION, KeyUsage.KEY_ENCRYPTION), _DECRYPT, _BLOCK_CIPHERS),
            Rule((KeyUsage.KEY_BLOCK_PROTECTION_ISO_20038,), _DECRYPT, (Algorithm.AES,)),
        )
    },
    Operation.EXPORT_KEY: {
        "kbpk": (
            Rule((KeyUsage.KEY_BLOCK_PROTECTION,), _ENCRYPT, _BLOCK_CIPHERS),
            Rule((KeyUsage.KEY_BLOCK_PROTECTION_ISO_20038,), _ENCRYPT, (Algorithm.AES,)),
        )
    },
    Operation.CHANGE_KEY_STATE: {},
    Operation.DELETE_KEY: {},
}

_KEY_MANAGEMENT: Final[dict[Operation, tuple[Role, ...]]] = {
    Operation.DESCRIBE_KEY: tuple(Role),
    Operation.GENERATE_KEY: (Role.ADMIN,),
    Operation.FORM_KEY: (Role.CUSTODIAN,),
    Operation.IMPORT_KEY: (Role.ADMIN,),
    Operation.EXPORT_KEY: (Role.ADMIN,),
    Operation.CHANGE_KEY_STATE: (Role.ADMIN,),
    Operation.DELETE_KEY: (Role.ADMIN,),
}

# Operation -> who may call it.
ROLES: Final[dict[Operation, tuple[Role, ...]]] = {
    operation: _KEY_MANAGEMENT.get(operation, (Role.OPERATOR,)) for operation in Operation
}

# Operations whose success is an audit event too, and not only a count: what changes which keys there are, or lets one out.
AUDITED: Final = frozenset(_KEY_MANAGEMENT) - {Operation.DESCRIBE_KEY}

# Format of a PIN block -> what it may be translated to, for the same card (PCI PIN 3-3, ANSI X9.8). From 0, 3 or 4 to 1 the
# PIN would lose its card; format 2 is for a chip card's ears only, which `generate_pin_change` speaks to.
TRANSLATIONS: Final[dict[PinBlockFormat, tuple[PinBlockFormat, ...]]] = {
    PinBlockFormat.ISO_0: (PinBlockFormat.ISO_0, PinBlockFormat.ISO_3, PinBlockFormat.ISO_4),
    PinBlockFormat.ISO_1: (PinBlockFormat.ISO_0, PinBlockFormat.ISO_1, PinBlockFormat.ISO_3, PinBlockFormat.ISO_4),
    PinBlockFormat.ISO_2: (),
    PinBlockFormat.ISO_3: (PinBlockFormat.ISO_0, PinBlockFormat.ISO_3, PinBlockFormat.ISO_4),
    PinBlockFormat.ISO_4: (PinBlockFormat.ISO_0, PinBlockFormat.ISO_3, PinBlockFormat.ISO_4),
}

# Algorithm of the key that enciphers -> formats that it can have, and those that it has unless its terms say otherwise.
PIN_FORMATS: Final[dict[Algorithm, tuple[PinBlockFormat, ...]]] = {
    Algorithm.TDES: (PinBlockFormat.ISO_0, PinBlockFormat.ISO_1, PinBlockFormat.ISO_3),
    Algorithm.AES: (PinBlockFormat.ISO_4,),
}
PIN_FORMATS_DEFAULT: Final[dict[Algorithm, tuple[PinBlockFormat, ...]]] = {
    Algorithm.TDES: (PinBlockFormat.ISO_0, PinBlockFormat.ISO_3),
    Algorithm.AES: (PinBlockFormat.ISO_4,),
}

# From what may leave to what may not: an exported header keeps its place or moves right.
EXPORTABILITIES: Final = (Exportability.EXPORTABLE, Exportability.SENSITIVE, Exportability.NON_EXPORTABLE)


def check_usage(operation: Operation, role: str, key: Key) -> None:
    """KeyUsageError if the key may not have that role in the operation; the text says what it would need."""
    rules = OPERATIONS[operation][role]
    for rule in rules:
        if key.usage in rule.usages and key.mode in rule.modes and key.algorithm in rule.algorithms:
            if rule.sizes and len(key.secret) not in rule.sizes:
                sizes = _or(map(str, rule.sizes))
                raise KeyUsageError(f"key {key.name!r} has {len(key.secret)} bytes: a {role} for {operation.value} has {sizes}")
            return
    raise KeyUsageError(
        f"key {key.name!r} (usage {key.usage.value}, mode {key.mode.value}, {key.algorithm.name}) is not a {role} for"
        f" {operation.value}: use one of {_or(map(_needed, rules))}"
    )


def check_state(key: Key) -> None:
    """KeyStateError unless the key is active."""
    if key.state is not KeyState.ACTIVE:
        raise KeyStateError(f"key {key.name!r} is {key.state.value}: nothing is done with it until it is activated")


def check_pin_format(key: Key, algorithm: Algorithm, block_format: PinBlockFormat) -> None:
    """PinFormatError unless blocks under this key, or one of that algorithm derived from it, may have the format."""
    allowed = key.terms.pin_formats or PIN_FORMATS_DEFAULT[algorithm]
    if block_format not in allowed or block_format not in PIN_FORMATS[algorithm]:
        raise PinFormatError(
            f"PIN blocks of format {block_format.value} are not for key {key.name!r}: its own are"
            f" {_or(each.value for each in allowed if each in PIN_FORMATS[algorithm])}"
        )


def check_translation(source: PinBlockFormat, target: PinBlockFormat) -> None:
    """PinFormatError unless blocks of the one format may become blocks of the other."""
    if target not in TRANSLATIONS[source]:
        raise PinFormatError(f"a PIN block of format {source.value} never becomes one of format {target.value}")


def _needed(rule: Rule) -> str:
    usages, modes = _or(usage.value for usage in rule.usages), _or(mode.value for mode in rule.modes)
    return f"usage {usages}, mode {modes}, {_or(algorithm.name for algorithm in rule.algorithms)}"


def _or(words: Iterable[str]) -> str:
    return " or ".join(words)
