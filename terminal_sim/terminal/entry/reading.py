"""What comes out of reading a card: its data, what to do with the issuer's answer, and what was said."""

import msgspec

from terminal_sim.terminal.card_data import CardData
from terminal_sim.terminal.kernel.contact import ContactKernel
from terminal_sim.terminal.kernel.reader import CardReader


class Reading(msgspec.Struct, frozen=True):
    """A card that was read.

    Args:
        data: what the request needs.
        kernel: the inserted chip that waits for the issuer's answer; None after a swipe or a tap.
        reader: the dialogue with the card; None after a swipe.
    """

    data: CardData
    kernel: ContactKernel | None = None
    reader: CardReader | None = None
