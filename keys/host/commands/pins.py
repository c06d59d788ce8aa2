"""PIN blocks translated, PINs verified. No PIN comes in or goes out in clear, and none is told apart from another.

Tables and layouts that come with an IBM 3624 command must be the ones that the key was made with: a caller who could choose
them would find any PIN in fifteen commands (Bond and Zielinski, UCAM-CL-TR-560).
"""

from typing import Annotated, Final

from keys.dukpt_aes import KeyType
from keys.host.call import Call, Command, Rated, account_pan
from keys.host.codes import ErrorCode, Refusal
from keys.host.compat import pin_digits, told_causes
from keys.host.fields import (
    Account,
    Characters,
    Choice,
    Digits,
    Flag,
    HexText,
    KeyField,
    KeySerialNumber,
    PinBlock,
    Request,
    When,
)
from keys.host.rows import row
from keys.hsm import DukptKey
from keys.pin import validation_data
from keys.pinblock import PinBlockFormat
from keys.sensitive import Pan

FORMATS: Final[dict[str, PinBlockFormat]] = {
    "01": PinBlockFormat.ISO_0,
    "05": PinBlockFormat.ISO_1,
    "34": PinBlockFormat.ISO_2,
    "47": PinBlockFormat.ISO_3,
    "48": PinBlockFormat.ISO_4,
}
"""Code of a PIN block format on this wire -> the format of ISO 9564-1."""

_FORMAT: Final = Choice({code: each.name for code, each in FORMATS.items()}, ErrorCode.PIN_BLOCK_FORMAT)
_TO_BASE: Final = Flag("*")
_LENGTH_UNTOLD: Final = "00"
_LAST_DIGITS: Final = 5  # Of the account number, in the place of the N in validation data.


class TranslatePin(Request, frozen=True, kw_only=True):
    source: Annotated[str, KeyField("P0"), "Key that the block is under."]
    to_base: Annotated[str, _TO_BASE, "`*`: the next key is a base derivation key."]
    destination: Annotated[str, KeyField("P0 or B0"), "Key that it shall be under."]
    destination_ksn: Annotated[bytes, KeySerialNumber(), "Serial number of the destination.", When("to_base", ("*",))] = b""
    pin_digits_max: Annotated[str, Digits(2), "Maximum PIN length; not looked at."]
    block: Annotated[bytes, PinBlock("source"), "The PIN block."]
    source_format: Annotated[str, _FORMAT, "Its format: 01, 05, 47 or 48."]
    destination_format: Annotated[str, _FORMAT, "The format that it shall have."]
    account: Annotated[str, Account(("source_format", "destination_format")), "Account number."]


class TranslateZonePin(Request, frozen=True, kw_only=True):
    source: Annotated[str, KeyField("P0"), "Key that the block is under."]
    destination: Annotated[str, KeyField("P0"), "Key that it shall be under."]
    pin_digits_max: Annotated[str, Digits(2), "Maximum PIN length; not looked at."]
    block: Annotated[bytes, PinBlock("source"), "The PIN block."]
    source_format: Annotated[str, _FORMAT, "Its format: 01, 05, 47 or 48."]
    destination_format: Annotated[str, _FORMAT, "The format that it shall have."]
    account: Annotated[str, Account(("source_format", "destination_format")), "Account number."]


class TranslateTdesDukptPin(Request, frozen=True, kw_only=True):
    base: Annotated[str, KeyField("B0"), "Base derivation key."]
    destination: Annotated[str, KeyField("P0"), "Key that it shall be under."]
    ksn: Annotated[bytes, KeySerialNumber(), "Serial number of the device's transaction."]
    block: Annotated[bytes, PinBlock("base"), "The PIN block, of format 01."]
    destination_format: Annotated[str, _FORMAT, "The format that it shall have."]
    account: Annotated[str, Account(("destination_format",)), "Account number."]


class TranslateDukptPin(Request, frozen=True, kw_only=True):
    base: Annotated[str, KeyField("B0"), "Base derivation key, of TDES or AES."]
    to_base: Annotated[str, _TO_BASE, "`*`: the next key is a base derivation key."]
    destination: Annotated[str, KeyField("P0 or B0"), "Key that it shall be under."]
    ksn: Annotated[bytes, KeySerialNumber(), "Serial number of the device's transaction."]
    destination_ksn: Annotated[bytes, KeySerialNumber(), "Serial number of the destination.", When("to_base", ("*",))] = b""
    block: Annotated[bytes, PinBlock("base"), "The PIN block."]
    source_format: Annotated[str, _FORMAT, "Its format: 01, or 48 under AES."]
    destination_format: Annotated[str, _FORMAT, "The format that it shall have."]
    account: Annotated[str, Account(("source_format", "destination_format")), "Account number."]


class VerifyPvv(Request, frozen=True, kw_only=True):
    pin_key: Annotated[str, KeyField("P0"), "Key that the block is under."]
    pvk: Annotated[str, KeyField("V2"), "PIN verification key."]
    block: Annotated[bytes, PinBlock("pin_key"), "The PIN block."]
    pin_format: Annotated[str, _FORMAT, "Its format: 01, 05, 47 or 48."]
    account: Annotated[str, Account(("pin_format",)), "Account number."]
    pvki: Annotated[str, Digits(1), "PIN verification key index."]
    pvv: Annotated[str, Digits(4), "PIN verification value."]


class VerifyOffset(Request, frozen=True, kw_only=True):
    pin_key: Annotated[str, KeyField("P0"), "Key that the block is under."]
    pvk: Annotated[str, KeyField("V1"), "PIN verification key, with its table and layout."]
    pin_digits_max: Annotated[str, Digits(2), "Maximum PIN length; not looked at."]
    block: Annotated[bytes, PinBlock("pin_key"), "The PIN block."]
    pin_format: Annotated[str, _FORMAT, "Its format: 01, 05, 47 or 48."]
    check_length: Annotated[str, Digits(2), "Digits of the PIN, all of which are checked."]
    account: Annotated[str, Account(("pin_format",)), "Account number."]
    table: Annotated[str, Digits(16), "Decimalisation table: the key's own."]
    validation: Annotated[str, Characters(12), "Validation data with N for five digits of the account: as the key's own."]
    offset: Annotated[str, HexText(12), "Offset, F behind it."]


def translate_pin(request: TranslatePin | TranslateZonePin, call: Call) -> bytes:
    """The PIN block under the other key."""
    target: str | DukptKey = request.destination
    if isinstance(request, TranslatePin) and request.to_base:
        target = _transaction_key(request.destination, request.destination_ksn, request.destination_format)
    pan = account_pan(request.account)
    source_format, target_format = FORMATS[request.source_format], FORMATS[request.destination_format]
    with told_causes(call, request.source, source_format, request.block, pan):
        block = call.hsm.translate_pin(
            source=request.source,
            target=target,
            block=request.block,
            pan=pan,
            source_format=source_format,
            target_format=target_format,
        )
    digits = pin_digits(call, request.source, source_format, request.block, pan)
    return _translated(block, request.destination_format, digits)


def translate_tdes_dukpt_pin(request: TranslateTdesDukptPin, call: Call) -> bytes:
    """The PIN block of a device's transaction under a zone's key."""
    return _translate_dukpt(
        call,
        source=_transaction_key(request.base, request.ksn, "01"),
        target=request.destination,
        block=request.block,
        pan=account_pan(request.account),
        source_format="01",
        target_format=request.destination_format,
    )


def translate_dukpt_pin(request: TranslateDukptPin, call: Call) -> bytes:
    """The PIN block of a device's transaction under the other key."""
    target: str | DukptKey = request.destination
    if request.to_base:
        target = _transaction_key(request.destination, request.destination_ksn, request.destination_format)
    return _translate_dukpt(
        call,
        source=_transaction_key(request.base, request.ksn, request.source_format),
        target=target,
        block=request.block,
        pan=account_pan(request.account),
        source_format=request.source_format,
        target_format=request.destination_format,
    )


def verify_pvv(request: VerifyPvv, call: Call) -> bytes:
    """Nothing, if the PIN is right; else PinMismatch, for whatever cause."""
    pan = account_pan(request.account)
    causes = told_causes(call, request.pin_key, FORMATS[request.pin_format], request.block, pan)
    with call.trying(pan, request.pvk), causes:
        call.hsm.verify_pin_pvv(
            pin_key=request.pin_key,
            pvk=request.pvk,
            block=request.block,
            pan=pan,
            pvki=int(request.pvki),
            pvv=request.pvv,
            pin_format=FORMATS[request.pin_format],
        )
    return b""


def verify_offset(request: VerifyOffset, call: Call) -> bytes:
    """Nothing, if the PIN is right; else PinMismatch, for whatever cause."""
    pan = account_pan(request.account)
    terms = call.keys.get(request.pvk).terms
    if request.table != terms.decimalisation:
        call.alarm("verify-pin", call.keys.fingerprint(request.pvk), "decimalisation-table")
        raise Refusal(ErrorCode.DECIMALISATION, "table: it is not the one that the key was made with")
    if _expanded(request.validation, request.account) != validation_data(terms.validation, pan):
        raise Refusal(ErrorCode.INPUT, "validation: it is not made as the key says")
    offset = request.offset.rstrip("F")
    if str(len(offset)).rjust(2, "0") != request.check_length:
        raise Refusal(ErrorCode.INPUT, "offset: it has as many digits as are checked")
    causes = told_causes(call, request.pin_key, FORMATS[request.pin_format], request.block, pan)
    with call.trying(pan, request.pvk), causes:
        call.hsm.verify_pin_offset(
            pin_key=request.pin_key,
            pvk=request.pvk,
            block=request.block,
            pan=pan,
            offset=offset,
            pin_format=FORMATS[request.pin_format],
        )
    return b""


def _translate_dukpt(
    call: Call,
    *,
    source: DukptKey,
    target: str | DukptKey,
    block: bytes,
    pan: Pan,
    source_format: str,
    target_format: str,
) -> bytes:
    call.hsm.accept_ksn(source)
    translated = call.hsm.translate_pin(
        source=source,
        target=target,
        block=block,
        pan=pan,
        source_format=FORMATS[source_format],
        target_format=FORMATS[target_format],
    )
    return _translated(translated, target_format, None)


def _transaction_key(base: str, ksn: bytes, block_format: str) -> DukptKey:
    """The key of the transaction; under an AES base key one of AES-128 for format 4, and of two-key TDES for others."""
    aes = FORMATS[block_format] is PinBlockFormat.ISO_4
    return DukptKey(base=base, ksn=ksn, key_type=KeyType.AES128 if aes else KeyType.TDES2)


def _translated(block: bytes, block_format: str, digits: int | None) -> bytes:
    length = _LENGTH_UNTOLD if digits is None else f"{digits:02}"
    return f"{length}{block.hex().upper()}{block_format}".encode("ascii")


def _expanded(validation: str, account: str) -> str:
    """Validation data with the last five digits of the account number, without its check digit, in the place of the N."""
    last = (account if len(account) == 12 else account[:-1])[-_LAST_DIGITS:]
    return validation.replace("N", last, 1)


_TRANSLATED: Final = "2 N: 00 (the PIN's length only with `--compat-errors`); 16 H or 32 H: the PIN block; 2 N: its format."
_ONCE: Final = "A serial number must be beyond the device's last one: a repeated command is answered with 92."
_COUNTED: Final = "After three wrong PINs for the card under this key: 39, until the counter is reset."
_BOUND: Final = "Table and validation data must be those that the key was made with: a named key of the keystore, because"

COMMANDS: Final[tuple[Command, ...]] = (
    row(
        "CA",
        "Translate a PIN block from a terminal's key to a zone's, or to DUKPT.",
        TranslatePin,
        translate_pin,
        answer=_TRANSLATED,
        rated=Rated.TRANSLATION,
        rated_key="source",
        pin_error=ErrorCode.PIN_BLOCK,
    ),
    row(
        "CC",
        "Translate a PIN block from one zone's key to another's.",
        TranslateZonePin,
        translate_pin,
        answer=_TRANSLATED,
        rated=Rated.TRANSLATION,
        rated_key="source",
        pin_error=ErrorCode.PIN_BLOCK,
    ),
    row(
        "CI",
        "Translate a PIN block from TDES DUKPT to a zone's key.",
        TranslateTdesDukptPin,
        translate_tdes_dukpt_pin,
        answer=_TRANSLATED,
        rated=Rated.TRANSLATION,
        rated_key="base",
        pin_error=ErrorCode.PIN_BLOCK,
        notes=f"Triple DES as ANSI X9.24-1:2009 has it; single DES is not spoken. {_ONCE}",
    ),
    row(
        "G0",
        "Translate a PIN block from TDES or AES DUKPT to a zone's key, or to DUKPT.",
        TranslateDukptPin,
        translate_dukpt_pin,
        answer=_TRANSLATED,
        rated=Rated.TRANSLATION,
        rated_key="base",
        pin_error=ErrorCode.PIN_BLOCK,
        notes=f"Under an AES base key blocks are of format 48. {_ONCE}",
    ),
    row(
        "DA",
        "Verify a PIN under a terminal's key by its IBM 3624 offset.",
        VerifyOffset,
        verify_offset,
        answer="nothing.",
        rated=Rated.VERIFICATION,
        rated_key="pvk",
        notes=f"{_COUNTED} {_BOUND} a key block does not carry them.",
    ),
    row(
        "DC",
        "Verify a PIN under a terminal's key by its PVV.",
        VerifyPvv,
        verify_pvv,
        answer="nothing.",
        rated=Rated.VERIFICATION,
        rated_key="pvk",
        notes=_COUNTED,
    ),
    row(
        "EA",
        "Verify a PIN under a zone's key by its IBM 3624 offset.",
        VerifyOffset,
        verify_offset,
        answer="nothing.",
        rated=Rated.VERIFICATION,
        rated_key="pvk",
        notes=f"{_COUNTED} {_BOUND} a key block does not carry them.",
    ),
    row(
        "EC",
        "Verify a PIN under a zone's key by its PVV.",
        VerifyPvv,
        verify_pvv,
        answer="nothing.",
        rated=Rated.VERIFICATION,
        rated_key="pvk",
        notes=_COUNTED,
    ),
)
