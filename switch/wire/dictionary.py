"""The offline dictionary: what an MTI, a DE, a value, a tag or a rule means, from the tables of this package alone."""

import msgspec

from switch.wire.content import CONTENTS
from switch.wire.describe import describe
from switch.wire.dialect import Dialect
from switch.wire.editions import EDITIONS
from switch.wire.element import Form
from switch.wire.emv_words import tag_meaning
from switch.wire.errors import EncodeError, HexError, TlvError
from switch.wire.hexinput import read_hex
from switch.wire.mti import CLASSES, FUNCTIONS, ORIGINS, VERSIONS, is_mti
from switch.wire.redact import hidden
from switch.wire.rules import RULES
from switch.wire.subfields import InnerLayout, Part, parts_of
from switch.wire.tags import TAGS, may_show, tag_name
from switch.wire.tlv import Tlv, decode, encode
from switch.wire.values import fill, parse_pairs

_MTI_DIGITS = (("version", VERSIONS), ("class", CLASSES), ("function", FUNCTIONS), ("origin", ORIGINS))
_UNITS = {Form.TEXT: "characters", Form.BYTES: "bytes", Form.DIGITS: "digits"}


class NotInDictionary(Exception):
    """There is no entry; the text says what there is instead."""


class Entry(msgspec.Struct, frozen=True):
    """One line of an explanation: what, and what it means."""

    what: str
    means: str


def explain_mti(mti: str) -> list[Entry]:
    """An MTI digit by digit.

    Raises:
        NotInDictionary: when it is not four digits.
    """
    if not is_mti(mti):
        raise NotInDictionary("an MTI is four digits, such as 0421")
    return [
        Entry(f"{name} {digit}", table.get(digit, "reserved") or "from the acquirer")
        for digit, (name, table) in zip(mti, _MTI_DIGITS, strict=True)
    ]


def explain_element(dialect: Dialect, de: int) -> list[Entry]:
    """What a dialect knows of a DE.

    Raises:
        NotInDictionary: when it does not have it.
    """
    element = dialect.codec.elements.get(de)
    if element is None:
        raise NotInDictionary(f"{dialect.name} has no DE {de}")
    unit = _UNITS[element.form]
    length = f"up to {element.units_max} {unit}, after a length of {element.prefix_bytes} bytes"
    entries = [
        Entry(f"DE {de}", dialect.names.get(de, "") or "no name"),
        Entry("length", length if element.prefix_bytes else f"always {element.units_max} {unit}"),
    ]
    content = CONTENTS.get(dialect.content.get(de, ""))
    if content is not None:
        entries.append(Entry(f"content {content.name}", content.words))
    needed = [mti for mti, groups in dialect.required.items() if any(de in group for group in groups)]
    if needed:
        entries.append(Entry("needed by", ", ".join(needed)))
    if de in dialect.echo:
        entries.append(Entry("echoed", "a response repeats it"))
    if de not in dialect.clear:
        entries.append(Entry("shown", "never in clear"))
    layout = dialect.layout_of(de)
    return entries + (_entries_of(layout, str(de)) if layout is not None else [])


def explain_part(dialect: Dialect, path: str) -> list[Entry]:
    """What a dialect knows of a part of a DE, as in 127.25.12.

    Raises:
        NotInDictionary: when it does not know it.
    """
    number, *keys = path.split(".")
    layout = dialect.layout_of(int(number)) if number.isascii() and number.isdigit() and len(number) <= 3 else None
    part: Part | None = None
    here = number
    for key in keys:
        part = next((each for each, name in parts_of(layout) if name == key), None) if layout is not None else None
        if part is None:
            raise NotInDictionary(f"{dialect.name} knows no part {key} of DE {here}")
        layout, here = part.inner, f"{here}.{key}"
    if part is None:
        raise NotInDictionary("the path of a part is the number of its DE and keys, with dots between them")
    entries = [Entry(f"DE {here}", part.desc or "no name"), Entry("length", _part_length(part))]
    if part.content != "any":
        entries.append(Entry(f"content {part.content}", CONTENTS[part.content].words))
    entries.extend(Entry(value, means) for value, means in part.words.items())
    if part.clear:
        entries.append(Entry("shown", "in clear"))
    return entries + (_entries_of(part.inner, here) if part.inner is not None else [])


def explain_values(dialect: Dialect, pairs: list[str]) -> list[Entry]:
    """Values given as DE=VALUE, each with its meaning; one may explain another, as DE 49 does DE 4.

    Raises:
        NotInDictionary: when a value cannot be one of its DE.
    """
    try:
        given = parse_pairs(pairs)
        if given.keys() == {39} and given[39] not in dialect.response_codes:
            elsewhere = explain_code(given[39])
            if elsewhere:
                return elsewhere
        values: dict[int | str, str] = {"mti": dialect.edition.mti("0200"), **given}
        message = dialect.decode(dialect.encode(fill(dialect, values)))
    except EncodeError as error:
        raise NotInDictionary(str(error)) from None
    asked = {"MTI" if key == "mti" else str(key).partition(".")[0] for key in given}
    entries = []
    for line in describe(message):
        if str(line.de).partition(".")[0] in asked:
            what = f"DE {line.de}" if isinstance(line.de, int) else line.de
            entries.append(
                Entry(f"{what} {line.value.strip()}".strip(), f"{line.name} = {line.meaning}" if line.meaning else line.name)
            )
    return entries


def explain_code(code: str) -> list[Entry]:
    """A code of DE 39 in the words of every edition that has it: its length says which; nothing when none has."""
    return [
        Entry(f"DE 39 {code}", f"{edition.response_codes[code]} (ISO 8583:{edition.name})")
        for edition in EDITIONS.values()
        if code in edition.response_codes
    ]


def explain_tag(tag: str, value: str = "") -> list[Entry]:
    """An EMV tag, and its value bit by bit where a table says so; a constructed one with what is in it.

    Raises:
        NotInDictionary: when the tag is none that we know, or the value no hexadecimal text or no BER-TLV.
    """
    tag = tag.upper()
    if tag not in TAGS:
        raise NotInDictionary(f"no tag of this name is known; {len(TAGS)} are, among them 82, 95, 9F26, 9F34")
    if not value:
        return [Entry(tag, tag_name(tag))]
    try:
        (element,) = decode(encode([(tag, read_hex(value))]))
    except (HexError, TlvError) as error:
        raise NotInDictionary(str(error)) from None
    return _explain_tlv(element)


def explain_rule(rule: str) -> list[Entry]:
    """A rule of strict reading.

    Raises:
        NotInDictionary: when there is none of this name.
    """
    entry = RULES.get(rule.upper())
    if entry is None:
        raise NotInDictionary("no rule of this name is known; errors name theirs in brackets, such as FLD-LL-01")
    return [Entry(rule.upper(), entry.what), Entry("why", entry.why), Entry("mend", entry.mend)]


def _entries_of(layout: InnerLayout, path: str) -> list[Entry]:
    """One line for each part that is known."""
    return [Entry(f"DE {path}.{key}", part.desc or "no name") for part, key in parts_of(layout)]


def _part_length(part: Part) -> str:
    unit = _UNITS[part.element.form]
    if part.takes_rest:
        return "all that is left"
    if part.len_type:
        return f"up to {part.max_len} {unit}, after a length of {part.len_type} bytes"
    return f"{part.max_len} {unit}"


def _explain_tlv(element: Tlv) -> list[Entry]:
    if element.children:
        inner = [entry for child in element.children for entry in _explain_tlv(child)]
        return [Entry(element.tag, tag_name(element.tag)), *inner]
    shown = element.value.hex().upper() if may_show(element.tag) else hidden(2 * len(element.value))
    meaning = tag_meaning(element.tag, element.value)
    return [Entry(f"{element.tag} {shown}", tag_name(element.tag) + (f" = {meaning}" if meaning else ""))]
