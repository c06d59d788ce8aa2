"""The switch as a machine: events in, commands out. Frames, decoding, session and MAC here; meaning in `flows`."""

from keys.errors import KeysError
from keys.hsm import SoftHsm
from switch.core import clockwork
from switch.core.authentic import authenticate
from switch.core.exchange import TransactionState
from switch.core.flows import FLOWS, NETWORK_CLASS
from switch.core.flows.network import admit
from switch.core.flows.rejection import take_rejection
from switch.core.gauges import Gauge, read_gauges
from switch.core.incoming import Incoming, Refusal
from switch.core.link import Connection, Signal
from switch.core.orders import carry_out
from switch.core.plan import SwitchPlan
from switch.core.respond import refuse
from switch.core.saf import forget_attempts, pump
from switch.core.state import State
from switch.core.traffic import Due, Traffic
from switch.core.turn import Parts, Turn
from switch.core.undo import undo
from switch.domain.reasons import WORDS, Reason
from switch.issuer import Handler
from switch.limits import HALF_FRAME_MS
from switch.machine import Closed, Command, Event, Moment, Opened, Operate, Received, Severity, Tick, Unreachable
from switch.wire import DecodeError, Frame, FrameError, Message
from switch.wire.mti import is_request, is_response
from switch.wire.redact import clean


class Switch:
    """An ISO 8583 switch.

    Args:
        plan: parties, routes, accounts.
        state: fresh, or as `restore` folded it.
        hsm: where every key is.
        handler: the embedded issuer.
        traffic: fresh; made by the caller only because the HSM's audit events end in it.
    """

    def __init__(self, plan: SwitchPlan, *, state: State, hsm: SoftHsm, handler: Handler, traffic: Traffic) -> None:
        self._parts = Parts(plan, state, traffic, hsm, handler)
        traffic.deadlines.set((Due.DIAL, ""), 0)

    @property
    def state(self) -> State:
        """The durable state, to be read only."""
        return self._parts.state

    @property
    def gauges(self) -> tuple[Gauge, ...]:
        """How full its tables are."""
        return tuple(read_gauges(self._parts.state, self._parts.traffic))

    @property
    def keys_accepted(self) -> tuple[str, ...]:
        """Names of the keys that its links speak under, or still or already accept."""
        sets = [keys for link in self._parts.traffic.links.values() for keys in link.keys.accepted]
        return tuple(name for keys in sets for name in (keys.mac_key, keys.pin_key) if name)

    def next_deadline(self) -> int | None:
        """See `Machine`."""
        return self._parts.traffic.deadlines.earliest()

    def handle(self, event: Event, now: Moment) -> list[Command]:
        """See `Machine`."""
        turn = Turn(self._parts, now)
        clockwork.begin(turn)
        match event:
            case Received(conn=conn, data=data):
                _receive(turn, conn, data)
            case Opened(conn=conn, link=link):
                _open(turn, conn, link)
            case Closed(conn=conn, why=why, unsent=unsent):
                _close(turn, conn, why, unsent)
            case Tick():
                clockwork.expire(turn)
            case Unreachable(link=link, why=why):
                clockwork.dial_later(turn, turn.traffic.links[link], why)
            case Operate(order=order):
                carry_out(turn, order)
        clockwork.finish_draining(turn)
        turn.seal_audit()
        return turn.commands


def _open(turn: Turn, conn: int, name: str) -> None:
    link = turn.traffic.links[name]
    connection = Connection(conn, link)
    turn.traffic.connections[conn] = link.connections[conn] = connection
    turn.notice("link.opened", Severity.INFO, f"connection {conn} of {name} is up", connection)
    admit(turn, connection)


def _close(turn: Turn, conn: int, why: str, unsent: int) -> None:
    """A connection is gone. Approvals of which no copy can have left are reversed; a host that we dialled is dialled again."""
    connection = turn.traffic.connections.pop(conn, None)
    if connection is None:
        return
    link = connection.link
    del link.connections[conn]
    connection.move(Signal.LOST)
    for due in (Due.HALF_FRAME, Due.ECHO, Due.NETWORK_ANSWER):
        turn.traffic.deadlines.drop((due, conn))
    turn.notice("link.closed", Severity.INFO, f"connection {conn} of {link.plan.name}: {why}", connection)
    for key in list(connection.sends)[-unsent:] if unsent else []:
        transaction = turn.state.transactions.get(key)
        if transaction is None or not turn.traffic.lost(key):
            continue
        if transaction.state is TransactionState.ANSWERED and transaction.approved:
            _undo_undelivered(turn, key)
    if link.dialled:
        forget_attempts(turn, link)
        pump(turn, link)
        if not link.connections:
            clockwork.dial_later(turn, link, why)


def _undo_undelivered(turn: Turn, key: str) -> None:
    """Reverse an approval whose answer is known not to have left; an advice has happened, delivered or not."""
    opening = turn.state.transactions[key].opening
    if opening is not None and opening.mti[2] == "0":
        undo(turn, key, "undelivered")


def _receive(turn: Turn, conn: int, data: bytes) -> None:
    connection = turn.traffic.connections.get(conn)
    if connection is None or connection.leaving:
        return
    clockwork.heard(turn, connection)
    broken: FrameError | None = None
    try:
        frames = connection.frames.feed(data)
    except FrameError as error:
        broken, frames = error, list(error.frames)
    for frame in frames:
        _take(turn, connection, frame)
    turn.echo(connection, connection.frames.polls)
    if broken is not None:
        text = f"{connection.plan.name}: {clean(str(broken))}; the stream cannot be read any further"
        turn.notice("frame.error", Severity.WARNING, text, connection, facts=(("rule", broken.rule),))
        turn.hangup(connection, broken.why)
        turn.traffic.deadlines.drop((Due.HALF_FRAME, conn))
    elif not connection.frames.pending:
        turn.traffic.deadlines.drop((Due.HALF_FRAME, conn))
    elif frames or not turn.traffic.deadlines.has((Due.HALF_FRAME, conn)):
        turn.traffic.deadlines.set((Due.HALF_FRAME, conn), turn.now.mono_ms + HALF_FRAME_MS)


def _take(turn: Turn, connection: Connection, frame: Frame) -> None:
    """One frame: decode it, check its MAC and its session, and hand it to its flow. What we get back of our own is none."""
    code = connection.plan.framing.rejection(frame.head)
    if code:
        take_rejection(turn, connection, frame, code)
        return
    try:
        incoming = Incoming(connection.plan.dialect.decode(frame), connection, connection.keys, frame.head)
        _judge(turn, incoming)
    except DecodeError as error:
        _refuse_unreadable(turn, connection, frame.head, error)


def _judge(turn: Turn, incoming: Incoming) -> None:
    """Hand a message that may act to its flow. Keys that fail are our own trouble; no flow has changed anything by then."""
    try:
        incoming, doubt = authenticate(turn, incoming)
        if doubt:
            _object(turn, incoming, Refusal(Reason.SECURITY_VIOLATION, doubt))
        elif _admissible(turn, incoming):
            FLOWS[incoming.connection.plan.role, incoming.mti[:3]](turn, incoming)
    except KeysError as error:
        _miss_key(turn, incoming, error)


def _admissible(turn: Turn, incoming: Incoming) -> bool:
    """May this message, whose MAC is right, act now?"""
    connection, message = incoming.connection, incoming.message
    if incoming.foreign or (connection.plan.role, incoming.mti[:3]) not in FLOWS:
        detail = f"MTI {message.mti} has no meaning from an {connection.plan.role.value}"
        _object(turn, incoming, Refusal(Reason.INVALID_TRANSACTION, detail))
        return False
    if not connection.online and incoming.mti[:2] != NETWORK_CLASS:
        _object(turn, incoming, Refusal(Reason.INVALID_TRANSACTION, "no traffic before a sign-on (0800, DE 70 = 001)"))
        return False
    return is_response(message.mti) or _like_its_picture(turn, incoming)


def _like_its_picture(turn: Turn, incoming: Incoming) -> bool:
    """Has a request all that it must have, a STAN whatever its dialect asks for, and nothing that it must not have?"""
    message = incoming.message
    missing = message.missing() or (() if 11 in message else (11,))
    for des, words in ((missing, "must be there"), (message.forbidden(), "must not be there")):
        if des:
            detail = f"{', '.join(f'DE {de}' for de in des)} {words}"
            _object(turn, incoming, Refusal(Reason.FORMAT_ERROR, detail, des[0]))
            return False
    return True


def _miss_key(turn: Turn, incoming: Incoming, error: KeysError) -> None:
    turn.notice("keys.failed", Severity.ERROR, f"{incoming.place}: {error}", incoming.connection)
    _object(turn, incoming, Refusal(Reason.SYSTEM_MALFUNCTION))


def _object(turn: Turn, incoming: Incoming, refusal: Refusal) -> None:
    """Refuse a message as such: a request hears why, a response is dropped and noted.

    A copy of a request that is open or approved hears nothing: its sender would take a "no" for the answer to the request.
    """
    if is_response(incoming.message.mti):
        text = f"{incoming.place} dropped: {refusal.detail}"
        turn.notice("answer.dropped", Severity.WARNING, text, incoming.connection)
    elif _contradicts(turn, incoming):
        text = f"{incoming.place} is a copy, and hears nothing: {refusal.detail or WORDS[refusal.reason]}"
        turn.notice("copy.unanswered", Severity.WARNING, text, incoming.connection, exchange=incoming.key)
    else:
        refuse(turn, incoming, refusal)


def _contradicts(turn: Turn, incoming: Incoming) -> bool:
    """Could a "no" to this message be taken for the answer to a request that was approved, or may still be?"""
    seen = turn.state.transactions.get(incoming.key) if is_request(incoming.mti) else None
    if seen is None:
        return False
    return seen.state is TransactionState.FORWARDED or (seen.state is TransactionState.ANSWERED and seen.approved)


def _refuse_unreadable(turn: Turn, connection: Connection, head: bytes, error: DecodeError) -> None:
    """A message that cannot be read. Where its key fields can, the peer hears so (DE 39 = 30 or 904); the link lives."""
    text = f"{connection.plan.name}: {clean(str(error))}"
    turn.notice("message.unreadable", Severity.WARNING, text, connection, facts=(("rule", error.rule),))
    partial: Message | None = error.partial
    if partial is not None and 11 in partial and not is_response(partial.mti):
        de = error.de if isinstance(error.de, int) else 0
        _object(turn, Incoming(partial, connection, connection.keys, head), Refusal(Reason.FORMAT_ERROR, error.rule, de))
