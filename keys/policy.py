"""Which key may do what: the table that SoftHsm checks before anything else (ANSI X9.143 clause 6, usages and modes).

A key whose usage, mode or algorithm is not in the row is refused, whatever it could have computed: a PIN key that
deciphered data would be an oracle for PINs (Bond and Clulow). Nothing here touches key material.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

import msgspec

from keys.errors import KeyUsageError
from keys.material import Algorithm, Key, KeyUsage, Mode


class Operation(Enum):
    """What SoftHsm does; the value is the word that audit events and records show."""

    GENERATE_MAC = "generate-mac"
    VERIFY_MAC = "verify-mac"
    TRANSLATE_PIN = "translate-pin"
    VERIFY_PIN_PVV = "verify-pin-pvv"
    VERIFY_CVV = "verify-cvv"
    VERIFY_ICVV = "verify-icvv"
    VERIFY_ARQC_GENERATE_ARPC = "verify-arqc-generate-arpc"
    TOKEN = "token"
    PROTECT = "protect"
    UNPROTECT = "unprotect"


class Rule(msgspec.Struct, frozen=True):
    """The attributes that a key needs for one role in one operation."""

    usages: tuple[KeyUsage, ...]
    modes: tuple[Mode, ...]
    algorithms: tuple[Algorithm, ...] = (Algorithm.TDES,)


_ENCRYPT: Final = (Mode.ENCRYPT, Mode.ENCRYPT_AND_DECRYPT, Mode.ANY)
_DECRYPT: Final = (Mode.DECRYPT, Mode.ENCRYPT_AND_DECRYPT, Mode.ANY)
_GENERATE: Final = (Mode.GENERATE, Mode.GENERATE_AND_VERIFY, Mode.ANY)
_VERIFY: Final = (Mode.VERIFY, Mode.GENERATE_AND_VERIFY, Mode.ANY)
_DERIVE: Final = (Mode.DERIVE, Mode.ANY)

# Operation -> the name of the argument that names a key -> what that key needs.
OPERATIONS: Final[dict[Operation, dict[str, Rule]]] = {
    Operation.GENERATE_MAC: {"key": Rule((KeyUsage.MAC_ALGORITHM_3,), _GENERATE)},
    Operation.VERIFY_MAC: {"key": Rule((KeyUsage.MAC_ALGORITHM_3,), _VERIFY)},
    Operation.TRANSLATE_PIN: {
        "source": Rule((KeyUsage.PIN_ENCRYPTION,), _DECRYPT),
        "target": Rule((KeyUsage.PIN_ENCRYPTION,), _ENCRYPT),
    },
    Operation.VERIFY_PIN_PVV: {
        "pin_key": Rule((KeyUsage.PIN_ENCRYPTION,), _DECRYPT),
        "pvk": Rule((KeyUsage.PIN_VERIFICATION_PVV,), _VERIFY),
    },
    Operation.VERIFY_CVV: {"key": Rule((KeyUsage.CARD_VERIFICATION,), _VERIFY)},
    Operation.VERIFY_ICVV: {"key": Rule((KeyUsage.CARD_VERIFICATION,), _VERIFY)},
    Operation.VERIFY_ARQC_GENERATE_ARPC: {"key": Rule((KeyUsage.EMV_CRYPTOGRAMS,), _DERIVE)},
    Operation.TOKEN: {"key": Rule((KeyUsage.MAC_HMAC,), _GENERATE, (Algorithm.HMAC,))},
    Operation.PROTECT: {"key": Rule((KeyUsage.DATA_ENCRYPTION,), _ENCRYPT, (Algorithm.AES,))},
    Operation.UNPROTECT: {"key": Rule((KeyUsage.DATA_ENCRYPTION,), _DECRYPT, (Algorithm.AES,))},
}


def check_usage(operation: Operation, role: str, key: Key) -> None:
    """KeyUsageError if the key may not have that role in the operation; the text says what it would need."""
    rule = OPERATIONS[operation][role]
    if key.usage in rule.usages and key.mode in rule.modes and key.algorithm in rule.algorithms:
        return
    raise KeyUsageError(
        f"key {key.name!r} (usage {key.usage.value}, mode {key.mode.value}, {key.algorithm.name}) is not a {role} for"
        f" {operation.value}: use one of usage {_codes(rule.usages)}, mode {_codes(rule.modes)},"
        f" {' or '.join(algorithm.name for algorithm in rule.algorithms)}"
    )


def _codes(values: Iterable[KeyUsage | Mode]) -> str:
    return " or ".join(value.value for value in values)
