"""A key's state, and the terms on which its owner lets it be used: what TR-31 attributes cannot say.

Terms narrow what usage and mode allow, and grant the few things that are refused unless somebody has asked for them by
name. They are bound to the key and never an argument of an operation: whoever could choose a decimalisation table for
each call would find any PIN in fifteen (Bond and Zielinski, UCAM-CL-TR-560). Who obeys them is SoftHsm.
"""

import re
from collections import Counter
from enum import Enum
from typing import Final

import msgspec

from keys.errors import KeyBlockError
from keys.pinblock import PinBlockFormat

MAC_BYTES_MAX: Final = 64  # HMAC-SHA-512.
DECIMALISATION_DISTINCT_MIN: Final = 8  # Fewer make PINs alike, and guessing cheap.
DECIMALISATION_REPEATS_MAX: Final = 4
_VALIDATION_CHARACTERS: Final = 16
_VALIDATION: Final = re.compile(r"[0-9A-F]*P+K?[0-9A-F]*")
_KSN_PREFIX: Final = re.compile(r"[0-9A-F]{0,20}")


class KeyState(Enum):
    """Whether a key may be used."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"
    EXPIRED = "expired"


# What a state may become. An expired key never comes back; it can only be deleted.
TRANSITIONS: Final[dict[KeyState, tuple[KeyState, ...]]] = {
    KeyState.PENDING: (KeyState.ACTIVE, KeyState.DISABLED, KeyState.EXPIRED),
    KeyState.ACTIVE: (KeyState.DISABLED, KeyState.EXPIRED),
    KeyState.DISABLED: (KeyState.ACTIVE, KeyState.EXPIRED),
    KeyState.EXPIRED: (),
}


class Permission(Enum):
    """What is refused unless a key's terms grant it."""

    CHOSEN_PINS = "chosen-pins"  # On a PVK: a PVV for a PIN that the caller chose.
    EXPORT_SENSITIVE = "export-sensitive"  # On a KBPK: keys of exportability S may leave under it.
    LEGACY_BLOCKS = "legacy-blocks"  # On a KBPK: key blocks of versions A and C are read.
    LEGACY_KEYS = "legacy-keys"  # On a key: it may be weak; on a KBPK: what comes under it may be.
    LEGACY_MACS = "legacy-macs"  # On an M1 key: paddings 1 and 2, whose MACs can be forged where lengths vary.


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the owner of a key says of it.

    Args:
        pin_formats: of blocks under this PIN key or base derivation key; none named: 0 and 3 for TDES, 4 for AES.
        mac_bytes: how long its MACs are, 4 or more; 0: eight, and of HMAC all.
        pvki: the index that this PVK has on cards; None: the card's record says.
        decimalisation: of a V1 key: 16 digits. Without a table a V1 key does nothing.
        validation: of a V1 key: how validation data is made of the card number. Sixteen characters: hex digits stand for
            themselves, a run of P for as many digits of the PAN, the rightmost without the check digit; K for the check digit.
        ksn_prefix: of a base derivation key: hex digits that the serial numbers of its devices begin with.
        permissions: what is refused to others.

    Raises:
        KeyBlockError: one of them is not lawful.
    """

    pin_formats: tuple[PinBlockFormat, ...] = ()
    mac_bytes: int = 0
    pvki: int | None = None
    decimalisation: str = ""
    validation: str = "PPPPPPPPPPPPFFFF"
    ksn_prefix: str = ""
    permissions: tuple[Permission, ...] = ()

    def __post_init__(self) -> None:
        if self.mac_bytes and not 4 <= self.mac_bytes <= MAC_BYTES_MAX:
            raise KeyBlockError(f"the MACs of a key have 4 to {MAC_BYTES_MAX} bytes")
        if self.pvki is not None and not 0 <= self.pvki <= 9:
            raise KeyBlockError("a PIN verification key index is 0 to 9")
        if self.decimalisation:
            check_decimalisation(self.decimalisation)
        if not _VALIDATION.fullmatch(self.validation) or len(self.validation) != _VALIDATION_CHARACTERS:
            raise KeyBlockError(
                f"a validation layout has {_VALIDATION_CHARACTERS} characters: hex digits and one run of P, a K behind it"
            )
        if not _KSN_PREFIX.fullmatch(self.ksn_prefix):
            raise KeyBlockError("the beginning of serial numbers has at most 20 upper-case hex digits")


def check_decimalisation(table: str) -> None:
    """KeyBlockError for a table under which too many PINs look alike: it has 8 digits or more, none over 4 times.

    >>> check_decimalisation("0123456789012345")
    """
    if not (len(table) == 16 and table.isascii() and table.isdigit()):
        raise KeyBlockError("a decimalisation table has 16 decimal digits and nothing else")
    counts = Counter(table)
    if len(counts) < DECIMALISATION_DISTINCT_MIN or max(counts.values()) > DECIMALISATION_REPEATS_MAX:
        raise KeyBlockError(
            f"a decimalisation table has at least {DECIMALISATION_DISTINCT_MIN} different digits,"
            f" and none more than {DECIMALISATION_REPEATS_MAX} times"
        )


DEFAULT_TERMS: Final = Terms()
