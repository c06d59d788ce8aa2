"""Keys of one transaction, found by DUKPT: they stand wherever an operation takes the name of a key.

A transaction's key has one purpose and one direction, like a key of its own: what it is for, the operation says; whose
message it is, the caller. That a serial number is new is asked for once per transaction, by `accept_ksn`.
"""

from enum import Enum
from typing import Final

import msgspec

from keys import dukpt, dukpt_aes, dukpt_tdes
from keys.ciphers import Aes, Hmac, Tdes
from keys.dukpt_aes import KeyType, Usage
from keys.dukpt_tdes import Variant
from keys.errors import KeystoreError, KeyUsageError, KsnReplayed, MalformedInput
from keys.hsm.core import Core, Held
from keys.material import Algorithm, KeyUsage
from keys.pinblock import PinBlockFormat
from keys.policy import Operation, check_pin_format
from keys.sensitive import Secret


class Direction(Enum):
    """Whose message a MAC or data belongs to: the terminal's request or the host's response."""

    REQUEST = "request"
    RESPONSE = "response"


class Purpose(Enum):
    """What an operation needs a transaction's key for."""

    PIN = "PIN"
    MAC = "MAC"
    DATA = "data"


class DukptKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key of one transaction of one device.

    Args:
        base: name of the B0 key that the device's initial key comes from.
        ksn: key serial number, 10 bytes for a TDES base key, 12 for AES.
        direction: for MACs and data.
        key_type: for an AES base key: what the transaction's key is a key of. For HMACs one of the HMAC types.
        mac_usage: for MACs under TDES: M1, M3 or M6; without it M3. AES makes CMACs.
        bare: for data under TDES: the bare variant in place of the one that X9.24-1 enciphers once more; the field has both.
    """

    base: str
    ksn: bytes
    direction: Direction = Direction.REQUEST
    key_type: KeyType = KeyType.AES128
    mac_usage: KeyUsage = KeyUsage.MAC_ALGORITHM_3
    bare: bool = False


KeyOrDukpt = str | DukptKey

_TDES_VARIANTS: Final = {
    (Purpose.PIN, Direction.REQUEST): Variant.PIN,
    (Purpose.PIN, Direction.RESPONSE): Variant.PIN,
    (Purpose.MAC, Direction.REQUEST): Variant.MAC_REQUEST,
    (Purpose.MAC, Direction.RESPONSE): Variant.MAC_RESPONSE,
    (Purpose.DATA, Direction.REQUEST): Variant.DATA_REQUEST,
    (Purpose.DATA, Direction.RESPONSE): Variant.DATA_RESPONSE,
}
_AES_USAGES: Final = {
    (Purpose.PIN, Direction.REQUEST): Usage.PIN_ENCRYPTION,
    (Purpose.PIN, Direction.RESPONSE): Usage.PIN_ENCRYPTION,
    (Purpose.MAC, Direction.REQUEST): Usage.MAC_GENERATION,
    (Purpose.MAC, Direction.RESPONSE): Usage.MAC_VERIFICATION,
    (Purpose.DATA, Direction.REQUEST): Usage.DATA_ENCRYPTION,
    (Purpose.DATA, Direction.RESPONSE): Usage.DATA_DECRYPTION,
}
_AES_CIPHERS: Final[dict[KeyType, type[Tdes] | type[Aes] | type[Hmac]]] = {
    KeyType.TDES2: Tdes,
    KeyType.TDES3: Tdes,
    KeyType.AES128: Aes,
    KeyType.AES192: Aes,
    KeyType.AES256: Aes,
    KeyType.HMAC128: Hmac,
    KeyType.HMAC192: Hmac,
    KeyType.HMAC256: Hmac,
}


def name_of(key: KeyOrDukpt) -> str:
    """The name under which the key, or the one that it comes from, is audited."""
    return key.base if isinstance(key, DukptKey) else key


class TransactionKeys(Core):
    """Transactions' keys derived, and their serial numbers accepted once."""

    def accept_ksn(self, key: DukptKey) -> None:
        """Nothing, if the device's counter has moved forward; from now on it is the last one, durably.

        Call it once for each message from a device, before anything is done with its keys.

        Raises:
            KsnReplayed: the counter is not greater than the last one.
            KeystoreError: nobody keeps counters here.
        """
        with self._watch(Operation.ACCEPT_KSN, key.base):
            held = self._hold_base(Operation.ACCEPT_KSN, "key", key)
            scheme = dukpt_aes.SCHEME if held.key.algorithm is Algorithm.AES else dukpt_tdes.SCHEME
            counter = dukpt.transaction_counter(scheme, key.ksn)
            if self._counters is None:
                raise KeystoreError("the counters of DUKPT devices are not kept here: give the HSM a place for them")
            serial = int.from_bytes(key.ksn, "big") ^ counter
            device = f"{key.base}/{serial:0{2 * scheme.ksn_bytes}X}"
            if not self._counters.advance(device, counter):
                raise KsnReplayed(f"the KSN of a device of {key.base!r} is not after its last one: a message was replayed")

    def _hold_base(self, operation: Operation, role: str, key: DukptKey) -> Held:
        held = self._hold(operation, f"{role}_base", key.base)
        if not key.ksn.hex().upper().startswith(held.key.terms.ksn_prefix):
            raise MalformedInput(f"the KSN does not begin as those of devices of {key.base!r} do: another base key is meant")
        return held

    def _transaction_cipher(self, held: Held, key: DukptKey, purpose: Purpose) -> Tdes | Aes | Hmac:
        """The transaction's key for one purpose, ready for use."""
        if held.key.algorithm is Algorithm.TDES:
            return Tdes(_tdes_key(held.context(Tdes), key, purpose))
        base, usage = held.context(Aes), _AES_USAGES[purpose, key.direction]
        ik = dukpt_aes.initial_key(base, key.ksn[: dukpt_aes.IK_ID_BYTES])
        material = dukpt_aes.working_key(dukpt_aes.transaction_key(ik, key.ksn), key.ksn, usage, key.key_type)
        return _AES_CIPHERS[key.key_type](material)

    def _pin_key(self, operation: Operation, role: str, key: KeyOrDukpt, block_format: PinBlockFormat) -> Tdes | Aes:
        """The cipher of a PIN key, or of a transaction's, that may have blocks of that format."""
        if isinstance(key, DukptKey):
            held = self._hold_base(operation, role, key)
            cipher = self._transaction_block_cipher(held, key, Purpose.PIN)
            check_pin_format(held.key, Algorithm.AES if isinstance(cipher, Aes) else Algorithm.TDES, block_format)
            return cipher
        held = self._hold(operation, role, key)
        check_pin_format(held.key, held.key.algorithm, block_format)
        return held.cipher()

    def _transaction_block_cipher(self, held: Held, key: DukptKey, purpose: Purpose) -> Tdes | Aes:
        cipher = self._transaction_cipher(held, key, purpose)
        if isinstance(cipher, Hmac):
            raise KeyUsageError(f"a key of {key.key_type.name} is for MACs: {purpose.value} takes one of TDES or AES")
        return cipher


def _tdes_key(base: Tdes, key: DukptKey, purpose: Purpose) -> Secret:
    variant = _TDES_VARIANTS[purpose, key.direction]
    drawn = dukpt_tdes.transaction_key(dukpt_tdes.initial_key(base, key.ksn), key.ksn)
    if purpose is Purpose.DATA and not key.bare:
        return dukpt_tdes.data_key(drawn, variant)
    return dukpt_tdes.variant_key(drawn, variant)
