"""Headers of key blocks: sixteen characters of attributes and the optional blocks behind them, parsed and printed.

What a header says counts only once its MAC was verified: `frame` finds where the header ends and looks at nothing else,
`parse_header` reads it afterwards. Enciphering is in `block`.
"""

import re
from enum import Enum
from typing import Final, TypeVar

import msgspec

from keys.errors import KeyBlockError
from keys.material import Algorithm, Exportability, KeyUsage, Mode

HEADER_CHARACTERS: Final = 16
BLOCK_CHARACTERS_MAX: Final = 9_999  # The length has four decimal digits (X9.143 clause 6).
OPTIONAL_BLOCKS_MAX: Final = 99  # Their number has two.
_SHORT_CHARACTERS_MAX: Final = 255  # What an optional block's length of two hex digits can say.
_PADDING: Final = "PB"


class Version(Enum):
    """How a key block is protected, by its first character."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Context(Enum):
    """Where a key block may be used (X9.143:2021 clause 6); blocks of TR-31 have the first, as two reserved zeroes."""

    STORAGE_OR_EXCHANGE = "0"
    STORAGE = "1"
    EXCHANGE = "2"


# Optional blocks that we know: identifier -> the form of its data, of printable ASCII (X9.143:2021 clause 6).
OPTIONAL_BLOCKS: Final[dict[str, re.Pattern[str]]] = {
    name: re.compile(form)
    for name, form in {
        "AL": r"[0-9A-F]+",  # Life of an asymmetric key.
        "BI": r"00[0-9A-F]{10}|01[0-9A-F]{8}",  # Base derivation key identifier: TDES or AES DUKPT.
        "CT": r"[0-9A-F]{2}.+",  # Public key certificate.
        "DA": r"01(?:.{5})+",  # Derivations allowed, of a key derivation key.
        "FL": r"[0-9A-F]+",  # Flags.
        "HM": r"[0-9A-F]{2}",  # Hash algorithm of an HMAC key.
        "IK": r"[0-9A-F]{16}",  # Initial key identifier of AES DUKPT.
        "KC": r"0[01][0-9A-F]{4,10}",  # Check value of the wrapped key: legacy (00) or CMAC (01).
        "KP": r"0[01][0-9A-F]{4,10}",  # Check value of the KBPK.
        "KS": r"(?:[0-9A-F]{16}|[0-9A-F]{20})",  # Key set identifier or initial key serial number of TDES DUKPT.
        "KV": r".{4}",  # Version of the key block values.
        "LB": r".+",  # Label.
        "PK": r"0[01][0-9A-F]{4,10}",  # Check value of the key that protected it when it left.
        "TC": r"[0-9]{14}(?:[0-9]{2})?Z",  # Time of creation.
        "TS": r"[0-9]{14}(?:[0-9]{2})?Z",  # Time stamp of the block.
        "WP": r"[0-9A-F]{3}",  # Wrapping pedigree.
    }.items()
}
# Identifiers of two digits from 10 on are proprietary: whoever does not know one may go on without it.
_PROPRIETARY: Final = re.compile(r"[1-9][0-9]")
_PRINTABLE: Final = re.compile(r"[ -~]*")
_HEX: Final = re.compile(r"[0-9A-F]+")
_KEY_VERSION: Final = re.compile(r"[0-9A-Za-z]{2}")

_Code = TypeVar("_Code", Version, KeyUsage, Algorithm, Mode, Exportability, Context)


class OptionalBlock(msgspec.Struct, frozen=True):
    """One thing more about a key, such as its serial number (KS).

    Args:
        name: two characters, one of `OPTIONAL_BLOCKS` or a proprietary one of digits from "10" on.
        data: printable ASCII in the form that the identifier has.

    Raises:
        KeyBlockError: the identifier is not known, or the data has another form.
    """

    name: str
    data: str

    def __post_init__(self) -> None:
        form = _PRINTABLE if _PROPRIETARY.fullmatch(self.name) else OPTIONAL_BLOCKS.get(self.name)
        if form is None:
            raise KeyBlockError("a key block has an optional block that is not known: what it restricts cannot be honoured")
        if not (form.fullmatch(self.data) and _PRINTABLE.fullmatch(self.data)):
            raise KeyBlockError(f"the optional block {self.name} of a key block has data of another form than that block's")


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a key block says about its key. Padding of the optional blocks is left out: it says nothing."""

    version: Version
    usage: KeyUsage
    algorithm: Algorithm
    mode: Mode
    exportability: Exportability
    key_version: str = "00"
    context: Context = Context.STORAGE_OR_EXCHANGE
    blocks: tuple[OptionalBlock, ...] = ()

    def optional(self, name: str) -> str | None:
        """The data of the optional block of that name; None if there is none."""
        return next((block.data for block in self.blocks if block.name == name), None)


def frame(text: str) -> tuple[Version, str]:
    """The version and the header's characters, its optional blocks included; nothing of them is believed yet.

    >>> frame("B0080K0TN00N00001C414014375212C24995E405B5EE052CB92B67F455EA2680F6751088F9F1C228")[1]
    'B0080K0TN00N0000'

    Raises:
        KeyBlockError: the text is not of printable ASCII, has another length than it says, an unknown version, or
            optional blocks that do not end inside it.
    """
    if not HEADER_CHARACTERS <= len(text) <= BLOCK_CHARACTERS_MAX or not _PRINTABLE.fullmatch(text):
        raise KeyBlockError(
            f"a key block has {HEADER_CHARACTERS} to {BLOCK_CHARACTERS_MAX} characters of printable ASCII, not {len(text)}"
        )
    version = _code(Version, text[0], 0)
    if _decimal(text, 1, 4) != len(text):
        raise _wrong(1, f"the length it states is not the {len(text)} characters that there are")
    end = HEADER_CHARACTERS
    for _ in range(_decimal(text, 12, 2)):
        _, end = _extent(text, end)
    return version, text[:end]


def parse_header(text: str) -> Header:
    """The header that was framed, as attributes.

    >>> parse_header("B0104B0TX12S0100KS1800604B120F9292800000").optional("KS")
    '00604B120F9292800000'

    Raises:
        KeyBlockError: an attribute or an optional block is not known; the text names the character.
    """
    if not _KEY_VERSION.fullmatch(text[9:11]):
        raise _wrong(9, "a key's version number is two letters or digits")
    if text[15] != "0":
        raise _wrong(15, "it is reserved, and zero")
    return Header(
        version=_code(Version, text[0], 0),
        usage=_code(KeyUsage, text[5:7], 5),
        algorithm=_code(Algorithm, text[7], 7),
        mode=_code(Mode, text[8], 8),
        exportability=_code(Exportability, text[11], 11),
        key_version=text[9:11],
        context=_code(Context, text[14], 14),
        blocks=_parse_optional(text, _decimal(text, 12, 2)),
    )


def print_header(header: Header, *, payload_characters: int, multiple: int) -> str:
    """The header as text, with padding (PB) so that the optional blocks end on a whole cipher block.

    Args:
        header: the attributes.
        payload_characters: how many characters of cipher text and MAC follow, which the length counts.
        multiple: characters that the optional blocks together are a multiple of.

    >>> header = Header(version=Version.D, usage=KeyUsage.PIN_ENCRYPTION, algorithm=Algorithm.AES, mode=Mode.ENCRYPT,
    ...     exportability=Exportability.EXPORTABLE, blocks=(OptionalBlock("HM", "21"),))
    >>> print_header(header, payload_characters=96, multiple=16)
    'D0128P0AE00E0200HM0621PB0A000000'
    """
    if not _KEY_VERSION.fullmatch(header.key_version):
        raise KeyBlockError("a key's version number is two letters or digits")
    names = [block.name for block in header.blocks]
    if len(set(names)) != len(names):
        raise KeyBlockError("a key block has each optional block once")
    printed = [_print_optional(block.name, block.data) for block in header.blocks]
    rest = -sum(map(len, printed)) % multiple
    if rest:
        least = len(_PADDING) + 2
        rest += multiple * (rest < least)
        printed.append(_print_optional(_PADDING, "0" * (rest - least)))
    optional = "".join(printed)
    length = HEADER_CHARACTERS + len(optional) + payload_characters
    if length > BLOCK_CHARACTERS_MAX or len(printed) > OPTIONAL_BLOCKS_MAX:
        raise KeyBlockError(
            f"a key block has at most {BLOCK_CHARACTERS_MAX} characters and {OPTIONAL_BLOCKS_MAX} optional blocks"
        )
    attributes = f"{header.usage.value}{header.algorithm.value}{header.mode.value}{header.key_version}"
    count = f"{len(printed):02}{header.context.value}0"
    return f"{header.version.value}{length:04}{attributes}{header.exportability.value}{count}{optional}"


def _parse_optional(text: str, count: int) -> tuple[OptionalBlock, ...]:
    blocks: list[OptionalBlock] = []
    names: list[str] = []
    end = HEADER_CHARACTERS
    for _ in range(count):
        start = end
        data_start, end = _extent(text, start)
        name = text[start : start + 2]
        if name in names:
            raise _wrong(start, "an optional block comes twice")
        if _PADDING in names:
            raise _wrong(start, "an optional block comes behind the padding")
        names.append(name)
        if name != _PADDING:
            blocks.append(OptionalBlock(name, text[data_start:end]))
    return tuple(blocks)


def _extent(text: str, start: int) -> tuple[int, int]:
    """Where the data of the optional block at `start` begins and ends; a length of 00 is followed by a longer one."""
    data = start + 4
    length = _hex(text, start + 2, 2)
    if not length:
        digits = 2 * _hex(text, data, 2)  # It is given in bytes, each of which is two digits.
        length, data = _hex(text, data + 2, digits), data + 2 + digits
    if start + length < data:
        raise _wrong(start + 2, "an optional block is shorter than its own head")
    if start + length > len(text):
        raise _wrong(start + 2, "an optional block goes on behind the end")
    return data, start + length


def _print_optional(name: str, data: str) -> str:
    length = len(data) + 4
    if length <= _SHORT_CHARACTERS_MAX:
        return f"{name}{length:02X}{data}"
    return f"{name}0002{length + 6:04X}{data}"


def _code(kind: type[_Code], text: str, at: int) -> _Code:
    try:
        return kind(text)
    except ValueError:
        pass
    raise _wrong(at, f"no {kind.__name__} of key blocks has that code")


def _decimal(text: str, at: int, count: int) -> int:
    digits = text[at : at + count]
    if not (len(digits) == count and digits.isascii() and digits.isdigit()):
        raise _wrong(at, f"{count} decimal digits belong there")
    return int(digits)


def _hex(text: str, at: int, count: int) -> int:
    digits = text[at : at + count]
    if not (len(digits) == count and _HEX.fullmatch(digits)):
        raise _wrong(at, f"{count} upper-case hex digits belong there")
    return int(digits, 16)


def _wrong(at: int, why: str) -> KeyBlockError:
    return KeyBlockError(f"key block, from character {at + 1} on: {why}")
