"""The contact application of a chip, at APDU level (EMV Book 3 clause 6): the card's side of every command.

It is total: whatever it is sent, it answers with a status word. One insertion, one object; what outlives it is in `Memory`.
Not here: offline data authentication, offline PIN, issuer scripts.
"""

from enum import Enum
from functools import lru_cache

from switch.wire.tlv import encode
from terminal_sim.card.apdu import Command, Instruction, Status
from terminal_sim.card.application import (
    Handlers,
    Refusal,
    answer,
    check_parameters,
    check_selection,
    list_values,
    template_values,
)
from terminal_sim.card.cryptogram import (
    ISSUER_AUTHENTICATION_BYTES,
    Cryptogram,
    CryptogramKind,
    generate_cryptogram,
    issuer_approves,
    issuer_authenticates,
)
from terminal_sim.card.dol import encode_dol
from terminal_sim.card.memory import Memory
from terminal_sim.card.profile import BRANDS_KEPT, CDOL1, CDOL2, CONTACT_PDOL, FILE_LOCATOR, RECORDS, Brand


class State(Enum):
    """Where the application stands in its one transaction."""

    IDLE = "idle"
    SELECTED = "selected"
    INITIATED = "initiated"
    ONLINE = "online"
    """An ARQC is out."""
    ANSWERED = "answered"
    """The issuer's answer has been checked, with whatever result: it is checked once."""
    COMPLETE = "complete"


class IssuerAnswer(Enum):
    """What became of the issuer's answer to the ARQC."""

    NONE = "none came"
    APPROVES = "approves"
    REFUSES = "refuses"
    FALSE = "does not authenticate"


class Signal(Enum):
    """What a command that is carried out does to the state."""

    SELECT = "SELECT"
    INITIATE = "GET PROCESSING OPTIONS"
    READ = "READ RECORD"
    GO_ONLINE = "first GENERATE AC, ARQC"
    DECLINE = "first GENERATE AC, AAC"
    AUTHENTICATE = "EXTERNAL AUTHENTICATE"
    FINISH = "second GENERATE AC"


TRANSITIONS: dict[State, dict[Signal, State]] = {
    State.IDLE: {Signal.SELECT: State.SELECTED},
    State.SELECTED: {Signal.SELECT: State.SELECTED, Signal.INITIATE: State.INITIATED},
    State.INITIATED: {
        Signal.SELECT: State.SELECTED,
        Signal.READ: State.INITIATED,
        Signal.GO_ONLINE: State.ONLINE,
        Signal.DECLINE: State.COMPLETE,
    },
    State.ONLINE: {Signal.SELECT: State.SELECTED, Signal.AUTHENTICATE: State.ANSWERED, Signal.FINISH: State.COMPLETE},
    State.ANSWERED: {Signal.SELECT: State.SELECTED, Signal.FINISH: State.COMPLETE},
    State.COMPLETE: {Signal.SELECT: State.SELECTED},
}
"""A command without a row is answered with 6985 and changes nothing."""

# Card verification results of CVN 18, bytes 2 and 3 behind their length 03: which cryptograms were given, and what went wrong.
_CVR_FIRST_ARQC = 0xA0
_CVR_FIRST_AAC = 0x80
_CVR_SECOND_TC = 0x60
_CVR_SECOND_AAC = 0x20
_CVR_AUTHENTICATION_FAILED = 0x08
_CVR_AUTHENTICATION_NOT_PERFORMED = 0x04

_REQUESTED = 0xC0
"""Bits of P1 of GENERATE AC that name the cryptogram; the others ask for things that this application does not do."""


class ChipApplication:
    """One insertion of a chip.

    Args:
        memory: the card's memory.
    """

    __slots__ = ("_arqc", "_atc", "_handlers", "_issuer_answer", "_memory", "state")

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._atc = b""
        self._arqc = b""
        self._issuer_answer = IssuerAnswer.NONE
        self._handlers: Handlers = {
            Instruction.SELECT: self._select,
            Instruction.GET_PROCESSING_OPTIONS: self._initiate,
            Instruction.READ_RECORD: self._read_record,
            Instruction.GENERATE_AC: self._generate_ac,
            Instruction.EXTERNAL_AUTHENTICATE: self._authenticate,
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
        follower = self._follower(Signal.SELECT)
        brand = self._memory.profile.brand
        check_selection(command, brand.aid)
        self.state = follower
        return _control_information(brand)

    def _initiate(self, command: Command) -> bytes:
        follower = self._follower(Signal.INITIATE)
        check_parameters(command)
        template_values(CONTACT_PDOL, command.data)
        if self._memory.used_up:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        self._atc = self._memory.advance_atc()
        self._arqc = b""
        self._issuer_answer = IssuerAnswer.NONE
        self.state = follower
        return encode([("77", encode([("82", self._memory.elements["82"]), ("94", FILE_LOCATOR)]))])

    def _read_record(self, command: Command) -> bytes:
        follower = self._follower(Signal.READ)
        if command.p2 & 0x07 != 0x04:
            raise Refusal(Status.WRONG_PARAMETERS)
        sfi = command.p2 >> 3
        if not any(record.sfi == sfi for record in RECORDS):
            raise Refusal(Status.FILE_NOT_FOUND)
        record = self._memory.files.get((sfi, command.p1))
        if record is None:
            raise Refusal(Status.RECORD_NOT_FOUND)
        self.state = follower
        return record

    def _generate_ac(self, command: Command) -> bytes:
        if command.p2 or command.p1 & ~_REQUESTED or command.p1 == _REQUESTED:
            raise Refusal(Status.WRONG_PARAMETERS)
        requested = CryptogramKind(command.p1)
        if self.state is State.INITIATED:
            cryptogram = self._first_cryptogram(requested, command.data)
        else:
            cryptogram = self._second_cryptogram(requested, command.data)
        return encode([("77", encode(list(cryptogram.elements.items())))])

    def _first_cryptogram(self, requested: CryptogramKind, data: bytes) -> Cryptogram:
        """An AAC when the terminal declines; else an ARQC, for this card never approves on its own (EMV Book 3 9.3)."""
        declined = requested is CryptogramKind.AAC
        follower = self._follower(Signal.DECLINE if declined else Signal.GO_ONLINE)
        values = list_values(CDOL1, data)
        kind, results = (CryptogramKind.AAC, _CVR_FIRST_AAC) if declined else (CryptogramKind.ARQC, _CVR_FIRST_ARQC)
        cryptogram = self._cryptogram(kind, bytes((results, 0, 0)), values)
        self._arqc = cryptogram.value
        self.state = follower
        return cryptogram

    def _second_cryptogram(self, requested: CryptogramKind, data: bytes) -> Cryptogram:
        """A TC when the terminal asks for one and no issuer's answer speaks against it; else an AAC."""
        follower = self._follower(Signal.FINISH)
        if requested is CryptogramKind.ARQC:
            raise Refusal(Status.WRONG_PARAMETERS)
        values = list_values(CDOL2, data)
        answer = self._issuer_answer
        approved = requested is CryptogramKind.TC and answer in (IssuerAnswer.APPROVES, IssuerAnswer.NONE)
        results = _CVR_SECOND_TC if approved else _CVR_SECOND_AAC
        results |= _CVR_AUTHENTICATION_FAILED if answer is IssuerAnswer.FALSE else 0
        more = _CVR_AUTHENTICATION_NOT_PERFORMED if answer is IssuerAnswer.NONE else 0
        kind = CryptogramKind.TC if approved else CryptogramKind.AAC
        cryptogram = self._cryptogram(kind, bytes((results, more, 0)), values)
        self.state = follower
        return cryptogram

    def _authenticate(self, command: Command) -> bytes:
        follower = self._follower(Signal.AUTHENTICATE)
        check_parameters(command)
        if len(command.data) not in ISSUER_AUTHENTICATION_BYTES:
            raise Refusal(Status.WRONG_LENGTH)
        self.state = follower
        if not issuer_authenticates(self._memory, atc=self._atc, arqc=self._arqc, data=command.data):
            self._issuer_answer = IssuerAnswer.FALSE
            raise Refusal(Status.AUTHENTICATION_FAILED)
        self._issuer_answer = IssuerAnswer.APPROVES if issuer_approves(command.data) else IssuerAnswer.REFUSES
        return b""

    def _cryptogram(self, kind: CryptogramKind, results: bytes, values: dict[str, bytes]) -> Cryptogram:
        return generate_cryptogram(
            self._memory,
            kind,
            atc=self._atc,
            aip=self._memory.elements["82"],
            cvr=bytes((len(results),)) + results,
            terminal=values,
        )


@lru_cache(maxsize=BRANDS_KEPT)
def _control_information(brand: Brand) -> bytes:
    """What SELECT answers."""
    proprietary = encode([("50", brand.label.encode("ascii")), ("5F2D", b"en"), ("9F38", encode_dol(CONTACT_PDOL))])
    return encode([("6F", encode([("84", brand.aid), ("A5", proprietary)]))])
