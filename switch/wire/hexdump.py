"""Reading hex dumps: `xxd`, `hexdump`, `hexdump -C`, `od -t x1 -A x`, `tcpdump -X`, and what Wireshark copies.

Every line begins with its offset, which says how many bytes the line before has: that is how the bytes are told from the text
beside them, and how a line that was lost in copying is found.
"""

import re

import msgspec

from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire.errors import HexError

_LINE = re.compile(r"[ \t]*(?:0x)?([0-9a-fA-F]{4,16})(:?)(?:[ \t]+|\Z)(.*?)\s*\Z")
_GROUP = re.compile(r"([ \t]*)((?:[0-9a-fA-F]{2})+)(?=[ \t]|\Z)")
_GUTTER = re.compile(r"[ \t]{2,}\|.{0,16}\|\Z")
_LITTLE_ENDIAN = re.compile(r"[0-9a-f]{7}(?: {1,4}[0-9a-f]{4})+\s*\Z")
"""A line of `hexdump` without -C: words as a little-endian machine reads them, and no text beside them."""

_BARE_OFFSET = re.compile(r"[0-9a-f]{7}|\*")

_BYTES_MAX = HEX_TEXT_CHARS_MAX // 2


class _Line(msgspec.Struct, frozen=True):
    """A line cut into its offset and the rest; `at` is its first character in the text."""

    at: int
    offset: int
    rest: str


def looks_like_dump(text: str) -> bool:
    """True when the first line is an offset of zero and bytes, and further lines have offsets too."""
    rows = [row for row in text.splitlines() if row.strip()]
    if not rows:
        return False
    first = _LINE.match(rows[0])
    if first is None or int(first[1], 16) != 0 or not _GROUP.match(first[3]):
        return False
    # A single line is a dump when something says that its first digits are no data: a colon, or text beside the bytes.
    return len(rows) > 1 or bool(first[2]) or "  " in rows[0].strip() or "|" in rows[0]


def read_dump(text: str) -> bytes:
    """The bytes of a dump; where its offsets begin again at zero, another dump follows and its bytes are added.

    Raises:
        HexError: at the line whose bytes and offsets do not agree.
    """
    rows = [row.rstrip() for row in text.splitlines() if row.strip()]
    swapped = all(_LITTLE_ENDIAN.match(row) or _BARE_OFFSET.fullmatch(row) for row in rows)
    blocks: list[bytearray] = []
    lines = _split(text, radix=8 if _is_octal(rows) else 16)
    repeat = False
    for place, line in enumerate(lines):
        if line is None:
            repeat = True
            continue
        if line.offset == 0 or not blocks:
            blocks.append(bytearray())
        block = blocks[-1]
        if repeat:
            _repeat(blocks, line)
            repeat = False
        if line.offset != len(block):
            raise HexError(line.at, f"this line is at {line.offset}, and {len(block)} bytes came before it", "HEX-OFF-01")
        following = next((after for after in lines[place + 1 :][:1] if after is not None and after.offset > line.offset), None)
        block += _bytes_of(line, following.offset - line.offset if following else None, swapped=swapped)
    return b"".join(blocks)


def _is_octal(rows: list[str]) -> bool:
    """True when the offsets are those of `od`: seven octal digits, 20 after sixteen bytes."""
    return len(rows) > 1 and re.match(r"0000020(?![0-9a-f:])", rows[1]) is not None and len(rows[0].split()) == 17


def _split(text: str, radix: int) -> list[_Line | None]:
    """The lines that are not empty; None for a `*`, which says that the line before comes again and again."""
    lines: list[_Line | None] = []
    at = 0
    for row in text.splitlines(keepends=True):
        if row.strip() == "*":
            lines.append(None)
        elif row.strip():
            line = _LINE.match(row.rstrip())
            if line is None or (radix == 8 and line[1].strip("01234567")):
                raise HexError(at, "this line does not begin with an offset", "HEX-OFF-01")
            lines.append(_Line(at, int(line[1], radix), line[3]))
        at += len(row)
    return lines


def _repeat(blocks: list[bytearray], line: _Line) -> None:
    """Add the last 16 bytes of the last block again up to the offset of `line`."""
    block = blocks[-1]
    if line.offset > _BYTES_MAX:
        raise HexError(line.at, f"this offset is beyond the {_BYTES_MAX} bytes that are read", "HEX-LEN-01")
    missing = line.offset - len(block)
    if len(block) < 16 or missing % 16:
        raise HexError(line.at, "a line of 16 bytes cannot be repeated up to this offset", "HEX-OFF-01")
    block += block[-16:] * (missing // 16)


def _bytes_of(line: _Line, count: int | None, *, swapped: bool) -> bytes:
    """The bytes of one line.

    Args:
        count: how many it has by the offset of the next line; None on the last line, where two blanks end the bytes.
    """
    rest = _GUTTER.sub("", line.rest)
    guttered = rest != line.rest
    data = bytearray()
    at = 0
    while (group := _GROUP.match(rest, at)) is not None:
        if count is not None and len(data) >= count and len(group[1]) != 1:
            break
        if count is None and not guttered and data and len(group[1]) > 1:
            break
        piece = bytes.fromhex(group[2])
        data += piece[::-1] if swapped else piece
        at = group.end()
    if swapped and count is not None and len(data) == count + 1:
        del data[-1:]  # The half word at the end of an odd number of bytes.
    if count is not None and len(data) != count:
        why = f"the next line is {count} bytes on, and this line shows {len(data)}"
        raise HexError(line.at, why, "HEX-OFF-01")
    if not data and rest:
        raise HexError(line.at, "this line shows no bytes", "HEX-OFF-01")
    return bytes(data)
