"""In what two commands differ, in words: by DE and name where they are messages, with values masked as `decode` masks them.

Of records only the names of what differs are told. Which machine gave the commands, and when, is `replay`'s business.
"""

from collections.abc import Callable

import msgspec

from switch.machine import Append, Command, Event, Hangup, Notify, Opened, Received, Send
from switch.wire import DecodeError, FrameError, Message
from switch.wire.difference import differences
from switch.wire.redact import clean, mask_numbers
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.network import Speech

SpeechOf = Callable[[str, str], Speech | None]
"""How a link of a machine speaks, by the names of both."""


class Reader:
    """Reads the messages of a trace: it remembers which connection of a machine belongs to which link.

    Args:
        speech_of: how links speak.
    """

    def __init__(self, speech_of: SpeechOf) -> None:
        self._speech_of = speech_of
        self._links: dict[tuple[str, int], str] = {}

    def hear(self, machine: str, event: Event) -> None:
        """Take an event of a machine."""
        if isinstance(event, Opened):
            self._links[machine, event.conn] = event.link

    def read(self, machine: str, told: Event | Command) -> Message | None:
        """The message that an event brings or a command sends; None when it is none, or not one and whole."""
        if not isinstance(told, Received | Send):
            return None
        link = self._links.get((machine, told.conn))
        speech = None if link is None else self._speech_of(machine, link)
        try:
            return None if speech is None else speech.decode(told.data)
        except (FrameError, DecodeError, ValueError):
            return None


def transaction_of(message: Message | None) -> Transaction | None:
    """Which transaction a message is about, by DE 41 and DE 37; None when it does not say."""
    terminal_id, rrn = (None, None) if message is None else message.read(41, 37)
    return (terminal_id.rstrip(), rrn.rstrip()) if terminal_id and rrn and rrn.strip() else None


def compare(expected: Command, got: Command, read: Callable[[Command], Message | None]) -> tuple[str, ...]:
    """Lines about what differs, as far as name and size of the commands do not say it.

    Args:
        expected, got: the command of the trace, and the one of this time; they are not the same.
        read: the message that a command sends.
    """
    match expected, got:
        case Send(), Send():
            return (*_messages(read(expected), read(got)), *_bytes(expected, got))
        case Append(), Append():
            return _records(expected, got)
        case Notify(), Notify() if expected.notice.kind == got.notice.kind:
            return (f"the trace tells: {_shown(expected.notice.text)}", f"this time: {_shown(got.notice.text)}")
        case Hangup(), Hangup():
            return (f"because {_shown(expected.why)} in the trace, because {_shown(got.why)} this time",)
        case _:
            return ()


def _messages(expected: Message | None, got: Message | None) -> list[str]:
    """The elements in which two messages differ; nothing when one of them cannot be read."""
    if expected is None or got is None:
        return []
    return [
        f"{_place(found.de)} {found.name}: {found.left} in the trace, {found.right} this time"
        for found in differences(expected, got)
    ]


def _place(de: int | str) -> str:
    return f"DE {de}" if str(de)[:1].isdigit() else str(de)


def _bytes(expected: Send, got: Send) -> tuple[str, ...]:
    if expected.conn != got.conn:
        return (f"on connection {expected.conn} in the trace, on connection {got.conn} this time",)
    pairs = enumerate(zip(expected.data, got.data, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(expected.data), len(got.data)))
    return (f"they differ from byte {same} on",)


def _records(expected: Append, got: Append) -> tuple[str, ...]:
    """Names of what differs in two records: values of records may be tokens and sealed blobs, which tell nobody anything."""
    left, right = (_leaves(_record(append.sealed.body)) for append in (expected, got))
    names = [name for name in dict.fromkeys((*left, *right)) if left.get(name) != right.get(name)]
    digests = " and ".join(append.sealed.digest.hex()[:16] for append in (expected, got))
    return (f"they differ in {', '.join(names) or 'their place in the chain'}; digests {digests}",)


def _record(body: bytes) -> object:
    """What a record says; that of somebody's own machine need not be JSON, and then it says one thing."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {"its body": body}


def _leaves(value: object, name: str = "") -> dict[str, object]:
    """What a record says, by path."""
    if not isinstance(value, dict):
        return {name: value}
    found: dict[str, object] = {}
    for key, inner in value.items():
        found |= _leaves(inner, f"{name}.{key}" if name else str(key))
    return found


def _shown(text: str) -> str:
    return mask_numbers(clean(text))
