"""MACs made and verified, over one block of data that is the whole message."""

from typing import Annotated, Final

from keys.host.call import Call, Command
from keys.host.codes import ErrorCode, Refusal
from keys.host.fields import Choice, Counted, Form, KeyField, Reader, Request, Seen, hex_bytes
from keys.host.limits import DATA_BYTES_MAX
from keys.host.rows import row
from keys.material import KeyUsage

ALGORITHMS: Final[dict[str, KeyUsage]] = {
    "1": KeyUsage.MAC_ALGORITHM_1,
    "3": KeyUsage.MAC_ALGORITHM_3,
    "6": KeyUsage.MAC_CMAC,
}
"""Code of an algorithm -> the usage of its keys."""

SIZES: Final[dict[str, int]] = {"0": 4, "1": 8}
"""Code of a MAC's size -> its bytes."""

FORMATS: Final[dict[str, str]] = {"0": "binary", "1": "hexadecimal digits", "2": "text"}
HEX_FORMATS: Final = ("1",)
_BLOCK_BYTES: Final = 8
_NO_PADDING: Final = "0"


class MacField:
    """A MAC, as long as the size flag says."""

    picture = "8 H or 16 H"

    def read(self, reader: Reader, name: str, seen: Seen) -> bytes:
        return hex_bytes(reader, 2 * SIZES[str(seen["mac_size"])], name)


_MAC: Final[Form] = MacField()
_PADDING: Final = Choice({"0": "none", "1": "method 1", "2": "method 2", "3": "method 3"})


class GenerateMac(Request, frozen=True, kw_only=True):
    mode: Annotated[str, Choice({"0": "the only block"}), "The only block of the message."]
    input_format: Annotated[str, Choice(FORMATS), "0 binary, 1 hexadecimal, 2 text."]
    mac_size: Annotated[str, Choice({"0": "8 digits", "1": "16 digits"}), "0: 8 digits, 1: 16 digits."]
    algorithm: Annotated[str, Choice({"1": "M1", "3": "M3", "6": "M6"}), "ISO 9797-1 algorithm 1 or 3, or 6: CMAC."]
    padding: Annotated[str, _PADDING, "Method of ISO 9797-1, or 0: whole blocks."]
    key_type: Annotated[str, Choice({"FFF": "what the key block says"}), "FFF."]
    key: Annotated[str, KeyField("M1, M3 or M6"), "MAC key, of the algorithm's usage."]
    message: Annotated[bytes, Counted(4, DATA_BYTES_MAX, "input_format", HEX_FORMATS), "The message."]


class VerifyMac(GenerateMac, frozen=True, kw_only=True):
    mac: Annotated[bytes, _MAC, "The MAC that came with it."]


def generate_mac(request: GenerateMac, call: Call) -> bytes:
    """The MAC in digits."""
    padding = _padding(request, call)
    mac = call.hsm.generate_mac(request.key, request.message, padding=padding, length=SIZES[request.mac_size])
    return mac.hex().upper().encode("ascii")


def verify_mac(request: VerifyMac, call: Call) -> bytes:
    """Nothing, if the MAC is right; else MacMismatch."""
    padding = _padding(request, call)
    call.hsm.verify_mac(request.key, request.message, request.mac, padding=padding)
    return b""


def _padding(request: GenerateMac, call: Call) -> int:
    """The padding method that gives what was asked for, by a key of the algorithm that was named."""
    if call.keys.get(request.key).usage is not ALGORITHMS[request.algorithm]:
        raise Refusal(ErrorCode.KEY_FUNCTION, "key: its usage is another algorithm's")
    if request.padding != _NO_PADDING:
        return int(request.padding)
    # CMAC has a padding of its own; to whole blocks method 1 adds nothing.
    whole = bool(request.message) and len(request.message) % _BLOCK_BYTES == 0
    if ALGORITHMS[request.algorithm] is not KeyUsage.MAC_CMAC and not whole:
        raise Refusal(ErrorCode.DATA_LENGTH, "message: without padding it is in whole blocks")
    return 1


_NOTES: Final = "No chaining of blocks (modes 1 to 3). Algorithm 1 takes padding 3, unless the key's terms say otherwise."

COMMANDS: Final[tuple[Command, ...]] = (
    row("M6", "Generate a MAC.", GenerateMac, generate_mac, answer="8 H or 16 H: the MAC.", notes=_NOTES),
    row(
        "M8",
        "Verify a MAC.",
        VerifyMac,
        verify_mac,
        answer="nothing.",
        notes=f"{_NOTES} A MAC is as long as its key's terms say, 8 bytes without: a shorter one does not verify.",
    ),
)
