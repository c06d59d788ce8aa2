"""A turn: one call of `handle`. What flows read is here, and everything they do to the world goes through here, in order."""

from keys.errors import KeysError
from keys.hsm import SoftHsm
from switch.core.apply import apply
from switch.core.incoming import Incoming
from switch.core.link import Connection
from switch.core.plan import SwitchPlan
from switch.core.state import State
from switch.core.traffic import Traffic
from switch.issuer import Handler
from switch.ledger.chain import JOURNAL
from switch.ledger.records import Record
from switch.machine import Append, Command, Dial, Hangup, Moment, Notice, Notify, Send, Severity
from switch.wire import EncodeError, Message
from switch.wire.codes import Codes
from switch.wire.editions.iso1987 import ISO_1987


class Parts:
    """What a switch is made of; see `switch.core` for the three kinds of knowledge."""

    def __init__(self, plan: SwitchPlan, state: State, traffic: Traffic, hsm: SoftHsm, handler: Handler) -> None:
        self.plan = plan
        self.state = state
        self.traffic = traffic
        self.hsm = hsm
        self.handler = handler


class Turn:
    """The parts, the moment, and the commands so far."""

    def __init__(self, parts: Parts, now: Moment) -> None:
        self.plan = parts.plan
        self.state = parts.state
        self.traffic = parts.traffic
        self.hsm = parts.hsm
        self.handler = parts.handler
        self.now = now
        self.commands: list[Command] = []

    def record(self, record: Record) -> None:
        """Make it so: seal the record behind the last one, apply it, and have it appended to the journal."""
        state = self.state
        sealed = JOURNAL.seal(record, seq=state.seq + 1, at=self.now.wall_ms, previous=state.digest)
        apply(state, record)
        if state.forgotten:
            self.traffic.forget(state.forgotten)
        state.seq, state.digest = sealed.seq, sealed.digest
        self.commands.append(Append(sealed))

    def send(
        self, connection: Connection, message: Message, transaction: str = "", *, reply_to: Incoming | None = None
    ) -> bool:
        """Sign and frame a message and put it on a connection; False when that cannot be done, and nothing leaves.

        Args:
            transaction: names the one whose answer it is.
            reply_to: what it answers, whose keys it is signed under. Without it the link's present ones.
        """
        try:
            framed = self.frame(connection, message, reply_to=reply_to)
        except KeysError as error:
            text = f"nothing was sent on {connection.plan.name}: a message could not be signed ({error})"
            self.notice("mac.unsigned", Severity.ERROR, text, connection)
            return False
        except EncodeError as error:
            text = f"nothing was sent on {connection.plan.name}: a message does not fit it ({error})"
            self.notice("frame.unfit", Severity.ERROR, text, connection)
            return False
        self.put(connection, framed, transaction)
        return True

    def frame(self, connection: Connection, message: Message, *, reply_to: Incoming | None = None) -> bytes:
        """A message as it can be put on a connection, signed and framed; for what must not be begun where that fails.

        Raises:
            KeysError: when it cannot be signed.
            EncodeError: when it has no room for its MAC, or does not fit the framing.
        """
        mac_key = (reply_to.keys if reply_to is not None else connection.link.keys.present).mac_key
        if mac_key:
            message = message.with_mac(lambda data: self.hsm.generate_mac(mac_key, data))
        return connection.plan.framing.frame(message.raw, reply_to.head if reply_to is not None else b"")

    def put(self, connection: Connection, framed: bytes, transaction: str = "") -> None:
        """Put what `frame` has made on a connection."""
        self.seal_audit()
        connection.sends.append(transaction)
        self.commands.append(Send(connection.conn, framed))

    def echo(self, connection: Connection, polls: int) -> None:
        """Send the polls of a peer back, where its framing asks for that; as many bytes as came, and nothing to journal."""
        data = connection.plan.framing.echo(polls)
        if data:
            connection.sends.append("")
            self.commands.append(Send(connection.conn, data))

    def codes(self, link: str) -> Codes:
        """The response codes of a party's dialect; those of 1987 for one that the configuration does not have any more."""
        party = self.traffic.links.get(link)
        return party.plan.dialect.codes if party is not None else ISO_1987.codes

    def dial(self, link: str) -> None:
        """Have a party connected to."""
        self.commands.append(Dial(link))

    def hangup(self, connection: Connection, why: str) -> None:
        """Have a connection closed after what was sent on it has left; nothing that still comes in on it is read."""
        connection.leaving = True
        self.commands.append(Hangup(connection.conn, why))

    def notice(
        self,
        kind: str,
        severity: Severity,
        text: str,
        connection: Connection | None = None,
        *,
        exchange: str = "",
        facts: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Tell whoever watches."""
        link, conn = (connection.plan.name, connection.conn) if connection else ("", 0)
        self.commands.append(Notify(Notice(kind, severity, text, link, conn, exchange, facts)))

    def seal_audit(self) -> None:
        """Put what the HSM had to say into the journal, before anything that depends on it is heard outside.

        Not while its disk is nearly full: whoever has no key could use up what is left, with one wrong MAC after the other.
        """
        while self.traffic.audit:
            event = self.traffic.audit.popleft()
            if self.traffic.journal_low:
                text = f"{event.operation} {event.result} ({event.reason}) under {', '.join(event.keys)}; not in the journal"
                self.notice("keys.unwritten", Severity.WARNING, text)
            else:
                self.record(event)
