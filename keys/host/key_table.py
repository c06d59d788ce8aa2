"""The keys that commands name: those of the keystore by their names, and key blocks under the LMK that clients keep.

A block is unwrapped once and kept, so that its ciphers are too. Its key is counted by a fingerprint, which is the same for
every block of the same key: counters of wrong PINs and of DUKPT devices hold whatever block a client sends. It is named by
the fingerprint and what the block lets it do, so that two blocks of one key do not lend each other their rights.
"""

from collections.abc import Sequence
from typing import Final

from keys.ciphers import Hmac
from keys.entropy import Entropy
from keys.errors import KeyNotFound
from keys.host.limits import BLOCKS_KEPT_MAX
from keys.keystore import Keystore
from keys.material import Algorithm, Key
from keys.sensitive import Secret
from keys.tr31.block import Protection, unwrap, wrap
from keys.tr31.header import Context, Header, Version

LMK_BYTES: Final = 32
_FINGERPRINT_DIGITS: Final = 24


class KeyTable:
    """A keystore for the HSM behind the port.

    Args:
        base: named keys.
        lmk: AES-256, under which clients keep their keys.
        entropy: fills new blocks.
        own: names of keys that no client may use.
    """

    def __init__(self, base: Keystore, lmk: Secret, entropy: Entropy, own: tuple[str, ...] = ()) -> None:
        assert len(lmk) == LMK_BYTES, len(lmk)
        self._base = base
        self._own = own
        self._protection = Protection(lmk, Version.D)
        self._fingerprints = Hmac(Secret(Hmac(lmk).digest(b"Pointsman fingerprints of keys")))
        self._entropy = entropy
        self._blocks: dict[str, str] = {}
        self._keys: dict[str, Key] = {}

    # What the HSM asks of a keystore.

    def get(self, name: str) -> Key:
        """The key of a block, or of the keystore."""
        key = self._keys.get(name)
        return self._base.get(name) if key is None else key

    def names(self) -> Sequence[str]:
        """Those of the keystore."""
        return self._base.names()

    def add(self, key: Key) -> None:
        """Keep a key until `remove`; it goes into no keystore."""
        self._keys[key.name] = key

    def replace(self, key: Key) -> None:
        """Refused: nothing here changes a key."""
        raise KeyNotFound(f"key {key.name!r} is not changed here: it is a client's block, or the keystore's")

    def remove(self, name: str) -> None:
        """Forget a key that was added; those of the keystore are not touched."""
        if self._keys.pop(name, None) is None:
            raise KeyNotFound(f"no key block of {name!r} is kept")

    # What commands ask.

    def named(self, name: str) -> str:
        """The name, if it is one that clients may use.

        Raises:
            KeyNotFound: it is a key of the port's own.
        """
        if name in self._own:
            raise KeyNotFound(f"key {name!r} is the port's own")
        return name

    def admit(self, block: str) -> str:
        """The name by which the HSM knows the key of this block.

        Raises:
            KeyBlockError: it is not a block of ours, or was changed.
        """
        name = self._blocks.get(block)
        if name is None:
            opened = unwrap(self._protection, block)
            head = opened.header
            fingerprint = self._fingerprint(head.usage.value, head.algorithm, opened.key)
            key = Key.make(
                f"{fingerprint}-{head.mode.value}{head.exportability.value}",
                head.usage,
                opened.key.expose(),
                algorithm=head.algorithm,
                mode=head.mode,
                exportability=head.exportability,
            )
            name = self._blocks[block] = key.name
            self._keys[name] = key
        return name

    def wrap(self, name: str, key_version: str = "00") -> str:
        """A new block of the key."""
        key = self.get(name)
        header = Header(
            version=Version.D,
            usage=key.usage,
            algorithm=key.algorithm,
            mode=key.mode,
            exportability=key.exportability,
            key_version=key_version,
            context=Context.STORAGE,
        )
        return wrap(self._protection, header, key.secret, fill=self._entropy.draw)

    def fingerprint(self, name: str) -> str:
        """What counters know the key by; the same for all blocks and names of it."""
        key = self.get(name)
        return self._fingerprint(key.usage.value, key.algorithm, key.secret)

    def algorithm(self, name: str) -> Algorithm:
        """What it is a key of."""
        return self.get(name).algorithm

    def full(self) -> bool:
        """Whether more blocks are kept than shall be."""
        return len(self._blocks) > BLOCKS_KEPT_MAX

    def forget(self) -> None:
        """Drop the keys of all blocks. Whoever holds ciphers of them drops those too."""
        self._blocks.clear()
        self._keys.clear()

    def _fingerprint(self, usage: str, algorithm: Algorithm, secret: Secret) -> str:
        said = f"{usage}{algorithm.value}".encode("ascii")
        return f"S-{usage}-{self._fingerprints.digest(said + secret.expose()).hex()[:_FINGERPRINT_DIGITS]}"
