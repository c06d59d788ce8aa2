"""A key as it rests: a key block of version D under the LMK that says all that a `Key` says.

TR-31 has no place for a key's name, state and terms, so they stand in proprietary optional blocks, which the MAC covers
like everything else: a block put under another name, or a state turned back, is no block of ours any more.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from keys.errors import KeyBlockError
from keys.material import Algorithm, Key
from keys.terms import KeyState, Terms
from keys.tr31.block import Protection, unwrap, wrap
from keys.tr31.header import Context, Header, OptionalBlock, Version

# Proprietary optional blocks, by what they hold.
_NAME: Final = "10"
_STATE: Final = "11"
_TERMS: Final = "12"

_WEAKEST_FIELD_BYTES: Final = 32  # All keys of TDES and AES look alike from outside.


def wrap_entry(lmk: Protection, key: Key, fill: Callable[[int], bytes]) -> str:
    """The key block of a key."""
    header = Header(
        version=Version.D,
        usage=key.usage,
        algorithm=key.algorithm,
        mode=key.mode,
        exportability=key.exportability,
        context=Context.STORAGE,
        blocks=(
            OptionalBlock(_NAME, key.name),
            OptionalBlock(_STATE, key.state.value),
            OptionalBlock(_TERMS, msgspec.json.encode(key.terms).decode("ascii")),
        ),
    )
    least = 0 if key.algorithm is Algorithm.HMAC else _WEAKEST_FIELD_BYTES
    return wrap(lmk, header, key.secret, fill=fill, field_bytes_min=least)


def unwrap_entry(lmk: Protection, name: str, block: str) -> Key:
    """The key of a block that is expected under a name.

    Raises:
        KeyBlockError: the block was changed, is another key's, or is no entry of a keystore.
    """
    unwrapped = unwrap(lmk, block)
    header = unwrapped.header
    bound, state, terms = (header.optional(block_name) for block_name in (_NAME, _STATE, _TERMS))
    if bound is None or state is None or terms is None or header.context is not Context.STORAGE:
        raise KeyBlockError("it is a key block, but no entry of a keystore")
    if bound != name:
        raise KeyBlockError(f"its block is the one of key {bound!r}: blocks were exchanged")
    try:
        known_state, known_terms = KeyState(state), msgspec.json.decode(terms, type=Terms)
    except (ValueError, msgspec.MsgspecError):
        raise KeyBlockError(
            "its state or its terms are none that are known here: a later version may have written it"
        ) from None
    return Key.make(
        bound,
        header.usage,
        unwrapped.key.expose(),
        algorithm=header.algorithm,
        mode=header.mode,
        exportability=header.exportability,
        state=known_state,
        terms=known_terms,
    )
