"""How the LMK stands in a keystore's file: sealed by a passphrase, or left out of it.

Sealed to an RSA key it is in `rsa_seal`. A seal is what the file has; an opener is what somebody must have to make a
keystore or open it.
"""

import hashlib
from typing import Final, Protocol

import msgspec

from keys.entropy import Entropy
from keys.errors import KeyBlockError, KeystoreError
from keys.material import Algorithm, Exportability, KeyUsage, Mode
from keys.sensitive import Secret
from keys.tr31.block import unwrap, wrap
from keys.tr31.header import Header, Version

LMK_BYTES: Final = 32
PASSPHRASE_BYTES_MIN: Final = 8
SALT_BYTES: Final = 16
SCRYPT_N: Final = 1 << 15  # RFC 7914: 32 MB and about a tenth of a second for each guess.
SCRYPT_N_BOUNDS: Final = (1 << 10, 1 << 20)  # From what tests can afford to 1 GB: a file does not choose how long we compute.
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1


class PassphraseSeal(msgspec.Struct, frozen=True, tag="passphrase", forbid_unknown_fields=True):
    """Scrypt's parameters, and the LMK as a key block under the key that it makes of the passphrase."""

    n: int
    salt: str
    block: str


class RsaSeal(msgspec.Struct, frozen=True, tag="rsa", forbid_unknown_fields=True):
    """Which RSA key it was sealed to (SHA-256 of the public key), and the LMK under RSA-OAEP with SHA-256."""

    fingerprint: str
    sealed: str


class BareSeal(msgspec.Struct, frozen=True, tag="bare", forbid_unknown_fields=True):
    """The LMK is not here: whoever opens the file brings it. For labs."""


Seal = PassphraseSeal | RsaSeal | BareSeal


class Opener(Protocol):
    """What seals an LMK and opens the seal again."""

    def draw_lmk(self, entropy: Entropy) -> Secret:
        """An LMK for a new keystore, or for the rotation of one."""

    def seal(self, lmk: Secret, entropy: Entropy) -> Seal:
        """The LMK as it may stand in a file."""

    def unseal(self, seal: Seal) -> Secret:
        """The LMK; KeystoreError if this is not what opens it."""


class Passphrase:
    """Opens by a passphrase.

    Args:
        secret: UTF-8, 8 bytes or more.
        n: scrypt's cost for new seals, a power of two.
    """

    __slots__ = ("_n", "_secret")

    def __init__(self, secret: Secret, *, n: int = SCRYPT_N) -> None:
        if len(secret) < PASSPHRASE_BYTES_MIN:
            raise KeystoreError(f"a passphrase has {PASSPHRASE_BYTES_MIN} characters or more")
        self._secret = secret
        self._n = n

    def draw_lmk(self, entropy: Entropy) -> Secret:
        return Secret(entropy.draw(LMK_BYTES))

    def seal(self, lmk: Secret, entropy: Entropy) -> Seal:
        salt = entropy.draw(SALT_BYTES)
        header = Header(
            version=Version.D,
            usage=KeyUsage.KEY_BLOCK_PROTECTION,
            algorithm=Algorithm.AES,
            mode=Mode.ANY,
            exportability=Exportability.NON_EXPORTABLE,
        )
        block = wrap(self._stretched(self._n, salt), header, lmk, fill=entropy.draw)
        return PassphraseSeal(self._n, salt.hex().upper(), block)

    def unseal(self, seal: Seal) -> Secret:
        if not isinstance(seal, PassphraseSeal):
            raise _other_seal(seal, "a passphrase")
        try:
            return unwrap(self._stretched(seal.n, bytes.fromhex(seal.salt)), seal.block).key
        except (KeyBlockError, ValueError):
            pass
        raise KeystoreError("the passphrase is not this keystore's, or its seal was changed: enter the passphrase again")

    def _stretched(self, n: int, salt: bytes) -> Secret:
        least, most = SCRYPT_N_BOUNDS
        if not least <= n <= most or n & (n - 1):
            raise KeystoreError(f"the cost of a passphrase's seal is a power of two from {least} to {most}")
        memory = 128 * SCRYPT_R * (n + SCRYPT_P + 2)  # What scrypt takes (RFC 7914 clause 2), and a little more.
        return Secret(
            hashlib.scrypt(self._secret.expose(), salt=salt, n=n, r=SCRYPT_R, p=SCRYPT_P, maxmem=2 * memory, dklen=LMK_BYTES)
        )

    def __repr__(self) -> str:
        return "Passphrase(...)"


class BareLmk:
    """Brings the LMK itself, as labs keep it in an environment variable."""

    __slots__ = ("_lmk",)

    def __init__(self, lmk: Secret) -> None:
        if len(lmk) != LMK_BYTES:
            raise KeystoreError(f"a local master key has {LMK_BYTES} bytes: {2 * LMK_BYTES} hex digits")
        self._lmk = lmk

    def draw_lmk(self, entropy: Entropy) -> Secret:
        return self._lmk

    def seal(self, lmk: Secret, entropy: Entropy) -> Seal:
        if lmk != self._lmk:
            raise KeystoreError("the new local master key is not the one that was brought: bring the new one")
        return BareSeal()

    def unseal(self, seal: Seal) -> Secret:
        if not isinstance(seal, BareSeal):
            raise _other_seal(seal, "a bare master key")
        return self._lmk

    def __repr__(self) -> str:
        return "BareLmk(...)"


_NAMES: Final = {PassphraseSeal: "a passphrase", RsaSeal: "an RSA key", BareSeal: "a master key that is brought"}


def _other_seal(seal: Seal, given: str) -> KeystoreError:
    return KeystoreError(f"this keystore is opened by {_NAMES[type(seal)]}, not by {given}")
