"""PINs by key name: blocks translated, PINs verified, chosen at random and changed. No PIN comes in or goes out in clear.

Whatever is wrong with a block, or with the PIN in it, gives one identical error: whoever can tell them apart finds the
PIN digit by digit (Clulow 2003).
"""

from typing import Final

import msgspec

from keys.ciphers import Aes, Tdes
from keys.errors import KeyUsageError, PinMismatch
from keys.hsm.core import Held
from keys.hsm.transaction_keys import KeyOrDukpt, TransactionKeys, name_of
from keys.material import Key
from keys.pin import RANDOM_PIN_ENTROPY_BYTES, pin_from_offset, pin_offset, random_pin, validation_data
from keys.pin import pvv as visa_pvv
from keys.pinblock import ENTROPY_BYTES, PIN_DIGITS_MIN, PinBlockFormat, decrypt_pin, encrypt_pin, translate_iso0
from keys.policy import Operation, check_translation
from keys.sensitive import Pan, Secret, constant_time_equal, constant_time_equal_text
from keys.terms import Permission, Terms

_ISO_0: Final = PinBlockFormat.ISO_0
_DECOY_PIN: Final = Secret(b"0000")


class IssuedPin(msgspec.Struct, frozen=True):
    """A new PIN that nobody has seen: its enciphered block, and what the issuer will verify it by (PVV or offset)."""

    block: bytes
    value: str


class Pins(TransactionKeys):
    """PIN blocks and PIN verification values."""

    def translate_pin(
        self,
        *,
        source: KeyOrDukpt,
        target: KeyOrDukpt,
        block: bytes,
        pan: Pan,
        source_format: PinBlockFormat = _ISO_0,
        target_format: PinBlockFormat = _ISO_0,
    ) -> bytes:
        """The PIN block under another key: deciphered, read strictly, written anew and enciphered.

        One PAN serves both sides, so that nobody can move a PIN to another card.

        Args:
            source: name of the P0 key that the block is under, or a transaction's key.
            target: name of the P0 key that it shall be under, or a transaction's key.
            block: 8 bytes; 16 of format 4.
            pan: the card number.
            source_format, target_format: of ISO 9564-1; which may become which stands in `policy.TRANSLATIONS`.

        Raises:
            PinFormatError: a key is not for that format, or the one never becomes the other.
            PinMismatch: the block cannot be read, for whatever cause.
        """
        with self._watch(Operation.TRANSLATE_PIN, name_of(source), name_of(target)):
            opening = self._pin_key(Operation.TRANSLATE_PIN, "source", source, source_format)
            closing = self._pin_key(Operation.TRANSLATE_PIN, "target", target, target_format)
            check_translation(source_format, target_format)
            if (
                source_format is _ISO_0 and target_format is _ISO_0
            ):  # The way most PINs go, in half the time and without entropy.
                assert isinstance(opening, Tdes)
                assert isinstance(closing, Tdes)
                return translate_iso0(opening, closing, block, pan)
            pin = decrypt_pin(opening, source_format, block, pan)
            return encrypt_pin(closing, target_format, pin, pan, self._entropy.draw(ENTROPY_BYTES))

    # Visa PVV.

    def verify_pin_pvv(
        self,
        *,
        pin_key: KeyOrDukpt,
        pvk: str,
        block: bytes,
        pan: Pan,
        pvki: int,
        pvv: str,
        pin_format: PinBlockFormat = _ISO_0,
    ) -> None:
        """Nothing, if the PIN in the block has this verification value; else PinMismatch, for whatever cause.

        An unreadable block costs the same computation as a wrong PIN and gives the same error.

        Args:
            pin_key: name of the P0 key that the block is under, or a transaction's key.
            pvk: name of the V2 key.
            block: 8 bytes; 16 of format 4.
            pan: the card number, at least 12 digits.
            pvki: PIN verification key index of the card.
            pvv: the card's verification value, four digits, from the issuer's record.
            pin_format: of the block.
        """
        with self._watch(Operation.VERIFY_PIN_PVV, name_of(pin_key), pvk):
            opening = self._pin_key(Operation.VERIFY_PIN_PVV, "pin_key", pin_key, pin_format)
            judging = self._pvk(Operation.VERIFY_PIN_PVV, pvk, pvki)
            _verify_pvv(judging, _pin_or_none(opening, pin_format, block, pan), pan, pvki, pvv)

    def generate_pin_pvv(
        self, *, pin_key: str, pvk: str, pan: Pan, pvki: int, digits: int = PIN_DIGITS_MIN, pin_format: PinBlockFormat = _ISO_0
    ) -> IssuedPin:
        """A random PIN for a card: its block under the P0 key, and its PVV."""
        with self._watch(Operation.GENERATE_PIN_PVV, pin_key, pvk):
            closing = self._pin_key(Operation.GENERATE_PIN_PVV, "pin_key", pin_key, pin_format)
            judging = self._pvk(Operation.GENERATE_PIN_PVV, pvk, pvki)
            pin = random_pin(self._entropy.draw(RANDOM_PIN_ENTROPY_BYTES), digits)
            value = visa_pvv(judging, pan, pvki, pin)
            return IssuedPin(encrypt_pin(closing, pin_format, pin, pan, self._entropy.draw(ENTROPY_BYTES)), value)

    def generate_pvv(
        self, *, pin_key: str, pvk: str, block: bytes, pan: Pan, pvki: int, pin_format: PinBlockFormat = _ISO_0
    ) -> str:
        """The PVV of a PIN that the caller brings: only where the PVK's terms permit chosen PINs."""
        with self._watch(Operation.GENERATE_PVV, pin_key, pvk):
            opening = self._pin_key(Operation.GENERATE_PVV, "pin_key", pin_key, pin_format)
            judging = self._pvk(Operation.GENERATE_PVV, pvk, pvki)
            if Permission.CHOSEN_PINS not in self._find(pvk).key.terms.permissions:
                raise KeyUsageError(
                    f"key {pvk!r} makes no PVV for a PIN that was chosen elsewhere: its terms have no permission"
                    f" {Permission.CHOSEN_PINS.value!r}; change_pin_pvv verifies the old PIN first"
                )
            return visa_pvv(judging, pan, pvki, decrypt_pin(opening, pin_format, block, pan))

    def change_pin_pvv(
        self,
        *,
        pin_key: KeyOrDukpt,
        pvk: str,
        block: bytes,
        new_block: bytes,
        pan: Pan,
        pvki: int,
        pvv: str,
        pin_format: PinBlockFormat = _ISO_0,
    ) -> str:
        """The PVV of the new PIN, if the old one was right; else PinMismatch."""
        with self._watch(Operation.CHANGE_PIN_PVV, name_of(pin_key), pvk):
            opening = self._pin_key(Operation.CHANGE_PIN_PVV, "pin_key", pin_key, pin_format)
            judging = self._pvk(Operation.CHANGE_PIN_PVV, pvk, pvki)
            new = _pin_or_none(opening, pin_format, new_block, pan)
            _verify_pvv(judging, _pin_or_none(opening, pin_format, block, pan), pan, pvki, pvv)
            if new is None:
                raise PinMismatch
            return visa_pvv(judging, pan, pvki, new)

    # IBM 3624. Table and layout of the validation data are terms of the key.

    def verify_pin_offset(
        self, *, pin_key: KeyOrDukpt, pvk: str, block: bytes, pan: Pan, offset: str, pin_format: PinBlockFormat = _ISO_0
    ) -> None:
        """Nothing, if the PIN in the block has this offset; else PinMismatch, for whatever cause.

        Args:
            pin_key: name of the P0 key that the block is under, or a transaction's key.
            pvk: name of the V1 key, whose terms have the decimalisation table and the layout of the validation data.
            block: 8 bytes; 16 of format 4.
            pan: the card number.
            offset: of all digits of the PIN, 4 to 12, from the issuer's record.
            pin_format: of the block.
        """
        with self._watch(Operation.VERIFY_PIN_OFFSET, name_of(pin_key), pvk):
            opening = self._pin_key(Operation.VERIFY_PIN_OFFSET, "pin_key", pin_key, pin_format)
            judging = self._hold(Operation.VERIFY_PIN_OFFSET, "pvk", pvk)
            _verify_offset(judging, _pin_or_none(opening, pin_format, block, pan), pan, offset)

    def generate_pin_offset(
        self, *, pin_key: str, pvk: str, pan: Pan, digits: int = PIN_DIGITS_MIN, pin_format: PinBlockFormat = _ISO_0
    ) -> IssuedPin:
        """A random PIN for a card: its block under the P0 key, and its offset.

        No operation gives the offset of a PIN that came from elsewhere: with the natural PIN of another card it would
        be an oracle (Berkman and Ostrovsky 2007).
        """
        with self._watch(Operation.GENERATE_PIN_OFFSET, pin_key, pvk):
            closing = self._pin_key(Operation.GENERATE_PIN_OFFSET, "pin_key", pin_key, pin_format)
            judging = self._hold(Operation.GENERATE_PIN_OFFSET, "pvk", pvk)
            pin = random_pin(self._entropy.draw(RANDOM_PIN_ENTROPY_BYTES), digits)
            value = _offset(judging, pan, pin)
            return IssuedPin(encrypt_pin(closing, pin_format, pin, pan, self._entropy.draw(ENTROPY_BYTES)), value)

    def change_pin_offset(
        self,
        *,
        pin_key: KeyOrDukpt,
        pvk: str,
        block: bytes,
        new_block: bytes,
        pan: Pan,
        offset: str,
        pin_format: PinBlockFormat = _ISO_0,
    ) -> str:
        """The offset of the new PIN, if the old one was right; else PinMismatch."""
        with self._watch(Operation.CHANGE_PIN_OFFSET, name_of(pin_key), pvk):
            opening = self._pin_key(Operation.CHANGE_PIN_OFFSET, "pin_key", pin_key, pin_format)
            judging = self._hold(Operation.CHANGE_PIN_OFFSET, "pvk", pvk)
            new = _pin_or_none(opening, pin_format, new_block, pan)
            _verify_offset(judging, _pin_or_none(opening, pin_format, block, pan), pan, offset)
            if new is None:
                raise PinMismatch
            return _offset(judging, pan, new)

    def generate_pin(
        self, *, pin_key: str, pan: Pan, digits: int = PIN_DIGITS_MIN, pin_format: PinBlockFormat = _ISO_0
    ) -> bytes:
        """A random PIN, as its block under the P0 key."""
        with self._watch(Operation.GENERATE_PIN, pin_key):
            closing = self._pin_key(Operation.GENERATE_PIN, "pin_key", pin_key, pin_format)
            pin = random_pin(self._entropy.draw(RANDOM_PIN_ENTROPY_BYTES), digits)
            return encrypt_pin(closing, pin_format, pin, pan, self._entropy.draw(ENTROPY_BYTES))

    def _pvk(self, operation: Operation, name: str, pvki: int) -> Tdes:
        held = self._hold(operation, "pvk", name)
        bound = held.key.terms.pvki
        if bound is not None and bound != pvki:
            raise KeyUsageError(f"key {name!r} is the one of index {bound}: PVVs of another index are not its own")
        return held.context(Tdes)


def _pin_or_none(opening: Tdes | Aes, block_format: PinBlockFormat, block: bytes, pan: Pan) -> Secret | None:
    try:
        return decrypt_pin(opening, block_format, block, pan)
    except PinMismatch:
        return None


def _verify_pvv(judging: Tdes, pin: Secret | None, pan: Pan, pvki: int, pvv: str) -> None:
    right = visa_pvv(judging, pan, pvki, _DECOY_PIN if pin is None else pin)
    same = constant_time_equal_text(right, pvv)
    if pin is None or not same:
        raise PinMismatch


def _verify_offset(judging: Held, pin: Secret | None, pan: Pan, offset: str) -> None:
    """The PIN that the offset makes is compared, not the offset that the PIN makes: its length betrays nothing."""
    terms = _ibm_terms(judging.key)
    right = pin_from_offset(judging.context(Tdes), validation_data(terms.validation, pan), terms.decimalisation, offset)
    same = constant_time_equal(right.expose(), (_DECOY_PIN if pin is None else pin).expose())
    if pin is None or not same:
        raise PinMismatch


def _offset(judging: Held, pan: Pan, pin: Secret) -> str:
    terms = _ibm_terms(judging.key)
    return pin_offset(judging.context(Tdes), validation_data(terms.validation, pan), terms.decimalisation, pin)


def _ibm_terms(key: Key) -> Terms:
    if not key.terms.decimalisation:
        raise KeyUsageError(f"key {key.name!r} has no decimalisation table in its terms: without one it verifies nothing")
    return key.terms
