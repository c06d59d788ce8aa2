"""`pointsman crypto pinblock` and `pin`: PINs in blocks and out of them, and what an issuer knows a PIN by."""

import json
from enum import Enum
from typing import Annotated, Final

import typer

from keys.cli.crypto.printing import AsJson, Explain, operation, refusals, tell, tell_steps
from keys.cli.crypto.words import hex_option, key_option, needed, pan_option, pin_option
from keys.cli.exits import FAILED, complain
from keys.explain.pins import (
    conclude_decoding,
    explain_decoding,
    explain_encoding,
    explain_natural_pin,
    explain_offset,
    explain_pin_from_offset,
    explain_pvv,
    fault_of_field,
)
from keys.explain.working import Explanation
from keys.pinblock import PinBlockFormat
from keys.sensitive import Pan, Secret


class PinMethod(Enum):
    """How an issuer knows a PIN."""

    PVV = "pvv"
    IBM_3624 = "ibm3624"


_FILL: Final = {PinBlockFormat.ISO_3: bytes.fromhex("ABCDEFABCD"), PinBlockFormat.ISO_4: bytes.fromhex("0123456789ABCDEF")}


@operation(
    "pinblock --format 0 --pin 1234 --pan 4761739001010119 --key 0123456789ABCDEFFEDCBA9876543210 --explain",
    "pinblock --format 0 --block 041221C6FFEFEFEE --pan 4761739001010119",
    "pinblock --format 4 --pin 1234 --pan 4761739001010119 --key 00112233445566778899AABBCCDDEEFF",
)
def pinblock(
    block_format: Annotated[PinBlockFormat, typer.Option("--format", help="ISO 9564-1 format.")],
    pin: Annotated[Secret | None, pin_option("PIN to be put into a block.")] = None,
    block: Annotated[bytes | None, hex_option("Block to take a PIN out of.")] = None,
    pan: Annotated[Pan | None, pan_option("Card number, for formats 0, 3 and 4; test cards only.")] = None,
    key: Annotated[Secret | None, key_option("Test key, AES for format 4; without it blocks are clear.")] = None,
    fill: Annotated[
        bytes | None, hex_option("What is random in a true block; by default the same each time, to compare with.")
    ] = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Put a PIN into a block, or take it out of one; a block that is none is told why."""
    if (pin is None) == (block is None):
        raise typer.BadParameter("give --pin to make a block or --block to read one, not both")
    if pin is not None:
        with refusals():
            made = explain_encoding(block_format, pin, pan, _FILL.get(block_format, bytes(5)) if fill is None else fill, key)
        tell(made, explain=explain, as_json=as_json)
    else:
        _read(block_format, block or b"", pan, key, explain, as_json)


@operation(
    "pin --pvk 0123456789ABCDEFFEDCBA9876543210 --pan 4761739001010119 --pvki 1 --pin 1234 --explain",
    "pin --method ibm3624 --pvk 0123456789ABCDEFFEDCBA9876543210 --validation-data 11223344556677FF"
    " --table 1234567890123456 --pin 1234",
    "pin --method ibm3624 --pvk 0123456789ABCDEFFEDCBA9876543210 --validation-data 11223344556677FF"
    " --table 1234567890123456 --offset 6586",
)
def pin(
    pvk: Annotated[Secret, key_option("PIN verification key, a test key.")],
    method: Annotated[PinMethod, typer.Option(help="Visa's PVV or IBM 3624.")] = PinMethod.PVV,
    clear: Annotated[Secret | None, pin_option("PIN, for a PVV or an offset.", "--pin")] = None,
    pan: Annotated[Pan | None, pan_option("Card number, for a PVV; test cards only.")] = None,
    pvki: Annotated[int, typer.Option(help="PIN verification key index, for a PVV.")] = 1,
    validation_data: Annotated[str | None, typer.Option(help="16 hex digits, for IBM 3624.")] = None,
    table: Annotated[str, typer.Option(help="Decimalisation table, 16 digits, for IBM 3624.")] = "0123456789012345",
    offset: Annotated[str | None, typer.Option(help="Offset, for the PIN that has it.")] = None,
    digits: Annotated[int, typer.Option(help="Digits of the natural PIN, where neither PIN nor offset is given.")] = 4,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Make a PVV, an IBM 3624 offset, or the PIN that has an offset or none."""
    with refusals():
        if method is PinMethod.PVV:
            needed(pin=clear, pan=pan)
            assert clear is not None
            assert pan is not None
            explanation = explain_pvv(pvk, pan, pvki, clear)
        else:
            needed(validation_data=validation_data)
            explanation = _ibm3624(pvk, validation_data or "", table, clear, offset, digits)
    tell(explanation, explain=explain, as_json=as_json)


def _ibm3624(
    pvk: Secret, validation_data: str, table: str, clear: Secret | None, offset: str | None, digits: int
) -> Explanation:
    if clear is not None and offset is not None:
        raise typer.BadParameter("give --pin for its offset or --offset for its PIN, not both")
    if clear is not None:
        return explain_offset(pvk, validation_data, table, clear)
    if offset is not None:
        return explain_pin_from_offset(pvk, validation_data, table, offset)
    return explain_natural_pin(pvk, validation_data, table, digits)


def _read(
    block_format: PinBlockFormat, block: bytes, pan: Pan | None, key: Secret | None, explain: bool, as_json: bool
) -> None:
    with refusals():
        working, field = explain_decoding(block_format, block, pan, key)
        fault = fault_of_field(block_format, field)
        if fault is None:
            tell(conclude_decoding(working, block_format, block, field, pan, key), explain=explain, as_json=as_json)
            return
    if as_json:
        typer.echo(json.dumps({"what": "PIN", "result": None, "why": fault}))
    elif explain:
        tell_steps(working.steps)
    complain(f"no PIN block of format {block_format.value}: {fault}")
    raise typer.Exit(FAILED)
