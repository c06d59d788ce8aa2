"""SoftHsm: the only door to keys for whoever is not a test. Operations by key name, with the policy enforced.

Each operation finds its keys, checks usage, mode and algorithm (`policy`), counts the use, and only then computes.
It is synchronous and pure: no clock, no I/O, no randomness but the entropy it was given. It keeps no counters of
failed PINs: those live with the card, where they survive a restart.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType, TracebackType
from typing import Final, Protocol, TypeVar

import msgspec

from keys.ciphers import AesSiv, Hmac, Tdes
from keys.cvv import CVV2_SERVICE_CODE, ICVV_SERVICE_CODE, cvv
from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import icc_master_key
from keys.emv.profiles import (
    ArpcMethod,
    CvnProfile,
    arpc_key,
    cryptogram_input,
    cvn_profile,
    issuer_authentication,
    required_tag,
    session_key,
)
from keys.errors import (
    CryptogramMismatch,
    CryptogramUnsupported,
    CvvMismatch,
    KeyNotFound,
    KeysError,
    MacMismatch,
    Mismatch,
    PinMismatch,
    Reason,
)
from keys.keystore import Keystore
from keys.mac import retail_mac
from keys.material import Algorithm, Key, check_strength
from keys.pin import pvv as visa_pvv
from keys.pinblock import decrypt_iso0, encrypt_iso0
from keys.policy import Operation, check_usage
from keys.sensitive import Pan, Secret, constant_time_equal

MAC_BYTES: Final = 8  # What verify_mac demands: a message may not choose how much of its MAC is checked.
TOKEN_DIGITS: Final = 32  # 128 bits: no two of the world's cards share a token.
_DECOY_PIN: Final = Secret(b"0000")


class Entropy(Protocol):
    """Where random bytes come from: the operating system's in production, a seeded generator in the lab."""

    def draw(self, count: int, /) -> bytes:
        """So many fresh bytes."""


class Result(Enum):
    """How an audited operation ended."""

    REFUSED = "refused"
    FAILED = "failed"


class AuditEvent(msgspec.Struct, frozen=True):
    """One operation that gave no result: refused before it computed, or failed because a value did not match."""

    operation: Operation
    keys: tuple[str, ...]
    result: Result
    reason: Reason


AuditSink = Callable[[AuditEvent], None]

_Context = TypeVar("_Context", Tdes, AesSiv, Hmac)


class SoftHsm:
    """Cryptographic operations by key name.

    Args:
        keystore: where keys are found. A key replaced or removed there is obeyed by the next operation.
        entropy: the only source of random bytes. PIN block format 0, MACs and cryptograms need none.
        audit: receives one event for each refusal and failure, before the exception leaves. There is no default:
            without a sink there is no service. Routine uses are counted in `uses`.

    All operations raise KeyNotFound and KeyUsageError before they compute, MalformedInput for arguments of a wrong
    size or alphabet, and KeyBlockError for a TDES key that is no better than single DES.

    >>> from os import urandom
    >>> from types import SimpleNamespace
    >>> from keys.lab import lab_keystore
    >>> hsm = SoftHsm(lab_keystore(), SimpleNamespace(draw=urandom), audit=print)
    >>> mac = hsm.generate_mac("pos.zak", b"Now is the time for all ")
    >>> mac.hex().upper()
    'F0728144587310B4'
    >>> hsm.verify_mac("pos.zak", b"Now is the time for all ", mac)
    """

    def __init__(self, keystore: Keystore, entropy: Entropy, audit: AuditSink) -> None:
        self._keystore = keystore
        self._entropy = entropy
        self._audit = audit
        self._kept: dict[str, tuple[Key, Tdes | AesSiv | Hmac]] = {}
        self._uses: Counter[tuple[Operation, str]] = Counter()
        self.uses: Mapping[tuple[Operation, str], int] = MappingProxyType(self._uses)

    # Messages.

    def generate_mac(self, key: str, data: bytes, *, padding: int = 1, length: int = MAC_BYTES) -> bytes:
        """The MAC of ISO/IEC 9797-1 algorithm 3 over the bytes as they are sent.

        Args:
            key: name of an M3 key.
            data: any number of bytes.
            padding: ISO/IEC 9797-1 padding method, 1, 2 or 3.
            length: leftmost bytes kept, 4 to 8.
        """
        with self._watch(Operation.GENERATE_MAC, key):
            cipher = self._open(Operation.GENERATE_MAC, "key", key, Tdes)
            return retail_mac(cipher, data, padding=padding, length=length)

    def verify_mac(self, key: str, data: bytes, mac: bytes, *, padding: int = 1) -> None:
        """Nothing, if the MAC is the right one, all eight bytes of it; else MacMismatch."""
        with self._watch(Operation.VERIFY_MAC, key):
            cipher = self._open(Operation.VERIFY_MAC, "key", key, Tdes)
            if not constant_time_equal(retail_mac(cipher, data, padding=padding, length=MAC_BYTES), mac):
                raise MacMismatch(
                    f"the MAC is not the one of {len(data)} bytes under key {key!r} (ISO 9797-1 algorithm 3,"
                    f" padding {padding}, {MAC_BYTES} bytes): compare key check value, padding and range of bytes"
                )

    # PINs. Blocks are of ISO 9564-1 format 0: the only one that a TDES key has here.

    def translate_pin(self, *, source: str, target: str, block: bytes, pan: Pan) -> bytes:
        """The PIN block under another key: deciphered, read strictly, written anew and enciphered.

        One PAN serves both sides, so that nobody can move a PIN to another card.

        Args:
            source: name of the P0 key that the block is under.
            target: name of the P0 key that it shall be under.
            block: 8 bytes.
            pan: the card number.

        Raises:
            PinMismatch: the block cannot be read, for whatever cause.
        """
        with self._watch(Operation.TRANSLATE_PIN, source, target):
            opening = self._open(Operation.TRANSLATE_PIN, "source", source, Tdes)
            closing = self._open(Operation.TRANSLATE_PIN, "target", target, Tdes)
            return encrypt_iso0(closing, decrypt_iso0(opening, block, pan), pan)

    def verify_pin_pvv(self, *, pin_key: str, pvk: str, block: bytes, pan: Pan, pvki: int, pvv: str) -> None:
        """Nothing, if the PIN in the block has this verification value; else PinMismatch, for whatever cause.

        An unreadable block costs the same computation as a wrong PIN and gives the same error.

        Args:
            pin_key: name of the P0 key that the block is under.
            pvk: name of the V2 key.
            block: 8 bytes.
            pan: the card number, at least 12 digits.
            pvki: PIN verification key index of the card.
            pvv: the card's verification value, four digits, from the issuer's record.
        """
        with self._watch(Operation.VERIFY_PIN_PVV, pin_key, pvk):
            opening = self._open(Operation.VERIFY_PIN_PVV, "pin_key", pin_key, Tdes)
            judging = self._open(Operation.VERIFY_PIN_PVV, "pvk", pvk, Tdes)
            pin = _pin_or_none(opening, block, pan)
            same = constant_time_equal(_ascii(visa_pvv(judging, pan, pvki, pin or _DECOY_PIN)), _ascii(pvv))
            if pin is None or not same:
                raise PinMismatch

    # Cards.

    def verify_cvv(self, *, key: str, pan: Pan, expiry: str, service_code: str, value: str) -> None:
        """Nothing, if this is the CVV of a stripe with this expiry (YYMM) and service code; else CvvMismatch.

        Service codes 999 and 000 never match: a chip's iCVV or a printed CVV2 does not work from a stripe.
        """
        with self._watch(Operation.VERIFY_CVV, key):
            cipher = self._open(Operation.VERIFY_CVV, "key", key, Tdes)
            same = constant_time_equal(_ascii(cvv(cipher, pan, expiry, service_code)), _ascii(value))
            if not same or service_code in (ICVV_SERVICE_CODE, CVV2_SERVICE_CODE):
                raise CvvMismatch(_cvv_mismatch("CVV", key))

    def verify_icvv(self, *, key: str, pan: Pan, expiry: str, value: str) -> None:
        """Nothing, if this is the iCVV of a chip with this expiry (YYMM); else CvvMismatch."""
        with self._watch(Operation.VERIFY_ICVV, key):
            cipher = self._open(Operation.VERIFY_ICVV, "key", key, Tdes)
            if not constant_time_equal(_ascii(cvv(cipher, pan, expiry, ICVV_SERVICE_CODE)), _ascii(value)):
                raise CvvMismatch(_cvv_mismatch("iCVV", key))

    def verify_arqc_generate_arpc(
        self, *, key: str, pan: Pan, psn: str, tags: Mapping[str, bytes], csu: bytes, arc: bytes | None = None
    ) -> bytes:
        """The issuer authentication data (tag 91) that answers a right ARQC: ARPC and card status update or response code.

        One operation, so that only a cryptogram just verified is ever answered. That the transaction counter moves
        forward is for the caller to see.

        Args:
            key: name of the issuer's E0 master key.
            pan: the card number.
            psn: PAN sequence number, two digits; "00" where the card has none.
            tags: values by upper-case hex name: 9F10 (which names the version), 9F26, 9F36 and all that it covers.
            csu: card status update, 4 bytes, for versions that are answered by ARPC method 2.
            arc: authorisation response code, 2 bytes, for those answered by method 1; without it they are refused.

        Raises:
            CryptogramMismatch: the ARQC is wrong.
            CryptogramUnsupported: the version is not among those known, or its answer takes what was not given.
            TagMissing: a tag is absent; the text names it.
        """
        with self._watch(Operation.VERIFY_ARQC_GENERATE_ARPC, key):
            imk = self._open(Operation.VERIFY_ARQC_GENERATE_ARPC, "key", key, Tdes)
            profile = cvn_profile(required_tag(tags, "9F10", "an ARQC"))
            arqc = required_tag(tags, "9F26", profile.name)
            data = cryptogram_input(profile, tags)
            status = _arpc_status(profile, csu, arc)
            session, answering = _transaction_keys(profile, icc_master_key(imk, pan, psn, profile.master_key_option), tags)
            if not constant_time_equal(application_cryptogram(session, data, profile.padding), arqc):
                raise CryptogramMismatch(
                    f"the ARQC is not the one of {profile.name} under key {key!r}: compare the master key, PAN sequence"
                    " number and tags with the card's"
                )
            return issuer_authentication(profile, answering, arqc, status)

    # The journal's own.

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

    def _watch(self, operation: Operation, *keys: str) -> "_Watch":
        return _Watch(self._audit, operation, keys)

    def _open(self, operation: Operation, role: str, name: str, kind: type[_Context]) -> _Context:
        """The key's cipher, made once, after the policy has allowed this use of it and the use is counted."""
        try:
            key = self._keystore.get(name)
        except KeyNotFound:
            self._kept.pop(name, None)
            raise
        check_usage(operation, role, key)
        kept_key, context = self._kept.get(name, (None, None))
        if kept_key is not key:
            self._kept.pop(name, None)
            if key.algorithm is Algorithm.TDES:
                check_strength(name, key.secret)
            context = kind(key.secret)
            self._kept[name] = key, context
        assert isinstance(context, kind), (operation, name, kind)
        self._uses[operation, name] += 1
        return context


class _Watch:
    """Tells the audit sink of a refusal or a failure on its way out."""

    __slots__ = ("_audit", "_keys", "_operation")

    def __init__(self, audit: AuditSink, operation: Operation, keys: tuple[str, ...]) -> None:
        self._audit = audit
        self._operation = operation
        self._keys = keys

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, KeysError):
            result = Result.FAILED if isinstance(error, Mismatch) else Result.REFUSED
            self._audit(AuditEvent(self._operation, self._keys, result, error.reason))


def _pin_or_none(opening: Tdes, block: bytes, pan: Pan) -> Secret | None:
    try:
        return decrypt_iso0(opening, block, pan)
    except PinMismatch:
        return None


def _arpc_status(profile: CvnProfile, csu: bytes, arc: bytes | None) -> bytes:
    """What the version's answer is made with."""
    if profile.arpc is ArpcMethod.METHOD_2:
        return csu
    if arc is None:
        raise CryptogramUnsupported(f"{profile.name} is answered with an authorisation response code, which was not given")
    return arc


def _transaction_keys(profile: CvnProfile, mk: Secret, tags: Mapping[str, bytes]) -> tuple[Tdes, Tdes]:
    """Ciphers under the key of the ARQC and the key of the ARPC, which are one for most versions."""
    atc, unpredictable_number = required_tag(tags, "9F36", profile.name), tags.get("9F37", b"")
    session = Tdes(session_key(profile, mk, atc, unpredictable_number))
    if profile.arpc_session is profile.session:
        return session, session
    return session, Tdes(arpc_key(profile, mk, atc, unpredictable_number))


def _ascii(text: str) -> bytes:
    """The text for a comparison in constant time; a character that is not ASCII becomes one that no digit equals."""
    return text.encode("ascii", "replace")


def _plain(text: str | Pan) -> bytes:
    return text.expose().encode("ascii") if isinstance(text, Pan) else text.encode()


def _cvv_mismatch(what: str, key: str) -> str:
    return f"the {what} is not the one of this card under key {key!r}: compare the key, expiry order and service code"
