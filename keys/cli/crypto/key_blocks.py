"""`pointsman crypto tr31`: key blocks read and made under a test key, with everything that is in them."""

import json
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Annotated

import typer

from keys.cli.codes import AlgorithmOption, ExportabilityOption, ModeOption, UsageOption, code_of
from keys.cli.crypto.printing import AsJson, Explain, operation, refusals, tell, tell_steps
from keys.cli.crypto.words import hex_option, key_option
from keys.cli.exits import FAILED, complain
from keys.errors import KeyBlockError, KeysError
from keys.explain.key_blocks import explain_unwrap, explain_wrap, show_block
from keys.explain.working import Working
from keys.material import Algorithm, Exportability, KeyUsage, Mode
from keys.sensitive import Secret
from keys.tr31.header import Header, Version


class WrapVersion(Enum):
    """The versions in which blocks are made; those of the past are only read."""

    B = "B"
    D = "D"
    E = "E"


@operation(
    "tr31 --kbpk EFE0853B256B583D868F251CE99EA1D9"
    " A0072K0TN00N0000F40D5672C6D0EC86F860BA88D44D00F0CA9A8CE8CD2F640287A9A9EB --explain",
    "tr31 --kbpk 88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6"
    " --key 3F419E1CB7079442AA37474C2EFBF8B8 --usage P0 --algorithm A --mode E",
    "tr31 --kbpk 00112233445566778899AABBCCDDEEFF --version B --key 0123456789ABCDEFFEDCBA9876543210 --usage M3 --mode C",
)
def tr31(
    kbpk: Annotated[Secret, key_option("Key block protection key, a test key.")],
    block: Annotated[str | None, typer.Argument(help="The key block to read.")] = None,
    key: Annotated[Secret | None, key_option("A test key to put into a block.")] = None,
    version: Annotated[WrapVersion, typer.Option(help="Of a block to make: B under TDES, D and E under AES.")] = WrapVersion.D,
    usage: UsageOption = "P0",
    algorithm: AlgorithmOption = "T",
    mode: ModeOption = "N",
    exportability: ExportabilityOption = "E",
    fill: Annotated[bytes | None, hex_option("What is random behind the key; by default zeroes, to compare with.")] = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Read a key block of any version, or make one; a block whose MAC is wrong is shown as far as it goes."""
    if (block is None) == (key is None):
        raise typer.BadParameter("give a key block to read, or --key to make one, not both")
    if block is not None:
        _read(kbpk, block, explain, as_json)
        return
    assert key is not None
    with refusals():
        made = explain_wrap(kbpk, _header(version, usage, algorithm, mode, exportability), key, _fill(fill or b""))
    tell(made, explain=explain, as_json=as_json)


def _read(kbpk: Secret, block: str, explain: bool, as_json: bool) -> None:
    try:
        explanation = explain_unwrap(kbpk, block)
    except KeysError as error:
        if as_json:
            typer.echo(json.dumps({"what": "key", "result": None, "why": str(error)}))
        elif explain:
            _show_what_there_is(kbpk, block)
        complain(str(error))
        raise typer.Exit(FAILED) from None
    tell(explanation, explain=explain, as_json=as_json)


def _show_what_there_is(kbpk: Secret, block: str) -> None:
    """The steps to where a block stops making sense."""
    working = Working()
    with suppress(KeysError, ValueError):
        show_block(working, kbpk, block)
    tell_steps(working.steps)


def _header(version: WrapVersion, usage: str, algorithm: str, mode: str, exportability: str) -> Header:
    return Header(
        version=Version(version.value),
        usage=code_of(KeyUsage, "--usage", usage),
        algorithm=code_of(Algorithm, "--algorithm", algorithm),
        mode=code_of(Mode, "--mode", mode),
        exportability=code_of(Exportability, "--exportability", exportability),
    )


def _fill(given: bytes) -> Callable[[int], bytes]:
    def fill(count: int) -> bytes:
        if len(given) > count:
            raise KeyBlockError(f"there is room for {count} random bytes behind the key, not for {len(given)}")
        return given.ljust(count, b"\x00")

    return fill
