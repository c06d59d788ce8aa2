"""The contactless application: the cryptogram comes with GET PROCESSING OPTIONS, then the card leaves the field.

It answers as a Visa quick chip (qVSDC) without offline data authentication does: PPSE, application, one GPO (EMV Contactless
Book B for the PPSE, Book C-3 for the rest). One tap, one object; it is total, as the contact application is.
"""

from enum import Enum
from functools import lru_cache

from switch.wire.tlv import encode
from terminal_sim.card.apdu import Command, Instruction, Status
from terminal_sim.card.application import Handlers, Refusal, answer, check_parameters, check_selection, template_values
from terminal_sim.card.cryptogram import CryptogramKind, generate_cryptogram
from terminal_sim.card.dol import encode_dol
from terminal_sim.card.memory import Memory
from terminal_sim.card.profile import BRANDS_KEPT, CONTACTLESS_PDOL, Brand

PPSE = b"2PAY.SYS.DDF01"
"""Name of the directory of contactless applications (EMV Contactless Book B 3.3.1)."""


class State(Enum):
    """Where the tap stands."""

    IDLE = "idle"
    LISTED = "listed"
    """The directory has been read."""
    SELECTED = "selected"
    COMPLETE = "complete"


class Signal(Enum):
    """What a command that is carried out does to the state."""

    LIST = "SELECT PPSE"
    SELECT = "SELECT"
    PAY = "GET PROCESSING OPTIONS"


TRANSITIONS: dict[State, dict[Signal, State]] = {
    State.IDLE: {Signal.LIST: State.LISTED},
    State.LISTED: {Signal.LIST: State.LISTED, Signal.SELECT: State.SELECTED},
    State.SELECTED: {Signal.LIST: State.LISTED, Signal.SELECT: State.SELECTED, Signal.PAY: State.COMPLETE},
    State.COMPLETE: {Signal.LIST: State.LISTED},
}
"""A command without a row is answered with 6985 and changes nothing."""

# Reader capabilities (TTQ, tag 9F66) that matter here.
_READER_QVSDC = 0x20  # byte 1
_READER_ONLINE_PIN = 0x04  # byte 1
_READER_SIGNATURE = 0x02  # byte 1
_READER_WANTS_CVM = 0x40  # byte 2

# What the card asks for in return (CTQ, tag 9F6C), byte 1.
_ASK_ONLINE_PIN = 0x80
_ASK_SIGNATURE = 0x40

_CVR = bytes.fromhex("03A00000")
"""Card verification results: an ARQC was given, and no second cryptogram will be asked for."""


class ContactlessApplication:
    """One tap of a card.

    Args:
        memory: the card's memory; `elements` is what the contactless application gives out of it.
    """

    __slots__ = ("_handlers", "_memory", "state")

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._handlers: Handlers = {
            Instruction.SELECT: self._select,
            Instruction.GET_PROCESSING_OPTIONS: self._pay,
        }
        self.state = State.IDLE

    def transmit(self, apdu: bytes) -> bytes:
        """Answer one command: response data, SW1, SW2."""
        return answer(apdu, self._handlers)

    def _follower(self, signal: Signal) -> State:
        follower = TRANSITIONS[self.state].get(signal)
        if follower is None:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        return follower

    def _select(self, command: Command) -> bytes:
        if command.data == PPSE:
            return self._list(command)
        follower = self._follower(Signal.SELECT)
        brand = self._memory.profile.brand
        check_selection(command, brand.aid)
        self.state = follower
        return _control_information(brand)

    def _list(self, command: Command) -> bytes:
        follower = self._follower(Signal.LIST)
        check_selection(command, PPSE)
        self.state = follower
        return _directory(self._memory.profile.brand)

    def _pay(self, command: Command) -> bytes:
        follower = self._follower(Signal.PAY)
        check_parameters(command)
        reader = template_values(CONTACTLESS_PDOL, command.data)
        if not reader["9F66"][0] & _READER_QVSDC or self._memory.used_up:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        verification = _asked_verification(reader["9F66"])
        elements, aip = self._memory.elements, self._memory.profile.contactless_aip
        atc = self._memory.advance_atc()
        cryptogram = generate_cryptogram(
            self._memory, CryptogramKind.ARQC, atc=atc, aip=aip, cvr=_CVR, terminal=reader
        ).elements
        self.state = follower
        elements_given = [
            ("82", aip),
            ("57", elements["57"]),
            ("5F20", elements["5F20"]),
            ("5F34", elements["5F34"]),
            ("9F10", cryptogram["9F10"]),
            ("9F26", cryptogram["9F26"]),
            ("9F27", cryptogram["9F27"]),
            ("9F36", cryptogram["9F36"]),
            ("9F6C", verification),
        ]
        return encode([("77", encode(elements_given))])


@lru_cache(maxsize=BRANDS_KEPT)
def _directory(brand: Brand) -> bytes:
    """What SELECT of the directory answers."""
    entry = encode([("4F", brand.aid), ("50", brand.label.encode("ascii")), ("87", b"\x01"), ("9F2A", brand.kernel)])
    return encode([("6F", encode([("84", PPSE), ("A5", encode([("BF0C", encode([("61", entry)]))]))]))])


@lru_cache(maxsize=BRANDS_KEPT)
def _control_information(brand: Brand) -> bytes:
    """What SELECT of the application answers."""
    proprietary = encode([("50", brand.label.encode("ascii")), ("9F38", encode_dol(CONTACTLESS_PDOL))])
    return encode([("6F", encode([("84", brand.aid), ("A5", proprietary)]))])


def _asked_verification(reader: bytes) -> bytes:
    """The card's answer (CTQ) to a reader that wants the cardholder verified: the first of its means that the reader has."""
    if not reader[1] & _READER_WANTS_CVM:
        return bytes(2)
    if reader[0] & _READER_ONLINE_PIN:
        return bytes((_ASK_ONLINE_PIN, 0))
    if reader[0] & _READER_SIGNATURE:
        return bytes((_ASK_SIGNATURE, 0))
    raise Refusal(Status.TRY_ANOTHER_INTERFACE)
