"""Data enciphered and deciphered, in whole blocks."""

from typing import Annotated, Final

from keys.host.call import Call, Command
from keys.host.codes import ErrorCode, Refusal
from keys.host.commands.macs import FORMATS, HEX_FORMATS
from keys.host.fields import Choice, Counted, Form, KeyField, Reader, Request, Seen, When, hex_bytes
from keys.host.limits import DATA_BYTES_MAX
from keys.host.rows import row
from keys.material import Algorithm

_BLOCK_BYTES: Final = {Algorithm.TDES: 8, Algorithm.AES: 16}
_CBC: Final = "01"


class InitialVector:
    """One block of the key's algorithm."""

    picture = "16 H, 32 H under AES"

    def read(self, reader: Reader, name: str, seen: Seen) -> bytes:
        return hex_bytes(reader, 2 * _BLOCK_BYTES[reader.keys.algorithm(str(seen["key"]))], name)


_VECTOR: Final[Form] = InitialVector()


class Encipher(Request, frozen=True, kw_only=True):
    mode: Annotated[str, Choice({"00": "ECB", "01": "CBC"}), "00 ECB, 01 CBC."]
    input_format: Annotated[str, Choice(FORMATS), "0 binary, 1 hexadecimal, 2 text."]
    output_format: Annotated[str, Choice({"0": "binary", "1": "hexadecimal digits", "2": "text"}), "As the input's."]
    key_type: Annotated[str, Choice({"FFF": "what the key block says"}), "FFF."]
    key: Annotated[str, KeyField("D0"), "Data key."]
    iv: Annotated[bytes | None, _VECTOR, "Initial vector.", When("mode", (_CBC,))] = None
    data: Annotated[bytes, Counted(4, DATA_BYTES_MAX, "input_format", HEX_FORMATS), "The data, in whole blocks."]


def encipher(request: Encipher, call: Call) -> bytes:
    """The data enciphered, and in CBC the vector for what follows."""
    _check_blocks(request, call)
    done = call.hsm.encrypt_data(request.key, request.data, iv=request.iv)
    return _answer(request, done, next_iv=done)


def decipher(request: Encipher, call: Call) -> bytes:
    """The data deciphered, and in CBC the vector for what follows."""
    _check_blocks(request, call)
    return _answer(request, call.hsm.decrypt_data(request.key, request.data, iv=request.iv), next_iv=request.data)


def _check_blocks(request: Encipher, call: Call) -> None:
    size = _BLOCK_BYTES.get(call.keys.algorithm(request.key))
    if size is None or not request.data or len(request.data) % size:
        raise Refusal(ErrorCode.DATA_LENGTH, "data: it is in whole blocks of the key's algorithm")


def _answer(request: Encipher, done: bytes, next_iv: bytes) -> bytes:
    text = done.hex().upper().encode("ascii") if request.output_format in HEX_FORMATS else done
    chained = b"" if request.iv is None else next_iv[-len(request.iv) :].hex().upper().encode("ascii")
    return chained + b"%04X" % len(text) + text


_ANSWER: Final = "with CBC 16 H or 32 H: the next initial vector; 4 H, n B: the data."

COMMANDS: Final[tuple[Command, ...]] = (
    row("M0", "Encipher data.", Encipher, encipher, answer=_ANSWER, notes="No DUKPT, no CFB, no padding."),
    row("M2", "Decipher data.", Encipher, decipher, answer=_ANSWER, notes="No DUKPT, no CFB, no padding."),
)
