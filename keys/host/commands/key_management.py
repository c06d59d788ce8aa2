"""Keys made, brought in, sent out and recognised. Only where the port was started for it; audited each time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Final

from keys.errors import KeyNotFound
from keys.host.call import NEW_KEY, Call, Command
from keys.host.codes import ErrorCode, Refusal
from keys.host.fields import BlockField, Characters, Choice, KeyField, Optional, Request, When
from keys.host.rows import row
from keys.material import Algorithm, Exportability, KeyUsage, Mode

ALGORITHMS: Final[dict[str, tuple[Algorithm, int]]] = {
    "T2": (Algorithm.TDES, 16),
    "T3": (Algorithm.TDES, 24),
    "A1": (Algorithm.AES, 16),
    "A2": (Algorithm.AES, 24),
    "A3": (Algorithm.AES, 32),
}
"""Code of an algorithm with a size -> both, in bytes."""

_KEY_TYPE: Final = Choice({"FFF": "what the key block says"})
_LMK_SCHEME: Final = Choice({"S": "a key block"}, ErrorCode.KEY_SCHEME)
_ZMK_SCHEME: Final = Choice({"R": "a TR-31 key block"}, ErrorCode.KEY_SCHEME)
_FLAG: Final = Optional(";", Choice({"0": "ZMK", "1": "TMK"}))
_ZMK: Final = KeyField("K1")
_EXPORTABILITY: Final = Choice({each.value: each.name for each in Exportability})


class GenerateKey(Request, frozen=True, kw_only=True):
    mode: Annotated[str, Choice({"0": "only generate", "1": "and export under a ZMK"}), "What to do."]
    key_type: Annotated[str, _KEY_TYPE, "FFF: the attributes below say it."]
    lmk_scheme: Annotated[str, _LMK_SCHEME, "How the key comes back."]
    flag: Annotated[str | None, _FLAG, "ZMK or TMK; both are K1 keys.", When("mode", ("1",))] = None
    zmk: Annotated[str, _ZMK, "Key that the other block is under.", When("mode", ("1",))] = ""
    zmk_scheme: Annotated[str, _ZMK_SCHEME, "How it leaves.", When("mode", ("1",))] = ""
    attributes: Annotated[str, Choice({"#": "attributes follow"}), "Delimiter."]
    usage: Annotated[str, Characters(2), "Key usage of X9.143."]
    algorithm: Annotated[str, Choice(dict.fromkeys(ALGORITHMS, "")), "T2, T3, A1, A2 or A3."]
    mode_of_use: Annotated[str, Characters(1), "Mode of use of X9.143."]
    key_version: Annotated[str, Characters(2), "Key version number."]
    exportability: Annotated[str, _EXPORTABILITY, "E, N or S."]
    optional_blocks: Annotated[str, Choice({"00": "none"}), "Number of optional blocks."]
    exported: Annotated[
        str | None, Optional("&", _EXPORTABILITY), "Exportability in the other block.", When("mode", ("1",))
    ] = None


class ImportKey(Request, frozen=True, kw_only=True):
    key_type: Annotated[str, _KEY_TYPE, "FFF: the key block says it."]
    zmk: Annotated[str, _ZMK, "Key that the block is under."]
    key: Annotated[str, BlockField("R"), "TR-31 key block."]
    lmk_scheme: Annotated[str, _LMK_SCHEME, "How the key comes back."]


class ExportKey(Request, frozen=True, kw_only=True):
    key_type: Annotated[str, _KEY_TYPE, "FFF: the key says it."]
    flag: Annotated[str | None, _FLAG, "ZMK or TMK; both are K1 keys."]
    zmk: Annotated[str, _ZMK, "Key that the block shall be under."]
    key: Annotated[str, KeyField("any"), "Key to export."]
    zmk_scheme: Annotated[str, _ZMK_SCHEME, "How it leaves."]
    exported: Annotated[str | None, Optional("&", _EXPORTABILITY), "Exportability in the block: the key's own, or less."]


class CheckKey(Request, frozen=True, kw_only=True):
    key_type: Annotated[str, Choice({"FF": "what the key block says"}), "FF."]
    length: Annotated[str, Choice({"F": "what the key block says"}), "F."]
    key: Annotated[str, KeyField("any"), "Key to be recognised."]
    long_key_type: Annotated[str | None, Optional(";", _KEY_TYPE), "FFF."]


def generate_key(request: GenerateKey, call: Call) -> bytes:
    """The new key in its blocks, and its check value."""
    hsm = call.manager()
    try:
        usage, mode = KeyUsage(request.usage), Mode(request.mode_of_use)
    except ValueError:
        raise Refusal(ErrorCode.INPUT, "key attributes: X9.143 has no such usage or mode") from None
    algorithm, size = ALGORITHMS[request.algorithm]
    with _passing_key(call):
        made = hsm.generate_key(
            NEW_KEY, usage, algorithm=algorithm, size=size, mode=mode, exportability=Exportability(request.exportability)
        )
        answer = "S" + call.keys.wrap(NEW_KEY, request.key_version)
        if request.mode == "1":
            answer += "R" + hsm.export_key(NEW_KEY, kbpk=request.zmk, exportability=_exportability(request.exported))
    return (answer + made.kcv).encode("ascii")


def import_key(request: ImportKey, call: Call) -> bytes:
    """The key in a block under the LMK, and its check value."""
    hsm = call.manager()
    with _passing_key(call):
        made = hsm.import_key(NEW_KEY, kbpk=request.zmk, block=request.key)
        return ("S" + call.keys.wrap(NEW_KEY) + made.kcv).encode("ascii")


def export_key(request: ExportKey, call: Call) -> bytes:
    """The key in a block under the ZMK, and its check value."""
    hsm = call.manager()
    block = hsm.export_key(request.key, kbpk=request.zmk, exportability=_exportability(request.exported))
    return ("R" + block + hsm.describe_key(request.key).kcv).encode("ascii")


def check_key(request: CheckKey, call: Call) -> bytes:
    """The key's check value."""
    return call.hsm.describe_key(request.key).kcv.encode("ascii")


@contextmanager
def _passing_key(call: Call) -> Iterator[None]:
    """A key that is here only until its block is made."""
    try:
        yield
    finally:
        with suppress(KeyNotFound):
            call.keys.remove(NEW_KEY)


def _exportability(code: str | None) -> Exportability | None:
    return None if code is None else Exportability(code)


_AUTHORISED: Final = "Only where keys are managed over this port (`--authorised`); otherwise 17."

COMMANDS: Final[tuple[Command, ...]] = (
    row(
        "A0",
        "Generate a key.",
        GenerateKey,
        generate_key,
        answer="key block under the LMK; in mode 1 the TR-31 block; 6 H: check value.",
        notes=f"{_AUTHORISED} No derived keys (modes A and B), no optional blocks.",
    ),
    row(
        "A6",
        "Import a key from a TR-31 key block.",
        ImportKey,
        import_key,
        answer="key block under the LMK; 6 H: check value.",
        notes=f"{_AUTHORISED} What the key is for stands in the block; nothing in the command changes it.",
    ),
    row(
        "A8",
        "Export a key in a TR-31 key block.",
        ExportKey,
        export_key,
        answer="`R`, key block; 6 H: check value.",
        notes=f"{_AUTHORISED} Version B under a TDES key, D under AES.",
    ),
    row(
        "BU",
        "Tell a key's check value.",
        CheckKey,
        check_key,
        answer="6 H: check value (TDES: zeroes enciphered; AES: their CMAC).",
        notes="Never 16 digits: so many would help to search for a key.",
    ),
)
