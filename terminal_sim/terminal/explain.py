"""Steps for `--explain`: what card and terminal, terminal and host say to each other, as notices. All card data masked."""

from switch.machine import Notice, Severity
from switch.wire import Dialect, WireError
from switch.wire.describe import describe, render
from switch.wire.redact import masked_raw
from switch.wire.tags import may_show
from switch.wire.tlv import Tlv, decode, encode
from terminal_sim.card.apdu import ApduError, decode_response
from terminal_sim.terminal.kernel.reader import CardTurn

STEP = "terminal.step"
"""The kind of all these notices."""


def card_step(turn: CardTurn, link: str) -> Notice:
    """One command to the card and its response. Commands hold no card data: they select, and tell the card of the sale."""
    try:
        response = decode_response(turn.response)
        shown, status = masked_objects(response.data), response.words
    except ApduError:
        shown, status = "", "no answer"
    facts = (("step", turn.name), ("command", turn.command.hex().upper()), ("response", shown), ("status", status))
    return Notice(STEP, Severity.INFO, f"card: {turn.name}: {status}", link, facts=facts)


def message_step(title: str, dialect: Dialect, raw: bytes, link: str, conn: int) -> Notice:
    """One message to or from the host, with every byte named."""
    try:
        message = dialect.decode(raw)
    except WireError as error:
        return Notice(STEP, Severity.INFO, f"{title}: {error}", link, conn, facts=(("step", title),))
    text = render(describe(message))
    facts = (("step", title), ("dialect", dialect.name), ("message", masked_raw(message)))
    return Notice(STEP, Severity.INFO, f"{title}\n{text}", link, conn, facts=facts)


def masked_objects(data: bytes) -> str:
    """BER-TLV in hexadecimal, two `*` for each byte of a value that is not known to be harmless; all of it when it is none."""
    try:
        return "".join(_masked(element) for element in decode(data))
    except WireError:
        return "**" * len(data)


def _masked(element: Tlv) -> str:
    head = encode([(element.tag, element.value)])[: -len(element.value) or None].hex().upper()
    if element.children:
        return head + "".join(_masked(child) for child in element.children)
    return head + (element.value.hex().upper() if may_show(element.tag) else "**" * len(element.value))
