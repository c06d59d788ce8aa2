"""Data by key name: enciphered, protected together with its context, and named by a token. And random bytes."""

from typing import Final

from keys.ciphers import Aes, AesSiv, Hmac, Tdes
from keys.errors import MalformedInput
from keys.hsm.transaction_keys import DukptKey, KeyOrDukpt, Purpose, TransactionKeys, name_of
from keys.policy import Operation
from keys.sensitive import Pan

TOKEN_DIGITS: Final = 32  # 128 bits: no two of the world's cards share a token.
RANDOM_BYTES_MAX: Final = 1024  # As many as anybody needs at once; a bound, because a caller names the number.


class Data(TransactionKeys):
    """Encipherment of data, protection of records, tokens."""

    def encrypt_data(self, key: KeyOrDukpt, blocks: bytes, *, iv: bytes | None) -> bytes:
        """Whole blocks enciphered in CBC; without an initial vector one by one (ECB), which shows equal blocks as equal.

        Args:
            key: name of a D0 key of TDES or AES, or a transaction's key.
            blocks: whole blocks of the algorithm; padding is the caller's.
            iv: one block, or None.
        """
        with self._watch(Operation.ENCRYPT_DATA, name_of(key)):
            cipher = self._data_cipher(Operation.ENCRYPT_DATA, "key", key)
            return cipher.encrypt(blocks) if iv is None else cipher.encrypt_cbc(iv, blocks)

    def decrypt_data(self, key: KeyOrDukpt, blocks: bytes, *, iv: bytes | None) -> bytes:
        """Whole blocks deciphered; the inverse of `encrypt_data`."""
        with self._watch(Operation.DECRYPT_DATA, name_of(key)):
            cipher = self._data_cipher(Operation.DECRYPT_DATA, "key", key)
            return cipher.decrypt(blocks) if iv is None else cipher.decrypt_cbc(iv, blocks)

    def translate_data(
        self, *, source: KeyOrDukpt, target: KeyOrDukpt, blocks: bytes, iv: bytes | None, target_iv: bytes | None
    ) -> bytes:
        """Whole blocks under another key; they are never clear outside."""
        with self._watch(Operation.TRANSLATE_DATA, name_of(source), name_of(target)):
            opening = self._data_cipher(Operation.TRANSLATE_DATA, "source", source)
            closing = self._data_cipher(Operation.TRANSLATE_DATA, "target", target)
            _check_target(closing, blocks, target_iv)
            clear = opening.decrypt(blocks) if iv is None else opening.decrypt_cbc(iv, blocks)
            return closing.encrypt(clear) if target_iv is None else closing.encrypt_cbc(target_iv, clear)

    def token(self, key: str, text: str | Pan) -> str:
        """A keyed name for the text, 32 upper-case hex digits of HMAC-SHA-256: equal for equal texts, and one-way.

        Args:
            key: name of an M7 key.
            text: a card number, or any text.
        """
        with self._watch(Operation.TOKEN, key):
            keyed = self._open(Operation.TOKEN, "key", key, Hmac)
            return keyed.digest(_plain(text)).hex().upper()[:TOKEN_DIGITS]

    def protect(self, key: str, plaintext: bytes, context: bytes) -> bytes:
        """The plaintext enciphered and authenticated together with its context (AES-SIV, RFC 5297), 16 bytes longer.

        Equal plaintexts in equal contexts look equal: the context names the one place that the bytes belong to.

        Args:
            key: name of a D0 key of AES, 32 bytes.
            plaintext: at least one byte.
            context: what `unprotect` must be given again; it is not stored.
        """
        with self._watch(Operation.PROTECT, key):
            return self._open(Operation.PROTECT, "key", key, AesSiv).encrypt(plaintext, context)

    def unprotect(self, key: str, protected: bytes, context: bytes) -> bytes:
        """The plaintext; ProtectionMismatch if the bytes, their context or the key are not the same."""
        with self._watch(Operation.UNPROTECT, key):
            return self._open(Operation.UNPROTECT, "key", key, AesSiv).decrypt(protected, context)

    def draw_random(self, count: int) -> bytes:
        """Fresh random bytes, 1 to 1024, of the HSM's own entropy."""
        with self._watch(Operation.DRAW_RANDOM):
            if not 1 <= count <= RANDOM_BYTES_MAX:
                raise MalformedInput(f"1 to {RANDOM_BYTES_MAX} random bytes are drawn at once, not {count}")
            return self._entropy.draw(count)

    def _data_cipher(self, operation: Operation, role: str, key: KeyOrDukpt) -> Tdes | Aes:
        if isinstance(key, DukptKey):
            return self._transaction_block_cipher(self._hold_base(operation, role, key), key, Purpose.DATA)
        return self._hold(operation, role, key).cipher()


def _check_target(closing: Tdes | Aes, blocks: bytes, iv: bytes | None) -> None:
    """MalformedInput before anything is clear: afterwards a traceback would show the data."""
    if len(blocks) % closing.block_bytes or (iv is not None and len(iv) != closing.block_bytes):
        raise MalformedInput(f"the target takes whole blocks, and an initial vector, of {closing.block_bytes} bytes")


def _plain(text: str | Pan) -> bytes:
    return text.expose().encode("ascii") if isinstance(text, Pan) else text.encode()
