"""A keystore's text, parsed and printed: lines, so that damage to one of them leaves the others readable.

Nothing here opens a block or knows a key. The MAC is under a key of the LMK (`mac_of`), over all lines before its own:
blocks authenticate themselves, but only the whole can tell that one of them is missing, or is an old one.

    pointsman-keystore 1
    counter 17
    lmk KCV {"type":"passphrase",...}
    key pos.zak D0160M3TC00N0300...
    mac 9D2E...
"""

import re
from typing import Final

import msgspec

from keys.ciphers import Hmac
from keys.errors import KeystoreError
from keys.keystore.seals import Seal
from keys.sensitive import Secret, constant_time_equal_text

FIRST_LINE: Final = "pointsman-keystore 1"
DOCUMENT_BYTES_MAX: Final = 64 * 1024 * 1024  # A hundred thousand keys: a bound, so that a wrong file is not read whole.
_COUNTER: Final = re.compile(r"counter ([0-9]{1,18})")
_LMK: Final = re.compile(r"lmk ([0-9A-F]{6}) (\{.*\})")
_KEY: Final = re.compile(r"key ([!-~]{1,64}) ([ -~]+)")
_MAC: Final = re.compile(r"mac ([0-9A-F]{64})")
_HEAD_LINES: Final = 3

# What the LMK makes its MAC keys of: one for the document, one for the counter beside it.
_DOCUMENT_LABEL: Final = b"pointsman keystore: document"
_COUNTER_LABEL: Final = b"pointsman keystore: counter"


class Document(msgspec.Struct, frozen=True):
    """What a keystore's file says. Entries are names and key blocks; `mac` is the one that stands in it."""

    counter: int
    lmk_kcv: str
    seal: Seal
    entries: tuple[tuple[str, str], ...]
    mac: str = ""


class Torn(msgspec.Struct, frozen=True):
    """What can be read of a damaged file, and which lines cannot, in words."""

    document: Document
    lost: tuple[str, ...]


def parse_document(data: bytes) -> Document:
    """The document; KeystoreError that names the line if it is damaged."""
    torn = read_torn(data)
    if torn.lost:
        raise KeystoreError(f"the file is damaged: {'; '.join(torn.lost)}")
    if not data.isascii() or print_document(torn.document, torn.document.mac) != data:
        raise KeystoreError("the file is damaged: it says what it said, but it is not spelt as it was written")
    return torn.document


def read_torn(data: bytes) -> Torn:
    """As much of the document as can be read. Without its head nothing can: KeystoreError."""
    if len(data) > DOCUMENT_BYTES_MAX:
        raise KeystoreError(f"the file has more than {DOCUMENT_BYTES_MAX} bytes: it is no keystore")
    lines = data.decode("ascii", "replace").split("\n")
    if lines[0] != FIRST_LINE:
        raise KeystoreError(f"the file does not begin with {FIRST_LINE!r}: it is no keystore, or one of another version")
    counter = _COUNTER.fullmatch(lines[1]) if len(lines) > 1 else None
    lmk = _LMK.fullmatch(lines[2]) if len(lines) > 2 else None
    seal = _parse_seal(lmk[2]) if lmk else None
    if lmk is None or seal is None:
        raise KeystoreError("line 3 of the file, the sealed master key, is damaged: without it no key can be read")
    entries, mac, lost = _parse_rest(lines)
    if counter is None:
        lost = ("line 2 (counter)", *lost)
    return Torn(Document(int(counter[1]) if counter else 0, lmk[1], seal, entries, mac), lost)


def print_document(document: Document, mac: str) -> bytes:
    """The file's bytes."""
    return _head(document) + f"mac {mac}\n".encode("ascii")


def mac_of(lmk: Secret, document: Document) -> str:
    """The MAC that the document should have."""
    return _mac(lmk, _DOCUMENT_LABEL, _head(document))


def print_counter(lmks: tuple[Secret, ...], counter: int) -> bytes:
    """The counter beside the file, which remembers how far it was: a line for each LMK that may have to read it."""
    return "".join(f"counter {counter} {_mac(lmk, _COUNTER_LABEL, b'%d' % counter)}\n" for lmk in lmks).encode("ascii")


def parse_counter(lmk: Secret, data: bytes) -> int:
    """The counter; KeystoreError if no line of it is this LMK's."""
    for line in data.decode("ascii", "replace").splitlines():
        word, _, rest = line.partition(" ")
        number, _, mac = rest.partition(" ")
        if word == "counter" and number.isascii() and number.isdigit() and len(number) <= 18:
            right = _mac(lmk, _COUNTER_LABEL, b"%d" % int(number))
            if constant_time_equal_text(right, mac):
                return int(number)
    raise KeystoreError("the counter beside the file was changed, or is another keystore's")


def _parse_rest(lines: list[str]) -> tuple[tuple[tuple[str, str], ...], str, tuple[str, ...]]:
    """Entries, MAC, and what of the lines is damaged."""
    entries: list[tuple[str, str]] = []
    mac = ""
    lost: list[str] = []
    for number, line in enumerate(lines[_HEAD_LINES:], _HEAD_LINES + 1):
        if mac:
            if line or number < len(lines):
                lost.append(f"line {number}, behind the end")
        elif found := _KEY.fullmatch(line):
            entries.append((found[1], found[2]))
        elif found := _MAC.fullmatch(line):
            mac = found[1]
        else:
            lost.append(f"line {number}{_named(line)}")
    if not mac:
        lost.append("the last line (mac)")
    elif lines[-1]:
        lost.append("the end of the last line")
    return tuple(entries), mac, tuple(lost)


def _named(line: str) -> str:
    """The name of the key that a damaged line seems to be of."""
    parts = line.split(" ")
    printable = len(parts) > 1 and parts[0] == "key" and parts[1].isascii() and parts[1].isprintable()
    return f" (key {parts[1][:64]!r})" if printable else ""


def _parse_seal(text: str) -> Seal | None:
    try:
        seal: Seal = msgspec.json.decode(text, type=Seal)
    except msgspec.MsgspecError:
        return None
    return seal


def _head(document: Document) -> bytes:
    """All lines but the last."""
    lines = [
        FIRST_LINE,
        f"counter {document.counter}",
        f"lmk {document.lmk_kcv} {msgspec.json.encode(document.seal).decode('ascii')}",
        *(f"key {name} {block}" for name, block in document.entries),
    ]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _mac(lmk: Secret, label: bytes, data: bytes) -> str:
    derived = Secret(Hmac(lmk).digest(label))
    return Hmac(derived).digest(data).hex().upper()
