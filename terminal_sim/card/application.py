"""What the applications of a card share: how they answer and refuse, are selected, and take data objects apart."""

from collections.abc import Callable, Mapping

from terminal_sim.card.apdu import INSTRUCTION_CLASSES, ApduError, Command, Status, decode_command, encode_response
from terminal_sim.card.dol import Dol, DolError, split_dol

Handlers = Mapping[int, Callable[[Command], bytes]]
"""What an application does for each instruction: response data, or a `Refusal`."""

_BY_NAME = 0x04
_FIRST, _NEXT = 0x00, 0x02
_COMMAND_TEMPLATE = 0x83
_AID_BYTES = range(5, 17)


class Refusal(Exception):
    """A command that an application does not carry out: it becomes a status word and changes nothing."""

    def __init__(self, status: Status) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


def answer(apdu: bytes, handlers: Handlers) -> bytes:
    """The response to one command: data and status word, whatever came."""
    try:
        command = decode_command(apdu)
        return encode_response(_find(command, handlers)(command), Status.OK)
    except ApduError:
        return encode_response(b"", Status.WRONG_LENGTH)
    except Refusal as refusal:
        return encode_response(b"", refusal.status)


def check_parameters(command: Command) -> None:
    """Refuse a command whose P1 and P2 are not both zero."""
    if command.p1 or command.p2:
        raise Refusal(Status.WRONG_PARAMETERS)


def check_selection(command: Command, name: bytes) -> None:
    """Refuse a SELECT that is not by name, or not of the file `name` (ISO/IEC 7816-4 7.1.1; EMV Book 1 11.3).

    The name may be cut short, as terminals do that know an issuer's applications by their first bytes only.
    """
    if command.p1 != _BY_NAME or command.p2 not in (_FIRST, _NEXT):
        raise Refusal(Status.WRONG_PARAMETERS)
    if len(command.data) not in _AID_BYTES:
        raise Refusal(Status.WRONG_LENGTH)
    if not name.startswith(command.data) or command.p2 == _NEXT:
        raise Refusal(Status.FILE_NOT_FOUND)


def template_values(dol: Dol, data: bytes) -> dict[str, bytes]:
    """The values that GET PROCESSING OPTIONS brings in its command template 83, by the list that asked for them."""
    if len(data) < 2 or data[0] != _COMMAND_TEMPLATE or data[1] != len(data) - 2:
        raise Refusal(Status.WRONG_LENGTH)
    return list_values(dol, data[2:])


def list_values(dol: Dol, data: bytes) -> dict[str, bytes]:
    """The values of a command, by the list that asked for them; another length is refused."""
    try:
        return split_dol(dol, data)
    except DolError:
        raise Refusal(Status.WRONG_LENGTH) from None


def _find(command: Command, handlers: Handlers) -> Callable[[Command], bytes]:
    if command.cla not in INSTRUCTION_CLASSES.values():
        raise Refusal(Status.UNKNOWN_CLASS)
    handler = handlers.get(command.ins)
    if handler is None:
        raise Refusal(Status.UNKNOWN_INSTRUCTION)
    if command.cla != INSTRUCTION_CLASSES[command.ins]:
        raise Refusal(Status.UNKNOWN_CLASS)
    return handler
