"""A card is inserted: the contact kernel reads it, and keeps it for the issuer's answer."""

from terminal_sim.card import Card
from terminal_sim.terminal.entry.reading import Reading
from terminal_sim.terminal.kernel.contact import ContactKernel
from terminal_sim.terminal.kernel.elements import Sale
from terminal_sim.terminal.kernel.reader import CardReader


def read(card: Card, sale: Sale) -> Reading:
    """Insert the card and bring the transaction to its ARQC."""
    reader = CardReader(card.insert().transmit)
    kernel = ContactKernel(reader, sale)
    return Reading(kernel.begin(), kernel, reader)
