"""Is anybody there: an echo, and what this is."""

from typing import Annotated, Final

from keys.host.call import Call, Command
from keys.host.fields import Counted, Request
from keys.host.limits import ECHO_BYTES_MAX
from keys.host.rows import row

_FIRMWARE: Final = b"POIN-0001"
_CHECK_VALUE_DIGITS: Final = 16


class Echo(Request, frozen=True, kw_only=True):
    data: Annotated[bytes, Counted(4, ECHO_BYTES_MAX), "What shall come back."]


class Diagnose(Request, frozen=True, kw_only=True):
    pass


def echo(request: Echo, call: Call) -> bytes:
    """What came."""
    return request.data


def diagnose(request: Diagnose, call: Call) -> bytes:
    """Check value of the LMK, and what answers."""
    return call.check_value.ljust(_CHECK_VALUE_DIGITS, "0").encode("ascii") + _FIRMWARE


COMMANDS: Final[tuple[Command, ...]] = (
    row("B2", "Echo data.", Echo, echo, answer="n B: the data."),
    row(
        "NC",
        "Tell that the HSM works, and under which LMK.",
        Diagnose,
        diagnose,
        answer="16 H: check value of the LMK, its six digits and ten zeroes; 9 A: what answers.",
    ),
)
