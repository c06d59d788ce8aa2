"""The host commands, by group; COMMANDS is all of them.

A command is a row: its code, the fields of its request in the order of the wire, and a handler that calls the HSM.
"""

from typing import Final

from keys.host.call import Command
from keys.host.commands import cards, cryptograms, data, diagnostics, key_management, macs, pins

GROUPS: Final[dict[str, tuple[Command, ...]]] = {
    "Keys": key_management.COMMANDS,
    "PINs": pins.COMMANDS,
    "Card verification values": cards.COMMANDS,
    "MACs": macs.COMMANDS,
    "Data": data.COMMANDS,
    "Chip cards": cryptograms.COMMANDS,
    "Diagnostics": diagnostics.COMMANDS,
}

COMMANDS: Final[dict[str, Command]] = {row.code: row for group in GROUPS.values() for row in group}
