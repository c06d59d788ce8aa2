"""ARQCs verified and answered. Clients send the bytes that a cryptogram covers; the HSM wants the tags that they are.

So each command and scheme has layouts: the cryptogram version by the number of bytes, and what issuer application data its
covered part comes from. What is in no layout is refused: the HSM makes no MACs over bytes that are no transaction.
"""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, TAG_BYTES, ArpcMethod, CvnProfile, cvn_profile
from keys.errors import CryptogramUnsupported
from keys.host.call import Call, Command
from keys.host.codes import ErrorCode, Refusal
from keys.host.fields import Binary, Choice, Counted, Digits, Form, KeyField, Reader, Request, Seen, When
from keys.host.rows import row
from keys.mac import pad
from keys.sensitive import Pan

_ARPC_BYTES: Final = {ArpcMethod.METHOD_1: 8, ArpcMethod.METHOD_2: 4}
_DATA_BYTES_MAX: Final = 255
_BLOCK_BYTES: Final = 8
_PAN_DIGITS: Final = 14  # Of the 16 in the field; the last two are the sequence number.


class Layout(msgspec.Struct, frozen=True):
    """Transaction data of one cryptogram version: how much of it is issuer application data, and the whole that it is of."""

    profile: CvnProfile
    covered_bytes: int
    iad: Callable[[bytes], bytes]

    @property
    def size(self) -> int:
        """Bytes of the transaction data, without padding."""
        return sum(TAG_BYTES[tag][0] for tag in self.profile.tags[:-1]) + self.covered_bytes


def _visa_10(cvr: bytes) -> bytes:
    return b"\x06\x01\x0a" + cvr


def _visa_17(second: bytes) -> bytes:
    return b"\x06\x01\x11\x03" + second.rjust(2, b"\x00") + b"\x00"


def _m_chip(cvn: int) -> Callable[[bytes], bytes]:
    def iad(covered: bytes) -> bytes:
        results, counters = covered[:6], covered[6:].ljust(8, b"\x00")
        return b"\x01" + bytes((cvn,)) + results + b"\x00\x00" + counters

    return iad


def _m_chip_layouts(*cvns: int) -> tuple[Layout, ...]:
    """The odd ones cover the counters too."""
    return tuple(Layout(CVN_PROFILES[Scheme.MASTERCARD, cvn], 6 + 8 * (cvn % 2), _m_chip(cvn)) for cvn in cvns)


LAYOUTS: Final[dict[tuple[str, str], tuple[Layout, ...]]] = {
    ("KQ", "0"): (
        Layout(CVN_PROFILES[Scheme.VISA, 0x0A], 4, _visa_10),
        Layout(CVN_PROFILES[Scheme.VISA, 0x11], 1, _visa_17),
    ),
    ("KQ", "1"): _m_chip_layouts(0x10, 0x11),
    ("KW", "2"): _m_chip_layouts(0x14, 0x15),
}
"""Command and scheme -> what its transaction data may be. In KW's scheme 3 the application data, which is whole, says it."""

_WHOLE_IAD: Final = ("KW", "3")


class Proprietary:
    """Proprietary authentication data: one digit of length, then so many bytes."""

    picture = "1 N, n B"

    def read(self, reader: Reader, name: str, seen: Seen) -> bytes:
        return reader.take(int(Digits(1).read(reader, f"length of {name}", seen)), name)


_MASTER_KEY: Final = KeyField("E0")
_PROPRIETARY: Final[Form] = Proprietary()
_DATA: Final = Counted(2, _DATA_BYTES_MAX, delimiter=";")


class VerifyArqc(Request, frozen=True, kw_only=True):
    mode: Annotated[str, Choice({"0": "verify", "1": "verify and answer"}), "0 verify; 1 verify and answer by method 1."]
    scheme: Annotated[str, Choice({"0": "Visa", "1": "M/Chip"}), "0 Visa CVN 10 and 17; 1 M/Chip CVN 16 and 17."]
    imk: Annotated[str, _MASTER_KEY, "Issuer master key of application cryptograms."]
    card: Annotated[bytes, Binary(8), "Rightmost 16 digits of PAN and sequence number."]
    atc: Annotated[bytes, Binary(2), "Transaction counter; for scheme 1 the one in the data."]
    un: Annotated[bytes, Binary(4), "Unpredictable number; for scheme 1 the one in the data."]
    data: Annotated[bytes, _DATA, "What the cryptogram covers, with its padding."]
    arqc: Annotated[bytes, Binary(8), "The cryptogram."]
    arc: Annotated[bytes | None, Binary(2), "Authorisation response code.", When("mode", ("1",))] = None


class VerifyCommonArqc(Request, frozen=True, kw_only=True):
    mode: Annotated[
        str,
        Choice({"0": "verify", "1": "verify and answer by method 1", "3": "verify and answer by method 2"}),
        "0 verify; 1 and answer by method 1; 3 and answer by method 2.",
    ]
    scheme: Annotated[str, Choice({"2": "option A", "3": "option B"}), "2 M/Chip CVN 20 and 21; 3 Visa CVN 18 and 22."]
    imk: Annotated[str, _MASTER_KEY, "Issuer master key of application cryptograms."]
    card: Annotated[bytes, Binary(8), "Rightmost 16 digits of PAN and sequence number."]
    atc: Annotated[bytes, Binary(2), "Transaction counter: the one in the data."]
    data: Annotated[bytes, _DATA, "What the cryptogram covers, with its padding."]
    arqc: Annotated[bytes, Binary(8), "The cryptogram."]
    arc: Annotated[bytes | None, Binary(2), "Authorisation response code.", When("mode", ("1",))] = None
    csu: Annotated[bytes, Binary(4), "Card status update.", When("mode", ("3",))] = b""
    proprietary: Annotated[bytes, _PROPRIETARY, "Proprietary authentication data.", When("mode", ("3",))] = b""


def verify_arqc(request: VerifyArqc, call: Call) -> bytes:
    """The ARPC, where one was asked for; CryptogramMismatch if the ARQC is wrong."""
    tags = _tags("KQ", request.scheme, request.data)
    if request.scheme == "1" and (request.atc, request.un) != (tags["9F36"], tags["9F37"]):
        raise Refusal(ErrorCode.INPUT, "ATC and unpredictable number: the transaction data has others")
    return _answered(call, request, tags, arc=request.arc, csu=b"", proprietary=b"")


def verify_common_arqc(request: VerifyCommonArqc, call: Call) -> bytes:
    """The ARPC, where one was asked for; CryptogramMismatch if the ARQC is wrong."""
    tags = _tags("KW", request.scheme, request.data)
    if request.atc != tags["9F36"]:
        raise Refusal(ErrorCode.INPUT, "ATC: the transaction data has another")
    return _answered(call, request, tags, arc=request.arc, csu=request.csu, proprietary=request.proprietary)


def _answered(
    call: Call,
    request: VerifyArqc | VerifyCommonArqc,
    tags: dict[str, bytes],
    *,
    arc: bytes | None,
    csu: bytes,
    proprietary: bytes,
) -> bytes:
    pan, psn = _card(request.card)
    tags = tags | {"9F26": request.arqc}
    if request.mode == "0":
        call.hsm.verify_cryptogram(key=request.imk, pan=pan, psn=psn, tags=tags)
        return b""
    method = cvn_profile(tags["9F10"]).arpc
    if method is not (ArpcMethod.METHOD_1 if request.mode == "1" else ArpcMethod.METHOD_2):
        raise Refusal(ErrorCode.INPUT, "mode: this cryptogram version is answered by the other method")
    data = call.hsm.verify_arqc_generate_arpc(
        key=request.imk, pan=pan, psn=psn, tags=tags, csu=csu, arc=arc, proprietary=proprietary
    )
    return data[: _ARPC_BYTES[method]]


def _card(digits: bytes) -> tuple[Pan, str]:
    """Card number and sequence number, of which the field has the last 16 digits together."""
    text = digits.hex()
    if not text.isdecimal():
        raise Refusal(ErrorCode.ACCOUNT_NUMBER, "card: it has decimal digits and nothing else")
    return Pan(text[:_PAN_DIGITS]), text[_PAN_DIGITS:]


def _tags(command: str, scheme: str, data: bytes) -> dict[str, bytes]:
    """The tags that the transaction data is."""
    if (command, scheme) == _WHOLE_IAD:
        return _whole_iad_tags(data)
    for layout in LAYOUTS[command, scheme]:
        method = layout.profile.padding
        padded = pad(data[: layout.size], method)
        # Zeroes to a whole block are added for whoever leaves them out; the mark of method 2 is not.
        if len(data) == len(padded) or (method == 1 and len(data) == layout.size):
            if not padded.startswith(data):
                raise Refusal(ErrorCode.INPUT, "transaction data: its padding is not the cryptogram version's")
            return _split(layout.profile, data[: layout.size], layout.iad)
    raise Refusal(ErrorCode.INPUT, "transaction data: no cryptogram version of this scheme covers so many bytes")


def _whole_iad_tags(data: bytes) -> dict[str, bytes]:
    """Of versions that cover all of the application data: padding method 2 goes off the end, and the rest is that data."""
    body, mark, zeroes = data.rpartition(b"\x80")
    if not mark or len(data) % _BLOCK_BYTES or len(zeroes) >= _BLOCK_BYTES or zeroes.strip(b"\x00"):
        raise Refusal(ErrorCode.INPUT, "transaction data: it ends with 80 and zeroes, in whole blocks")
    profile = CVN_PROFILES[Scheme.VISA, 0x12]
    head = sum(TAG_BYTES[tag][0] for tag in profile.tags[:-1])
    try:
        found = cvn_profile(body[head:])
    except CryptogramUnsupported:
        found = None
    if found is None or found.tags != profile.tags or found.padding != 2:
        raise Refusal(ErrorCode.INPUT, "transaction data: it ends with no application data of Visa CVN 18 or 22")
    return _split(found, body, bytes)


def _split(profile: CvnProfile, data: bytes, iad: Callable[[bytes], bytes]) -> dict[str, bytes]:
    tags = {}
    for tag in profile.tags[:-1]:
        size = TAG_BYTES[tag][0]
        tags[tag], data = data[:size], data[size:]
    tags["9F10"] = iad(data)
    return tags


_NEVER: Final = "No answer without a verification (modes 2 and 4): an ARPC is for the ARQC just verified. No diagnostic data."
_ORDER: Final = "The data is 9F02 9F03 9F1A 95 5F2A 9A 9C 9F37 82 9F36 and the covered part of 9F10"

COMMANDS: Final[tuple[Command, ...]] = (
    row(
        "KQ",
        "Verify an ARQC (Visa CVN 10 and 17, M/Chip CVN 16 and 17), and answer it.",
        VerifyArqc,
        verify_arqc,
        answer="in mode 1 8 B: the ARPC.",
        notes=f"{_ORDER} (for CVN 17 9F02 9F37 9F36 and one byte). {_NEVER}",
    ),
    row(
        "KW",
        "Verify an ARQC of the EMV common session key (M/Chip CVN 20 and 21, Visa CVN 18 and 22), and answer it.",
        VerifyCommonArqc,
        verify_common_arqc,
        answer="in mode 1 8 B, in mode 3 4 B: the ARPC.",
        notes=f"{_ORDER}. No session keys of EMV 2000 (schemes 0 and 1); card numbers of up to 16 digits. {_NEVER}",
    ),
)
