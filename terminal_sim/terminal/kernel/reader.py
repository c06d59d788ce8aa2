"""The card reader: sends a command, reads the answer, remembers both. What the kernels share, and nothing of EMV's logic."""

from collections.abc import Callable

import msgspec

from switch.wire.errors import TlvError
from switch.wire.tlv import Tlv, decode, find
from terminal_sim.card.apdu import (
    INSTRUCTION_CLASSES,
    ApduError,
    Command,
    Instruction,
    Response,
    decode_response,
    encode_command,
)
from terminal_sim.card.dol import DolError, decode_dol, fill_dol
from terminal_sim.terminal.card_data import CardRefused

_LIST_BYTES_MAX = 250
"""Bytes that a card may ask for at once, so that they fit a command even inside a template."""


class CardTurn(msgspec.Struct, frozen=True):
    """One command and its response, as bytes: for explanations only, because the response may hold card data."""

    name: str
    command: bytes
    response: bytes


class CardReader:
    """Talks to one presented card.

    Args:
        transmit: the card's side: command bytes in, response bytes out.
    """

    __slots__ = ("_transmit", "_turns")

    def __init__(self, transmit: Callable[[bytes], bytes]) -> None:
        self._transmit = transmit
        self._turns: list[CardTurn] = []

    def ask(self, name: str, instruction: Instruction, data: bytes = b"", *, p1: int = 0, p2: int = 0) -> Response:
        """One turn, whatever status it ends with.

        Raises:
            CardRefused: when the card does not even give a status.
        """
        command = encode_command(Command(INSTRUCTION_CLASSES[instruction], instruction, p1, p2, data))
        answer = self._transmit(command)
        self._turns.append(CardTurn(name, command, answer))
        try:
            return decode_response(answer)
        except ApduError:
            raise CardRefused(f"{name}: the card did not answer") from None

    def take_turns(self) -> tuple[CardTurn, ...]:
        """The turns since this was asked last."""
        turns = tuple(self._turns)
        self._turns.clear()
        return turns

    def require(self, name: str, instruction: Instruction, data: bytes = b"", *, p1: int = 0, p2: int = 0) -> tuple[Tlv, ...]:
        """One turn that must succeed; the data objects of its response.

        Raises:
            CardRefused: naming the command and its status.
        """
        response = self.ask(name, instruction, data, p1=p1, p2=p2)
        if not response.ok:
            raise CardRefused(f"{name}: the card answered {response.words}")
        return read_objects(name, response.data)


def read_objects(name: str, data: bytes) -> tuple[Tlv, ...]:
    """The data objects of a response; CardRefused when they are none."""
    try:
        return decode(data)
    except TlvError as error:
        raise CardRefused(f"{name}: the card's answer is not BER-TLV ({error.rule})") from None


def filled_list(name: str, dol: bytes, known: dict[str, bytes]) -> bytes:
    """The answer to a card's data object list; CardRefused when the list cannot be read, or asks for too much."""
    try:
        answer = fill_dol(decode_dol(dol), known)
    except DolError as error:
        raise CardRefused(f"{name}: the card's list cannot be read ({error})") from None
    if len(answer) > _LIST_BYTES_MAX:
        raise CardRefused(f"{name}: the card asks for {len(answer)} bytes")
    return answer


def leaves(objects: tuple[Tlv, ...]) -> dict[str, bytes]:
    """The primitive objects in and below `objects`, by tag; of several with one tag the first counts."""
    found: dict[str, bytes] = {}
    for element in objects:
        if element.children:
            found = leaves(element.children) | found
        else:
            found.setdefault(element.tag, element.value)
    return found


def value_of(name: str, objects: tuple[Tlv, ...], tag: str) -> bytes:
    """The value of the object that must be there; CardRefused when it is not."""
    element = find(objects, tag)
    if element is None:
        raise CardRefused(f"{name}: the card's answer has no tag {tag}")
    return element.value
