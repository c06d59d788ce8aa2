"""A card is tapped: the contactless kernel reads it in one go."""

from terminal_sim.card import Card
from terminal_sim.terminal.entry.reading import Reading
from terminal_sim.terminal.kernel.contactless import tap
from terminal_sim.terminal.kernel.elements import Sale
from terminal_sim.terminal.kernel.reader import CardReader


def read(card: Card, sale: Sale) -> Reading:
    """Hold the card into the field."""
    reader = CardReader(card.tap().transmit)
    return Reading(tap(reader, sale), reader=reader)
