"""The keys that a configuration can name: lab keys, those of its key store, and those that stand in it in clear."""

import os
from pathlib import Path
from typing import Final

from keys.errors import KeysError
from keys.keystore.file import FileKeystore
from keys.keystore.seals import BareLmk, Opener, Passphrase
from keys.lab import LAB_KEYS, lab_key
from keys.material import Key
from keys.sensitive import Secret
from switch.config import Config, ConfigError, KeystoreConfig

PASSPHRASE_BYTES_MAX: Final = 4096  # Of a passphrase that is read from a descriptor.
_HEX: Final = frozenset("0123456789abcdefABCDEF")


class NoEntropy:
    """For what draws no randomness: reading a keystore, making a MAC."""

    def draw(self, count: int, /) -> bytes:
        raise AssertionError(f"{count} random bytes were drawn where none are needed")


def key_table(config: Config) -> dict[str, Key]:
    """Lab keys, if they are wanted, and over them the keys of the store, by name.

    A key that is changed in the store counts from the next time on that this is asked.

    Raises:
        ConfigError: the store cannot be opened.
    """
    keys = {name: lab_key(name) for name in LAB_KEYS} if config.lab_keys else {}
    if config.keystore.path:
        keys |= _store_keys(config.keystore)
    return keys


def _store_keys(keystore: KeystoreConfig) -> dict[str, Key]:
    try:
        store = FileKeystore.open(Path(keystore.path), _opener(keystore), NoEntropy())
    except KeysError as error:
        raise ConfigError([f"$.keystore.path: {error}"]) from None
    return {name: store.get(name) for name in store.names()}


def _opener(keystore: KeystoreConfig) -> Opener:
    """What opens the store: a passphrase from a descriptor or from the environment, or in labs the LMK from there."""
    if keystore.passphrase_fd is not None:
        try:
            with os.fdopen(os.dup(keystore.passphrase_fd), "rb") as stream:
                if stream.seekable():
                    stream.seek(0)  # A pipe gives its passphrase once, a file each time that the store is opened.
                return Passphrase(Secret(stream.read(PASSPHRASE_BYTES_MAX).rstrip(b"\r\n")))
        except OSError as error:
            raise ConfigError([f"$.keystore.passphrase_fd: {error.strerror or error}"]) from None
        except OverflowError:
            raise ConfigError(["$.keystore.passphrase_fd: no number of a descriptor"]) from None
    if keystore.lmk_env:
        text = _environment("lmk_env", keystore.lmk_env)
        if len(text) % 2 or not _HEX.issuperset(text):
            raise ConfigError([f"$.keystore.lmk_env: {keystore.lmk_env} has no hex digits, or an odd number of them"])
        return BareLmk(Secret(bytes.fromhex(text)))
    # As it came: it may be no UTF-8.
    return Passphrase(Secret(os.fsencode(_environment("passphrase_env", keystore.passphrase_env))))


def _environment(word: str, name: str) -> str:
    text = os.environ.get(name)
    if not text:
        raise ConfigError([f"$.keystore.{word}: the environment has no {name}; set it before the switch is started"])
    return text
