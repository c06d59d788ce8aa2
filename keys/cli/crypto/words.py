"""What is typed behind the options of `pointsman crypto`, read strictly; what is wrong is told without repeating it.

The parsers raise BadParameter, so that the command line names the option and ends with status 2.
"""

from typing import Any

import typer

from keys.errors import MalformedInput
from keys.hexadecimal import HEX_DIGITS
from keys.sensitive import Pan, Secret


def hex_option(what: str, *names: str) -> Any:
    """An option whose value is bytes in hex."""
    return typer.Option(*names, parser=octets, metavar="HEX", help=what)


def key_option(what: str, *names: str) -> Any:
    """An option whose value is a test key in clear hex."""
    return typer.Option(*names, parser=secret, metavar="HEX", help=what)


def pin_option(what: str, *names: str) -> Any:
    """An option whose value is a clear PIN."""
    return typer.Option(*names, parser=clear_pin, metavar="DIGITS", help=what)


def pan_option(what: str, *names: str) -> Any:
    """An option whose value is a card number."""
    return typer.Option(*names, parser=card_number, metavar="DIGITS", help=what)


def octets(text: str) -> bytes:
    """Bytes from an even number of hex digits; spaces between them are skipped."""
    digits = text.replace(" ", "")
    if not HEX_DIGITS.issuperset(digits):
        raise typer.BadParameter("hex digits and nothing else belong there")
    if len(digits) % 2:
        raise typer.BadParameter(f"{len(digits)} hex digits are an odd number: one is missing, or one is too many")
    return bytes.fromhex(digits)


def secret(text: str) -> Secret:
    """A key from hex digits."""
    return Secret(octets(text))


def clear_pin(text: str) -> Secret:
    """A PIN, which its own primitive judges."""
    return Secret(text.encode("utf-8", "replace"))


def card_number(text: str) -> Pan:
    """A card number."""
    try:
        return Pan(text)
    except MalformedInput as error:
        raise typer.BadParameter(str(error)) from None


def tag_value(text: str) -> tuple[str, bytes]:
    """TAG=HEX, as 9F36=001C."""
    tag, equals, value = text.partition("=")
    if not equals or len(tag) not in (2, 4) or not HEX_DIGITS.issuperset(tag):
        raise typer.BadParameter("a tag is given as TAG=HEX, such as 9F36=001C")
    return tag.upper(), octets(value)


def tags_of_icc(text: str) -> dict[str, bytes]:
    """The tags of DE 55 as it stands in a message: BER-TLV with tags of one or two bytes (EMV Book 3 annex B)."""
    data, at, tags = octets(text), 0, dict[str, bytes]()
    while at < len(data):
        start = at
        at += 2 if data[at] & 0x1F == 0x1F else 1
        tag = data[start:at].hex().upper()
        length = data[at] if at < len(data) else 0
        at += 1
        if length == 0x81:
            length = data[at] if at < len(data) else 0
            at += 1
        elif length > 0x7F:
            raise typer.BadParameter(f"tag {tag} has a length that no element of a card has")
        if at + length > len(data):
            raise typer.BadParameter(f"tag {tag}, at byte {start}, goes on behind the end")
        tags[tag] = data[at : at + length]
        at += length
    return tags


def needed(**options: object) -> None:
    """BadParameter for options that this operation needs and that were not given; it names all of them."""
    missing = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is None]
    if missing:
        raise typer.BadParameter(f"missing: {', '.join(missing)}")
