"""MACs by key name. Which algorithm makes it is the key's usage, never an argument: a key has one purpose for life."""

from collections.abc import Callable, Sequence
from typing import Final

from keys.ciphers import Aes, Hmac, Tdes
from keys.errors import KeysError, KeyUsageError, MacMismatch, MalformedInput
from keys.hsm.transaction_keys import DukptKey, KeyOrDukpt, Purpose, TransactionKeys, name_of
from keys.mac import aes_cmac, cbc_mac, hmac, retail_mac, tdes_cmac
from keys.material import KeyUsage
from keys.policy import Operation
from keys.sensitive import constant_time_equal
from keys.terms import Permission

MAC_BYTES: Final = 8  # What a key's MACs have unless its terms say otherwise: a message may not choose how much is checked.
HMAC_BYTES: Final = 32  # Of HMAC-SHA-256: all of it.

MacKey = Tdes | Aes | Hmac


def _retail(cipher: MacKey, data: bytes, padding: int, length: int) -> bytes:
    assert isinstance(cipher, Tdes)
    return retail_mac(cipher, data, padding=padding, length=length)


def _cbc(cipher: MacKey, data: bytes, padding: int, length: int) -> bytes:
    assert isinstance(cipher, Tdes)
    return cbc_mac(cipher, data, padding=padding, length=length)


def _cmac(cipher: MacKey, data: bytes, padding: int, length: int) -> bytes:
    _check_padding(padding)
    if isinstance(cipher, Aes):
        return aes_cmac(cipher, data, length=length)
    assert isinstance(cipher, Tdes)
    return tdes_cmac(cipher, data, length=length)


def _hmac(cipher: MacKey, data: bytes, padding: int, length: int) -> bytes:
    _check_padding(padding)
    assert isinstance(cipher, Hmac)
    return hmac(cipher, data, length=length)


# Usage of a key -> how it makes a MAC: cipher, data, padding method and length.
MAC_ALGORITHMS: Final[dict[KeyUsage, Callable[[MacKey, bytes, int, int], bytes]]] = {
    KeyUsage.MAC_ALGORITHM_1: _cbc,
    KeyUsage.MAC_ALGORITHM_3: _retail,
    KeyUsage.MAC_CMAC: _cmac,
    KeyUsage.MAC_HMAC: _hmac,
}


class Macs(TransactionKeys):
    """MACs made, verified and translated."""

    def generate_mac(self, key: KeyOrDukpt, data: bytes, *, padding: int = 1, length: int | None = None) -> bytes:
        """The MAC over the bytes as they are sent, by the algorithm of the key's usage.

        Args:
            key: name of an M1, M3, M6 or M7 key, or a transaction's key.
            data: any number of bytes.
            padding: ISO/IEC 9797-1 padding method, 1, 2 or 3, for algorithms 1 and 3.
            length: leftmost bytes kept, at least 4; without it as many as the key's terms say, or 8, or all of an HMAC.
        """
        with self._watch(Operation.GENERATE_MAC, name_of(key)):
            return self._mac(Operation.GENERATE_MAC, "key", key, data, padding, length)

    def verify_mac(self, key: KeyOrDukpt, data: bytes, mac: bytes, *, padding: int = 1) -> None:
        """Nothing, if the MAC is the right one, and as long as the key's MACs are; else MacMismatch."""
        with self._watch(Operation.VERIFY_MAC, name_of(key)):
            right = self._mac(Operation.VERIFY_MAC, "key", key, data, padding, None)
            if not constant_time_equal(right, mac):
                raise _mismatch(key, data, padding, len(right))

    def verify_mac_under(self, keys: Sequence[str], data: bytes, mac: bytes, *, padding: int = 1) -> str:
        """The first of these keys that the MAC is right under. A trial that does not fit is no failure while another key does.

        For generations of one key, of which a message does not say which it is under.

        Raises:
            MacMismatch: it is right under none; one failure is told to the audit sink, of all the keys.
            KeysError: the first key cannot be used, and it is right under no other. Others that cannot be used fit nothing.
        """
        with self._watch(Operation.VERIFY_MAC, *keys):
            unusable: KeysError | None = None
            for name in keys:
                try:
                    right = self._mac(Operation.VERIFY_MAC, "key", name, data, padding, None)
                except KeysError as error:
                    unusable = error if name == keys[0] else unusable
                    continue
                if constant_time_equal(right, mac):
                    return name
            raise unusable or _mismatch(keys[0], data, padding, MAC_BYTES)

    def translate_mac(
        self,
        *,
        source: KeyOrDukpt,
        target: KeyOrDukpt,
        data: bytes,
        mac: bytes,
        padding: int = 1,
        target_padding: int = 1,
        length: int | None = None,
    ) -> bytes:
        """The MAC under another key, once the one that came with the data was found right; else MacMismatch."""
        with self._watch(Operation.TRANSLATE_MAC, name_of(source), name_of(target)):
            right = self._mac(Operation.TRANSLATE_MAC, "source", source, data, padding, None)
            answer = self._mac(Operation.TRANSLATE_MAC, "target", target, data, target_padding, length)
            if not constant_time_equal(right, mac):
                raise _mismatch(source, data, padding, len(right))
            return answer

    def _mac(self, operation: Operation, role: str, key: KeyOrDukpt, data: bytes, padding: int, length: int | None) -> bytes:
        cipher: MacKey
        if isinstance(key, DukptKey):
            held = self._hold_base(operation, role, key)
            cipher = self._transaction_cipher(held, key, Purpose.MAC)
            usage = _transaction_usage(cipher, key)
        else:
            held = self._hold(operation, role, key)
            usage = held.key.usage
            cipher = held.context(Hmac) if usage is KeyUsage.MAC_HMAC else held.cipher()
        terms = held.key.terms
        if usage is KeyUsage.MAC_ALGORITHM_1 and padding != 3 and Permission.LEGACY_MACS not in terms.permissions:
            raise KeyUsageError(
                f"MACs of algorithm 1 under key {held.key.name!r} take padding 3: with another they can be forged where"
                f" lengths vary, and its terms have no permission {Permission.LEGACY_MACS.value!r}"
            )
        if length is None:
            length = terms.mac_bytes or (HMAC_BYTES if usage is KeyUsage.MAC_HMAC else MAC_BYTES)
        elif terms.mac_bytes and length != terms.mac_bytes:
            raise MalformedInput(f"the MACs of this key have {terms.mac_bytes} bytes by its terms, not {length}")
        return MAC_ALGORITHMS[usage](cipher, data, padding, length)


def _transaction_usage(cipher: MacKey, key: DukptKey) -> KeyUsage:
    if isinstance(cipher, Hmac):
        return KeyUsage.MAC_HMAC
    if isinstance(cipher, Aes):
        return KeyUsage.MAC_CMAC
    if key.mac_usage not in (KeyUsage.MAC_ALGORITHM_1, KeyUsage.MAC_ALGORITHM_3, KeyUsage.MAC_CMAC):
        raise KeyUsageError(f"a TDES transaction's key makes MACs of usage M1, M3 or M6, not {key.mac_usage.value}")
    return key.mac_usage


def _check_padding(padding: int) -> None:
    if padding != 1:
        raise MalformedInput("CMAC and HMAC have a padding of their own: leave the padding method out")


def _mismatch(key: KeyOrDukpt, data: bytes, padding: int, length: int) -> MacMismatch:
    return MacMismatch(
        f"the MAC is not the one of {len(data)} bytes under key {name_of(key)!r} (padding {padding}, {length} bytes):"
        " compare key check value, algorithm, padding and range of bytes"
    )
