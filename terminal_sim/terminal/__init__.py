"""Terminals: machines that read cards, ask the host, print receipts and never forget what they owe.

- an *order* (`Pay`, `Complete`, `Void`) is what the person at the terminal wants; one is worked on at a time, others wait;
- an *attempt* is recorded before its request is sent; without a *receipt* its outcome is unknown, also after a restart;
- an *advice* is owed where the host must learn something for certain: 0420 undoes, 0220 reports a completion once more. Owed
  advices go before any new work, as repeats (0421, 0221), until the host has taken them, whatever it thinks of them;
- the *books* are the durable memory, a fold of the terminal's own journal; the *PIN pad* holds the keys.

Every order ends in exactly one notice: `terminal.receipt` or `terminal.refused`; nothing was sent for a refused one.
"""

from terminal_sim.terminal.card_data import Entry, Verification
from terminal_sim.terminal.orders import Complete, Pay, RefusalReason, TakeKeys, Void
from terminal_sim.terminal.pin_pad import PinPad, TerminalKeys
from terminal_sim.terminal.profile import TerminalProfile
from terminal_sim.terminal.profiles import DEFAULT, PROFILES
from terminal_sim.terminal.records import JOURNAL, Outcome, Receipt, Record, TransactionKey, TransactionKind
from terminal_sim.terminal.terminal import Terminal

__all__ = [
    "DEFAULT",
    "JOURNAL",
    "PROFILES",
    "Complete",
    "Entry",
    "Outcome",
    "Pay",
    "PinPad",
    "Receipt",
    "Record",
    "RefusalReason",
    "TakeKeys",
    "Terminal",
    "TerminalKeys",
    "TerminalProfile",
    "TransactionKey",
    "TransactionKind",
    "Verification",
    "Void",
]
