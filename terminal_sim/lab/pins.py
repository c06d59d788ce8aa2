"""PIN blocks as an auditor opens them, who has the keys of both hops. Nothing else in the lab does."""

from functools import cache, lru_cache

from keys.ciphers import Tdes, tdes
from keys.errors import KeysError
from keys.lab import LAB_KEYS, lab_key
from keys.material import KeyUsage
from keys.pinblock import decrypt_iso0
from keys.sensitive import Pan, Secret

BLOCKS_KEPT = 1_024
"""Blocks that are remembered once they were opened: cards come again, and a PIN has the same block for a card each time."""


@lru_cache(maxsize=BLOCKS_KEPT)
def open_pin(block: str, pan: str, key: str) -> Secret | None:
    """The PIN in a block of format 0 under the key of that name, of any generation; None when none of them opens it."""
    for cipher in _generations(key):
        try:
            return decrypt_iso0(cipher, bytes.fromhex(block), Pan(pan))
        except (KeysError, ValueError):
            continue
    return None


@cache
def _generations(key: str) -> tuple[Tdes, ...]:
    names = [name for name, row in LAB_KEYS.items() if name.startswith(key) and row.usage is KeyUsage.PIN_ENCRYPTION]
    return tuple(tdes(lab_key(name).secret) for name in names)
