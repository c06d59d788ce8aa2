"""The ways into a terminal: one file each, one line each in `ENTRIES`. What comes out is always a `Reading`."""

from collections.abc import Callable

from terminal_sim.card import Card
from terminal_sim.terminal.card_data import Entry
from terminal_sim.terminal.entry import chip, magstripe, nfc
from terminal_sim.terminal.entry.reading import Reading
from terminal_sim.terminal.kernel.elements import Sale

ENTRIES: dict[Entry, Callable[[Card, Sale], Reading]] = {
    Entry.MAGSTRIPE: magstripe.read,
    Entry.CHIP: chip.read,
    Entry.NFC: nfc.read,
}
"""How each entry reads a card. All of them raise `CardRefused` or `NoSuchInterface` when they cannot."""

__all__ = ["ENTRIES", "Reading"]
