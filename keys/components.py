"""Keys in components: what two or more custodians carry, each only a part, so that none of them knows the key.

The key is the XOR of its components; each component, and the key, is recognised by its check value. Who holds which
component, and that no two of them are one person's, is for the ceremony that calls this.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from typing import Final

import msgspec

from keys.ciphers import xor
from keys.errors import KeyBlockError, MalformedInput
from keys.material import Algorithm, check_value
from keys.sensitive import Secret, constant_time_equal, constant_time_equal_text

COMPONENTS_MIN: Final = 2
COMPONENTS_MAX: Final = 9  # More custodians than any ceremony brings together; a bound, because they are typed in.


class Component(msgspec.Struct, frozen=True):
    """One custodian's part, and the check value by which it is known to be typed in right."""

    secret: Secret
    kcv: str


def combine(components: Sequence[Secret]) -> Secret:
    """The key that the components make, as they are: parity is not touched and nothing is refused but their sizes.

    >>> parts = ("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "FEDCBA98765432100123456789ABCDEF")
    >>> combine([Secret(bytes.fromhex(part)) for part in parts]).expose().hex().upper()
    '0123456789ABCDEFFEDCBA9876543210'
    """
    if not COMPONENTS_MIN <= len(components) <= COMPONENTS_MAX:
        raise MalformedInput(f"a key has {COMPONENTS_MIN} to {COMPONENTS_MAX} components, not {len(components)}")
    sizes = {len(component) for component in components}
    if len(sizes) != 1:
        raise MalformedInput("the components of one key have one length")
    return reduce(_joined, components)


def split(key: Secret, entropy: bytes, algorithm: Algorithm) -> tuple[Component, ...]:
    """Components that make the key, each with its check value; all but the last are the entropy as it was drawn.

    Args:
        key: the key.
        entropy: fresh random bytes, as many as the key has for each component but the last.
        algorithm: of the key; its check value is the one that its components are known by too.

    Raises:
        MalformedInput: the entropy is not one or more times as long as the key.
        KeyBlockError: the entropy makes a component that `check_components` would refuse.
    """
    size = len(key)
    if not size or not entropy or len(entropy) % size:
        raise MalformedInput("a key is split with as many random bytes as it has, for each component but the last")
    drawn = [Secret(entropy[start : start + size]) for start in range(0, len(entropy), size)]
    secrets = [*drawn, reduce(_joined, drawn, key)]
    check_components(secrets)
    return tuple(Component(secret, check_value(algorithm, secret)) for secret in secrets)


def join(components: Sequence[Component], algorithm: Algorithm) -> Secret:
    """The key of typed-in components, each of which must have the check value that was typed in with it.

    Raises:
        KeyBlockError: a check value is wrong (the text says whose), or `check_components` refuses.
        MalformedInput: too few, too many, or of different lengths.
    """
    for number, component in enumerate(components, 1):
        right = check_value(algorithm, component.secret)
        if not constant_time_equal_text(right, component.kcv.upper()):
            raise KeyBlockError(f"component {number} does not have the check value given with it: type it in again")
    secrets = [component.secret for component in components]
    check_components(secrets)
    return combine(secrets)


def check_components(components: Sequence[Secret]) -> None:
    """KeyBlockError for a component of zeroes, or two that are equal: then fewer people than custodians know the key."""
    for number, component in enumerate(components, 1):
        if constant_time_equal(component.expose(), bytes(len(component))):
            raise KeyBlockError(f"component {number} is all zeroes: whoever has the others has the key")
    for (one, left), (other, right) in combinations(enumerate(components, 1), 2):
        if left == right:
            raise KeyBlockError(f"components {one} and {other} are equal, and cancel each other")


def _joined(one: Secret, other: Secret) -> Secret:
    return Secret(xor(one.expose(), other.expose()))
