"""A message in words: each byte named, each value explained, nothing secret shown unless asked for.

This is what `pointsman decode` and `demo --explain` print. Only text comes out of here; colours and tables are for the shells.
"""

from collections.abc import Callable

import msgspec

from switch.domain.money import Money, MoneyError, currency
from switch.wire import words
from switch.wire.errors import SubfieldError
from switch.wire.message import Message
from switch.wire.mti import mti_words
from switch.wire.redact import clean, hidden, is_clear, masked_raw, masked_value, may_show_inside, may_show_subfield
from switch.wire.subfields import Subfield
from switch.wire.translate import original_of, plain_of

_HEX_BYTES_PER_ROW = 12


class Line(msgspec.Struct, frozen=True):
    """One element of a message, described.

    Args:
        de: number of the DE, or "header", "MTI", "bitmap", "55.9F26" for a part of a DE, "?" for bytes that could not be read.
        offset: its first byte in the message, length prefix included.
        raw: its bytes in hexadecimal, `**` for each byte that is hidden.
        name: what it is called.
        value: its value, masked or hidden where it is sensitive.
        meaning: what the value means, where a table says so.
    """

    de: int | str
    offset: int
    raw: str
    name: str
    value: str
    meaning: str = ""


def describe(message: Message, *, show_secrets: bool = False) -> list[Line]:
    """Every byte of `message` in order, readable or not; sensitive values only with `show_secrets`."""
    shown = message.raw.hex().upper() if show_secrets else masked_raw(message)

    def line(de: int | str, start: int, end: int, name: str, value: str, meaning: str = "") -> Line:
        return Line(de, start, shown[2 * start : 2 * end], name, value, meaning)

    lines = []
    if message.header is not None:
        value = clean(message.header) if show_secrets else hidden(len(message.header))
        lines.append(line("header", 0, message.start, "Message header", value))
    at = message.body_offset
    mti_end = message.start + message.dialect.codec.mti_bytes
    lines.append(line("MTI", message.start, mti_end, "Message type", clean(message.mti), mti_words(message.mti)))
    bitmap = " ".join(str(de) for de in message.fields)
    lines.append(line("bitmap", mti_end, at, "Bitmap", f"{at - mti_end} bytes", f"DEs {bitmap or 'none'}"))
    for de in message.fields:
        start, end = message.extent(de)
        if start > at:
            lines.append(_unread(message, shown, at, start))
        value = clean(message[de]) if show_secrets else masked_value(message, de)
        meaning = _meaning(message, de) if show_secrets or is_clear(message, de) else ""
        lines.append(line(de, start, end, clean(message.dialect.names.get(de, "")), value, meaning))
        lines.extend(_describe_inside(message, de, show_secrets=show_secrets))
        at = end
    if at < len(message.raw):
        lines.append(_unread(message, shown, at, len(message.raw)))
    return lines


def render(lines: list[Line]) -> str:
    """The lines as a plain table; bytes run over several rows where they are many."""
    rows: list[tuple[str, ...]] = [("byte", "DE", "bytes", "name", "value", "meaning")]
    for line in lines:
        step = 2 * _HEX_BYTES_PER_ROW
        pieces = [line.raw[at : at + step] for at in range(0, len(line.raw), step)] or [""]
        rows.append((str(line.offset), str(line.de), pieces[0], line.name, line.value, line.meaning))
        rows.extend(("", "", piece, "", "", "") for piece in pieces[1:])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def _unread(message: Message, shown: str, start: int, end: int) -> Line:
    return Line("?", start, shown[2 * start : 2 * end], "not readable", hidden(end - start))


def _describe_inside(message: Message, de: int, *, show_secrets: bool) -> list[Line]:
    """The parts of a DE, to the leaves; nothing when nothing is known of them, or the inside is broken or cannot be trusted."""
    if not show_secrets and not message.layout.trusted:
        return []
    try:
        tree = message.subfields(de).tree
    except SubfieldError:
        return []
    everything = show_secrets or may_show_inside(message, de)
    plain = message.raw.hex().upper()

    def describe_part(subfield: Subfield, parent: str) -> list[Line]:
        path = f"{parent}.{subfield.key}"
        shown = everything or may_show_subfield(message, de, subfield)
        # What is inside of a part has its own lines, so of such a part only tag and length are left.
        end = subfield.value_start if subfield.children else subfield.end
        raw, value = _halves(plain, subfield.start, end), "" if subfield.children else clean(subfield.value)
        if value and not shown:
            raw, value = "*" * len(raw), hidden(len(subfield.value))
        meaning = subfield.meaning if shown else ""
        lines = [Line(path, subfield.start // 2, raw, clean(subfield.name), value, clean(meaning))]
        for child in subfield.children:
            lines.extend(describe_part(child, path))
        return lines

    return [line for subfield in tree for line in describe_part(subfield, str(de))]


def _halves(plain: str, start: int, end: int) -> str:
    """Some half bytes as whole bytes; a half that belongs to another part is hidden."""
    return "*" * (start % 2) + plain[start:end] + "*" * (end % 2)


def _meaning(message: Message, de: int) -> str:
    """What the value of a DE means; nothing in a dialect of which no more is known than its spec."""
    explain = (MEANINGS if message.dialect.edition.same is None else MEANINGS_SINCE_1993).get(de)
    return clean(explain(message, message[de])) if explain is not None and message.dialect.content else ""


def _processing_code(message: Message, value: str) -> str:
    kind = words.PROCESSING_TYPES.get(value[:2], "unknown transaction type")
    accounts = [words.ACCOUNT_TYPES.get(value[at : at + 2], "unknown account") for at in (2, 4)]
    return f"{kind}; from {accounts[0]} to {accounts[1]}"


def _amount(message: Message, value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        return "no amount"
    said = plain_of(message)
    try:
        return str(Money(int(said[4]), currency(said[49])))
    except (KeyError, MoneyError):
        return f"minor units; no known currency in DE {message.dialect.edition.currency_de}"


def _transmitted(message: Message, value: str) -> str:
    return f"month {value[:2]}, day {value[2:4]}, {value[4:6]}:{value[6:8]}:{value[8:]} UTC"


def _entry_mode(message: Message, value: str) -> str:
    entry = words.PAN_ENTRY_MODES.get(value[:2], "unknown entry mode")
    return f"{entry}; {words.PIN_CAPABILITIES.get(value[2:], 'unknown PIN capability')}"


def _response_code(message: Message, value: str) -> str:
    return message.dialect.response_codes.get(value, "not a code of the standard")


def _currency(message: Message, value: str) -> str:
    try:
        unit = currency(value)
    except MoneyError:
        return "no currency of ISO 4217"
    return f"{unit.alpha}, {unit.exponent} decimals"


def _network_code(message: Message, value: str) -> str:
    return words.NETWORK_CODES.get(value, "not a code of the standard")


def _original(message: Message, value: str) -> str:
    return f"{value[:4]} with STAN {value[4:10]}, sent {value[10:20]} (MMDDhhmmss)"


def _point_of_service(message: Message, value: str) -> str:
    return _entry_mode(message, plain_of(message).get(22, ""))


def _function(message: Message, value: str) -> str:
    """Function codes of network management; the other classes say with theirs no more than their MTI does."""
    codes = message.dialect.edition.network_codes
    plain = next((plain for plain, code in codes.items() if code == value), "")
    return _network_code(message, plain) if message.mti[1:2] == "8" else ""


def _local_original(message: Message, value: str) -> str:
    named = original_of(message)
    return f"{named.mti} with STAN {named.stan}, at {named.local_at} local time" if named is not None else "names none"


MEANINGS: dict[int, Callable[[Message, str], str]] = {
    3: _processing_code,
    4: _amount,
    7: _transmitted,
    22: _entry_mode,
    39: _response_code,
    49: _currency,
    70: _network_code,
    90: _original,
}
"""DE -> what its value means, for dialects of ISO 8583:1987."""

MEANINGS_SINCE_1993: dict[int, Callable[[Message, str], str]] = {
    3: _processing_code,
    4: _amount,
    7: _transmitted,
    22: _point_of_service,
    24: _function,
    39: _response_code,
    56: _local_original,
}
"""The same for dialects of ISO 8583:1993 and 2003."""
