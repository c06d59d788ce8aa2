"""What the HSM asks of a place that keeps keys, and the place that forgets them when the process ends."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Protocol, runtime_checkable

from keys.errors import KeyBlockError, KeyNotFound
from keys.material import Key


class Keystore(Protocol):
    """What SoftHsm asks of a place that keeps keys."""

    def get(self, name: str) -> Key:
        """The key of that name; KeyNotFound, with the nearest names, if there is none.

        A key that is replaced must be another object: SoftHsm drops its cached cipher when it sees one.
        """

    def names(self) -> Sequence[str]:
        """All names, sorted."""


@runtime_checkable
class WritableKeystore(Keystore, Protocol):
    """What key management asks of it besides."""

    def add(self, key: Key) -> None:
        """Keep a key under a name that is free; KeyBlockError if it is not."""

    def replace(self, key: Key) -> None:
        """Keep this key in place of the one of its name; KeyNotFound if there is none."""

    def remove(self, name: str) -> None:
        """Forget a key; KeyNotFound if there is none."""


class MemoryKeystore:
    """Keys for as long as the process lives."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys: dict[str, Key] = {}
        for key in keys:
            self.add(key)

    def get(self, name: str) -> Key:
        key = self._keys.get(name)
        if key is None:
            raise KeyNotFound(not_found(name, self.names()))
        return key

    def names(self) -> Sequence[str]:
        return tuple(sorted(self._keys))

    def add(self, key: Key) -> None:
        if key.name in self._keys:
            raise KeyBlockError(f"two keys are named {key.name!r}: a name says which key is meant")
        self._keys[key.name] = key

    def replace(self, key: Key) -> None:
        self.get(key.name)
        self._keys[key.name] = key

    def remove(self, name: str) -> None:
        self.get(name)
        del self._keys[name]

    def __repr__(self) -> str:
        return f"MemoryKeystore({', '.join(self.names())})"


def not_found(name: str, known: Sequence[str]) -> str:
    """What to say of a name that no key has: those near it, or some that there are."""
    near = get_close_matches(name, known, n=3)
    if near:
        return f"no key is named {name!r}; did you mean {' or '.join(map(repr, near))}?"
    return f"no key is named {name!r} among {len(known)}: {', '.join(known[:10])}{', ...' if len(known) > 10 else ''}"
