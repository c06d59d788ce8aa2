"""A message that has come in: decoded, its MAC verified, its session checked. What a flow is handed."""

import msgspec

from switch.core.link import Connection
from switch.core.plan import KeySet
from switch.domain.reasons import Reason
from switch.wire import Message
from switch.wire.edition import plain_mti, plain_stan
from switch.wire.mti import without_repeat
from switch.wire.translate import local_moment


class Incoming(msgspec.Struct, frozen=True):
    """One message and how it came: what its answer goes back by.

    Args:
        message: as it was read.
        connection: where it came from.
        keys: the key set that its MAC was right under, and its answer is signed under; of a link without MACs the present one.
        head: the header of its frame, which the answer is a reply to.
    """

    message: Message
    connection: Connection
    keys: KeySet
    head: bytes = b""

    @property
    def mti(self) -> str:
        """The MTI with its repeat digit normalised, and in plain: the version digit is the dialect's business."""
        return without_repeat(plain_mti(self.message.mti))

    @property
    def stan(self) -> str:
        """DE 11 in plain; empty without one."""
        return plain_stan(self.message.get(11, ""))

    @property
    def key(self) -> str:
        """What the transaction that it opens or repeats is known by, as far as it can be read."""
        message = self.message
        moment = local_moment(message.dialect, message) or message.get(7, "")
        return transaction_key(self.connection.plan.name, self.mti, message.get(41, "").rstrip(), self.stan, moment)

    @property
    def foreign(self) -> bool:
        """True for a message of another edition than its link speaks."""
        return self.message.mti[0] != self.message.dialect.edition.version

    @property
    def place(self) -> str:
        """Which message this is, for notices: MTI, STAN and terminal, no card data."""
        terminal = self.message.get(41, "").strip()
        return f"{self.message.mti} STAN {self.message.get(11, '?')}" + (f" of {terminal}" if terminal else "")


def transaction_key(link: str, mti: str, terminal_id: str, stan: str, moment: str) -> str:
    """What a transaction is known by: STANs are unique per terminal and day only, so party, terminal and moment belong to it.

    The moment is what the edition names originals by: DE 7 in 1987, DE 12 since. The repeat digit does not belong to the key: a
    DE 90 may name the MTI as it was sent first or as it was sent last.
    """
    return f"{link}/{without_repeat(mti)}/{terminal_id}/{stan}/{moment}"


class Refusal(msgspec.Struct, frozen=True):
    """A "no" of the switch itself, before any issuer was asked; `de` is the element that is wrong, 0 when it is none."""

    reason: Reason
    detail: str = ""
    de: int = 0
