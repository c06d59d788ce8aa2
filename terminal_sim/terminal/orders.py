"""What the person at a terminal may ask of it, and why the terminal may say no before it asks the host."""

from enum import Enum

from keys.sensitive import Secret
from switch.domain.money import Money
from switch.machine import Order
from terminal_sim.terminal.card_data import Entry
from terminal_sim.terminal.records import TransactionKey, TransactionKind


class TerminalOrder(Order, frozen=True, kw_only=True):
    """An order to a terminal.

    Args:
        reference: the orderer's own mark, told again in the notice that ends the order.
    """

    reference: str = ""


class Pay(TerminalOrder, frozen=True, kw_only=True, tag=True):
    """Take a payment.

    Args:
        card: the wallet's name of the card.
        entry: how it is presented.
        amount: what is to be paid.
        pin: what the cardholder types, or None for nothing.
        kind: PURCHASE books at once (0200), AUTHORISATION asks for a hold (0100).
        corrupt_mac: send a MAC with one bit turned around, to see what the host does.
    """

    card: str
    entry: Entry
    amount: Money
    pin: Secret | None = None
    kind: TransactionKind = TransactionKind.PURCHASE
    corrupt_mac: bool = False


class Complete(TerminalOrder, frozen=True, kw_only=True, tag=True):
    """Report that what was authorised by `original` has been delivered, for `amount` (0220)."""

    original: TransactionKey
    amount: Money


class Void(TerminalOrder, frozen=True, kw_only=True, tag=True):
    """Take the approved transaction `original` back (0400)."""

    original: TransactionKey


class TakeKeys(Order, frozen=True, kw_only=True, tag=True):
    """Work under other keys from now on, which the PIN pad has under these names. What is out ends under the ones before.

    It is carried out at once, and remembered for good. The orderer hears of it by `terminal.keys-changed`, or by
    `terminal.keys-refused`, and then nothing has changed.
    """

    mac_key: str
    pin_key: str


class RefusalReason(Enum):
    """Why an order was refused; nothing was sent for it."""

    UNREACHABLE = "unreachable"
    BUSY = "busy"
    STOPPING = "stopping"
    OWED = "owed"
    UNKNOWN_CARD = "unknown-card"
    CARD = "card"
    AMOUNT = "amount"
    PIN = "pin"
    ORIGINAL = "original"
    KEYS = "keys"


class OrderRefused(Exception):
    """The order cannot be carried out; the text says why and what to do, without card data."""

    def __init__(self, reason: RefusalReason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
