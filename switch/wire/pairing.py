"""Which dialect can go in which framing: between framings, which know no messages, and dialects, which know no framings."""

from switch.wire.dialect import Dialect
from switch.wire.element import Form
from switch.wire.framing import Framing

MESSAGE_BYTES_LEAST = 999
"""Bytes that a framing must carry to be of use on a link: a chip purchase with its MAC has half of them in packed form."""


def unfit(dialect: Dialect, framing: Framing) -> str:
    """Why messages of `dialect` cannot go in `framing`, in words; empty when they can."""
    if framing.bytes_max < MESSAGE_BYTES_LEAST:
        return f"{framing.name} carries {framing.bytes_max} bytes at most, which is too little for a purchase"
    if framing.prefix is None and not is_text(dialect):
        return f"{framing.name} has no length and is for text only, and {dialect.name} has raw bytes"
    return ""


def is_text(dialect: Dialect) -> bool:
    """True when everything in a message is characters, bitmaps and bytes being spelled as hexadecimal text."""
    heads = [dialect.spec[key]["data_enc"] for key in ("t", "p", "1")]
    return "b" not in heads and all(element.form is Form.TEXT for element in dialect.codec.elements.values())
