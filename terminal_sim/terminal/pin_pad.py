"""The PIN pad: the part of a terminal that holds its keys. Makes PIN blocks and MACs, and guards what the journal needs later.

MACs and protection go through a `SoftHsm` of the terminal's own, which enforces what each key may do.
"""

from collections import deque

import msgspec

from keys.ciphers import Tdes, tdes
from keys.errors import KeyUsageError
from keys.hsm import AuditEvent, SoftHsm
from keys.keystore import Keystore
from keys.material import Algorithm, KeyUsage
from keys.pinblock import encrypt_iso0
from keys.sensitive import Pan, Secret
from switch.machine import Entropy
from switch.wire.dialect import MacPolicy

AUDITS_MAX = 64
"""Refusals and failures that wait to be told; a terminal tells them after every event, so that more never wait."""


class TerminalKeys(msgspec.Struct, frozen=True):
    """Names of the terminal's keys: PIN encryption (P0), MAC (M3), protection of its journal (D0)."""

    pin_key: str = "pos.zpk"
    mac_key: str = "pos.zak"
    protect_key: str = "terminal.protect"


class PinPad:
    """One PIN pad.

    Args:
        keystore: where its keys are.
        entropy: for the HSM.
        keys: their names.

    Raises:
        KeyNotFound: the keystore lacks one of the keys.
        KeyUsageError: one of them may not do what is asked of it. Better now than with the first customer.
    """

    def __init__(self, keystore: Keystore, entropy: Entropy, keys: TerminalKeys | None = None) -> None:
        self._keystore = keystore
        self._keys = keys or TerminalKeys()
        self._former: TerminalKeys | None = None
        self._audit: deque[AuditEvent] = deque(maxlen=AUDITS_MAX)
        self._hsm = SoftHsm(keystore, entropy, self._audit.append)
        self._pin_cipher = self._try_out(self._keys)
        self.unprotect(self.protect(b"0", ""), "")

    @property
    def keys(self) -> TerminalKeys:
        """The keys that it works under."""
        return self._keys

    def change(self, keys: TerminalKeys) -> None:
        """Work under other keys from now on. MACs under the ones before are right as well until `end_former`.

        Raises:
            KeyNotFound, KeyUsageError: as at the beginning; then nothing has changed.
        """
        if keys != self._keys:
            self._pin_cipher = self._try_out(keys)
            self._former, self._keys = self._keys, keys

    def end_former(self) -> None:
        """MACs under the keys before the change are wrong from now on."""
        self._former = None

    def pin_block(self, pin: Secret, pan: Pan) -> bytes:
        """DE 52: the PIN in format 0 of ISO 9564-1 under the PIN key, 8 bytes.

        Raises:
            MalformedInput: when the PIN is not 4 to 12 digits.
        """
        return encrypt_iso0(self._pin_cipher, pin, pan)

    def generate_mac(self, policy: MacPolicy, data: bytes) -> bytes:
        """The MAC of outgoing bytes, as the dialect wants it."""
        return self._hsm.generate_mac(self._keys.mac_key, data, padding=policy.padding, length=policy.length)

    def verify_mac(self, policy: MacPolicy, data: bytes, mac: bytes) -> None:
        """Nothing, when the MAC of received bytes is right; else MacMismatch."""
        if self._former is None:
            self._hsm.verify_mac(self._keys.mac_key, data, mac, padding=policy.padding)
        else:
            names = (self._keys.mac_key, self._former.mac_key)
            self._hsm.verify_mac_under(names, data, mac, padding=policy.padding)

    def protect(self, plaintext: bytes, context: str) -> bytes:
        """`plaintext` enciphered for the journal, bound to its `context`."""
        return self._hsm.protect(self._keys.protect_key, plaintext, context.encode())

    def unprotect(self, protected: bytes, context: str) -> bytes:
        """What `protect` was given; ProtectionMismatch when it, its context or the key is another."""
        return self._hsm.unprotect(self._keys.protect_key, protected, context.encode())

    def take_audit(self) -> tuple[AuditEvent, ...]:
        """What was refused or failed since this was asked last."""
        events = tuple(self._audit)
        self._audit.clear()
        return events

    def _try_out(self, keys: TerminalKeys) -> Tdes:
        """The cipher of PIN blocks under these keys, once it is sure that each may do what is asked of it."""
        key = self._keystore.get(keys.pin_key)
        if key.usage is not KeyUsage.PIN_ENCRYPTION or key.algorithm is not Algorithm.TDES:
            raise KeyUsageError(f"key {key.name!r} may not encipher PINs: a TDES key of usage P0 is needed")
        self._hsm.verify_mac(keys.mac_key, b"", self._hsm.generate_mac(keys.mac_key, b""))
        return tdes(key.secret)
