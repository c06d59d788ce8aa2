"""What a terminal puts out: records into its journal, messages to its host, notices to people, in the order of events.

Here a record is sealed, applied and appended, which is the only way the books change. Nothing is decided here.
"""

from collections.abc import Iterable, Mapping

from switch.machine import Append, Command, Dial, Hangup, Moment, Notice, Notify, Sealed, Send, Severity
from terminal_sim.terminal.books import Books
from terminal_sim.terminal.explain import card_step, message_step
from terminal_sim.terminal.host_line import HostLine
from terminal_sim.terminal.pin_pad import PinPad
from terminal_sim.terminal.preparation import Prepared
from terminal_sim.terminal.records import JOURNAL, Record


class Scribe:
    """Collects the commands of one event.

    Args:
        books: the memory that records change.
        line: how messages are spelled, and on which connection.
        link: the party that is spoken to.
        journal: what the journal holds: checked, applied, and written on behind.
        explain: whether every step is told in a notice.

    Raises:
        ChainError: the journal is not what was written.
    """

    def __init__(self, books: Books, line: HostLine, link: str, *, journal: Iterable[Sealed], explain: bool) -> None:
        self.now = Moment(0, 0)
        self._books = books
        self._line = line
        self._link = link
        self._explain = explain
        self._commands: list[Command] = []
        books.fold(journal)

    def take(self) -> list[Command]:
        """The commands since this was asked last."""
        commands, self._commands = self._commands, []
        return commands

    def record(self, record: Record) -> None:
        """Seal, apply, append."""
        books = self._books
        sealed = JOURNAL.seal(record, seq=books.seq + 1, at=self.now.wall_ms, previous=books.digest)
        books.apply(record)
        books.seq, books.digest = sealed.seq, sealed.digest
        self._commands.append(Append(sealed))

    def dial(self) -> None:
        """Ask for a connection to the host."""
        self._commands.append(Dial(self._link))

    def hang_up(self, conn: int, why: str) -> None:
        """End a connection."""
        self._commands.append(Hangup(conn, why))

    def send(self, fields: Mapping[str, str], *, corrupt_mac: bool = False, reply_to: bytes = b"") -> None:
        """Put a message on the line; see `HostLine.frame`."""
        raw = self._line.spell(fields, self.now.wall_ms, corrupt_mac=corrupt_mac)
        self.explain_message("to the host", raw)
        self._commands.append(Send(self._line.conn, self._line.frame(raw, reply_to)))

    def notice(self, kind: str, severity: Severity, text: str, facts: tuple[tuple[str, str], ...] = ()) -> None:
        """Tell people."""
        self._commands.append(Notify(Notice(kind, severity, text, link=self._link, conn=self._line.conn, facts=facts)))

    def tell_audit(self, pin_pad: PinPad) -> None:
        """Tell what the PIN pad refused or found wrong."""
        for event in pin_pad.take_audit():
            text = f"the PIN pad's {event.operation.value} ended as {event.result.value}: {event.why}"
            self.notice("terminal.keys", Severity.WARNING, text, (("keys", " ".join(event.keys)),))

    def explain_card(self, prepared: Prepared) -> None:
        """Tell what was said to the card since this was told last."""
        if self._explain and prepared.reading is not None and prepared.reading.reader is not None:
            for turn in prepared.reading.reader.take_turns():
                self._commands.append(Notify(card_step(turn, self._link)))

    def explain_message(self, title: str, raw: bytes) -> None:
        """Tell what a message says, byte by byte."""
        if self._explain:
            self._commands.append(Notify(message_step(title, self._line.dialect, raw, self._link, self._line.conn)))
