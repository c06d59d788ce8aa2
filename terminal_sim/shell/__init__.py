"""The shell around a terminal: its record file and its Trio client. Driver, links and journal writer are the switch's own.

    async with open_terminal(DEFAULT, wallet, address=("127.0.0.1", 8583), record_file=path, ...) as session:
        receipt = await session.carry_out(Pay(card="visa-chip", entry=Entry.CHIP, amount=amount, pin=pin))

A `Session` gives each order's receipt, after it is durable, or raises `OrderFailed`; nothing was sent then. What a terminal
owes it sends by itself, first of all what an earlier run left behind; `settled` waits for that.
"""

from terminal_sim.shell.client import OrderFailed, Session, open_terminal
from terminal_sim.shell.record_file import RecordFile, RecordFileError, read_records

__all__ = ["OrderFailed", "RecordFile", "RecordFileError", "Session", "open_terminal", "read_records"]
