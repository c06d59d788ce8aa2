"""A message that has come in: decoded, its MAC verified, its session checked. What a flow is handed."""

import msgspec

from switch.core.link import Connection
from switch.domain.reasons import Reason
from switch.wire import Message
from switch.wire.mti import without_repeat


class Incoming(msgspec.Struct, frozen=True):
    """One message and the connection that it came on; `head` is the header of its frame, which the answer is a reply to."""

    message: Message
    connection: Connection
    head: bytes = b""

    @property
    def mti(self) -> str:
        """The MTI with its repeat digit normalised."""
        return without_repeat(self.message.mti)

    @property
    def place(self) -> str:
        """Which message this is, for notices: MTI, STAN and terminal, no card data."""
        terminal = self.message.get(41, "").strip()
        return f"{self.message.mti} STAN {self.message.get(11, '?')}" + (f" of {terminal}" if terminal else "")


def transaction_key(link: str, mti: str, terminal_id: str, stan: str, transmitted: str) -> str:
    """What a transaction is known by: STANs are unique per terminal and day only, so party, terminal and DE 7 belong to it.

    The repeat digit does not: a DE 90 may name the MTI as it was sent first or as it was sent last.
    """
    return f"{link}/{without_repeat(mti)}/{terminal_id}/{stan}/{transmitted}"


class Refusal(msgspec.Struct, frozen=True):
    """A "no" of the switch itself, before any issuer was asked."""

    reason: Reason
    detail: str = ""
