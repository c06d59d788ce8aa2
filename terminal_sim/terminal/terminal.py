"""A terminal as a machine: one transaction at a time, journal before speech, and nothing owed is ever forgotten.

The session with the host and what comes next are here; what a request says is made in `preparation`, how it ends in `endings`,
what is remembered in `books`; which bytes from the host count is judged in `host_line`.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from keys.errors import KeysError
from switch.domain.reasons import Reason
from switch.limits import ADVICE_UNREAD_MAX, NETWORK_ANSWER_MS
from switch.machine import (
    Closed,
    Command,
    Deadlines,
    Drain,
    Entropy,
    Event,
    Moment,
    Opened,
    Operate,
    Order,
    Received,
    Sealed,
    Severity,
    Tick,
    Unreachable,
)
from switch.wire import DIALECTS, FRAMINGS, Dialect
from switch.wire.mti import repeat_of, response_mti
from terminal_sim.card import Card
from terminal_sim.terminal.books import Books, Owed
from terminal_sim.terminal.endings import Endings
from terminal_sim.terminal.host_codec import Answer
from terminal_sim.terminal.host_line import Complaint, HostLine
from terminal_sim.terminal.order_queue import OrderQueue
from terminal_sim.terminal.orders import Complete, OrderRefused, Pay, RefusalReason, TakeKeys, TerminalOrder, Void
from terminal_sim.terminal.pin_pad import PinPad, TerminalKeys
from terminal_sim.terminal.preparation import Counter, Prepared, advice_fields, prepare
from terminal_sim.terminal.profile import TerminalProfile
from terminal_sim.terminal.records import AdviceSent, Cause, KeysChanged, LateAnswer, Receipt, StanAdvanced, TransactionKey
from terminal_sim.terminal.request_builder import NETWORK_REQUEST, echo_answer_fields, sign_on_fields
from terminal_sim.terminal.scribe import Scribe
from terminal_sim.terminal.states import Signal, State, follow
from terminal_sim.terminal.timestamps import transmitted

ECHOED: dict[State, tuple[str, ...]] = {
    State.WAITING: ("4", "11", "41"),
    State.ADVISING: ("11", "41"),
    State.SIGNING_ON: ("11", "70"),
}
"""DEs by which an answer is known to be the one that is waited for, besides its MTI."""

_ANSWER = "answer"
_REST = "rest"
"""Deadlines: of what is out, and of the pause between attempts. Those of waiting orders are called by their numbers."""

_JITTER_PERMILLE = 250
"""A pause is shortened by up to a quarter, so that a fleet of terminals does not come back at the same moment."""


class Out(msgspec.Struct, frozen=True):
    """What was sent and is not answered.

    Args:
        fields: the message.
        prepared, reference: of a transaction: its request, and its orderer's mark.
        owed: of an advice.
    """

    fields: dict[str, str]
    prepared: Prepared | None = None
    reference: str = ""
    owed: Owed | None = None


class Terminal:
    """One terminal.

    Args:
        profile: what it is.
        wallet: the cards that can be presented to it, by name.
        pin_pad: its keys.
        entropy: for unpredictable numbers and for spreading retries.
        books: what its journal has come to so far, where that is kept; they are the terminal's from now on.
        journal: what its journal holds behind that, checked and folded at once.
        stan: the one spent last before its journal begins, where `books` do not say so.
        explain: whether every step is told in a notice.
        dialect: spoken in place of the shipped one that the profile names: one from a file.

    Raises:
        ChainError: the journal is not what was written.
        KeyNotFound, KeyUsageError: the PIN pad cannot work under the keys that it was ordered to take.
    """

    def __init__(
        self,
        profile: TerminalProfile,
        wallet: Mapping[str, Card],
        pin_pad: PinPad,
        entropy: Entropy,
        *,
        books: Books | None = None,
        journal: Iterable[Sealed] = (),
        stan: int = 0,
        explain: bool = False,
        dialect: Dialect | None = None,
    ) -> None:
        self.profile = profile
        self.books = books or Books(stan)
        self._line = HostLine(dialect or DIALECTS[profile.dialect], FRAMINGS[profile.framing], pin_pad)
        self._counter = Counter(profile, self._line.dialect, dict(wallet), pin_pad, self.books, entropy)
        self._scribe = Scribe(self.books, self._line, profile.link, journal=journal, explain=explain)
        self._endings = Endings(profile, self._line.dialect, self.books, self._scribe)
        if self.books.keys is not None:
            pin_pad.change(_renamed(pin_pad.keys, self.books.keys))
            pin_pad.end_former()
        for name, card in wallet.items():
            card.remember_atc(self.books.counters.get(name, 0))
        self._begun = False
        self._draining = False
        self._state = State.OFFLINE
        self._out: Out | None = None
        self._fruitless = 0
        self._resting = False
        self._deadlines: Deadlines[str] = Deadlines()
        self._orders = OrderQueue(self._scribe, self._deadlines, profile.order_patience_ms)

    @property
    def receipts(self) -> Sequence[Receipt]:
        """The receipts of all transactions that are remembered, in order, those of earlier runs included."""
        return self.books.receipts

    @property
    def owed(self) -> tuple[Owed, ...]:
        """The advices that the host has not acknowledged, oldest first."""
        return tuple(self.books.owed.values())

    @property
    def undone(self) -> Mapping[TransactionKey, bool]:
        """Transactions that were reversed or voided: True once the host has acknowledged it, False while it is owed."""
        return self.books.undone

    @property
    def net(self) -> Mapping[tuple[str, str], int]:
        """What each transaction has cost its cardholder by these receipts, in minor units, by DE 41 and DE 37."""
        return self.books.net

    @property
    def idle(self) -> bool:
        """True when nothing is under way, nothing waits and nothing is owed."""
        return self._out is None and not self._orders and not self.books.owed and not self.books.unsettled

    @property
    def state(self) -> State:
        """Where the session with the host stands."""
        return self._state

    def next_deadline(self) -> int | None:
        """See `Machine.next_deadline`. What an earlier run left behind is begun at once."""
        if not self._begun and (self.books.owed or self.books.unsettled):
            return 0
        return self._deadlines.earliest()

    def handle(self, event: Event, now: Moment) -> list[Command]:
        """See `Machine.handle`."""
        self._scribe.now = now
        if not self._begun:
            self._begun = True
            for attempt in tuple(self.books.unsettled.values()):
                self._endings.recover(attempt)
        match event:
            case Operate(order=order):
                self._take_order(order)
            case Opened(conn=conn):
                self._take_connection(conn)
            case Received(conn=conn, data=data) if conn == self._line.conn:
                self._take_bytes(data)
            case Closed(conn=conn, why=why) if conn == self._line.conn:
                text = f"the connection to {self.profile.link} is gone: {why}"
                self._scribe.notice("terminal.disconnected", Severity.INFO, text)
                self._lose()
            case Unreachable(why=why) if self._state is State.CONNECTING:
                self._move(Signal.UNREACHABLE)
                self._fail_to_connect(f"{self.profile.link} cannot be reached: {why}")
            case Tick():
                self._expire()
            case _:
                pass
        while self._work():
            pass
        if self._out is None:
            self._counter.pin_pad.end_former()
        self._scribe.tell_audit(self._counter.pin_pad)
        return self._scribe.take()

    # Orders.

    def _take_order(self, order: Order) -> None:
        if isinstance(order, Drain):
            self._draining = True
            self._orders.refuse_all(RefusalReason.STOPPING, "the terminal is stopping")
        elif isinstance(order, TakeKeys):
            self._take_keys(KeysChanged(order.mac_key, order.pin_key))
        elif isinstance(order, TerminalOrder):
            if self._draining:
                self._orders.refuse(order, RefusalReason.STOPPING, "the terminal is stopping")
            else:
                self._orders.add(order)

    def _take_keys(self, wanted: KeysChanged) -> None:
        """Change to other keys at once. Whoever was asked under the ones before answers under them, which is still right."""
        pin_pad = self._counter.pin_pad
        keys = _renamed(pin_pad.keys, wanted)
        if keys == pin_pad.keys:
            return
        try:
            pin_pad.change(keys)
        except KeysError as error:
            self._scribe.notice("terminal.keys-refused", Severity.ERROR, f"the keys stay as they are: {error}")
            return
        self._scribe.record(wanted)
        text = f"MAC key {wanted.mac_key} and PIN key {wanted.pin_key} from now on"
        self._scribe.notice("terminal.keys-changed", Severity.INFO, text)

    # What to do next.

    def _work(self) -> bool:
        """Do the next thing that can be done now; False when there is none."""
        owed = self.books.next_owed()
        match self._state:
            case State.READY if self._draining:
                self._hang_up("the terminal is stopping")
                return True
            case State.READY if owed is not None:
                return not self._resting and self._advise(owed)
            case State.READY if self._orders:
                self._begin(self._orders.take())
                return True
            case State.OFFLINE if not self._draining and not self._resting and (self._orders or owed is not None):
                self._move(Signal.DIALLED)
                self._scribe.dial()
        return False

    def _begin(self, order: TerminalOrder) -> None:
        """Prepare and send one request; its attempt is recorded first."""
        assert isinstance(order, Pay | Complete | Void), f"an order without a meaning: {type(order).__name__}"
        try:
            prepared = prepare(self._counter, order, self._scribe.now)
        except OrderRefused as refusal:
            self._orders.refuse(order, refusal.reason, str(refusal))
            return
        if int(prepared.attempt.stan) < self.books.stan:
            self._scribe.notice("terminal.stans-begin-again", Severity.INFO, "after the last STAN comes the first again")
        self._scribe.record(prepared.attempt)
        self._scribe.explain_card(prepared)
        corrupt = isinstance(order, Pay) and order.corrupt_mac
        out = Out(prepared.fields, prepared=prepared, reference=order.reference)
        self._ask(out, Signal.REQUESTED, self.profile.response_timeout_ms, corrupt_mac=corrupt)

    def _advise(self, owed: Owed) -> bool:
        """Send the advice that is owed longest, as a repeat when it may have left before."""
        advice = owed.advice
        fields, trouble = advice_fields(self._counter, advice, self._scribe.now)
        if trouble:
            text = f"the advice about {advice.key} goes without a card number: {trouble}"
            self._scribe.notice("terminal.vault-shut", Severity.ERROR, text)
        if owed.sent:
            fields["t"] = repeat_of(fields["t"])
        else:
            self._scribe.record(AdviceSent(advice.key, advice.mti))
        self._ask(Out(fields, owed=owed), Signal.ADVISED, self.profile.response_timeout_ms)
        return True

    def _ask(self, out: Out, signal: Signal, timeout_ms: int, *, corrupt_mac: bool = False) -> None:
        """Send something that must be answered."""
        self._scribe.send(out.fields, corrupt_mac=corrupt_mac)
        self._out = out
        self._move(signal)
        self._deadlines.set(_ANSWER, self._scribe.now.mono_ms + timeout_ms)

    # The session.

    def _take_connection(self, conn: int) -> None:
        if self._state is not State.CONNECTING:
            self._scribe.hang_up(conn, "this terminal has not asked for it")
            return
        self._line.connect(conn)
        self._resting = False
        self._deadlines.drop(_REST)
        if not self.profile.sign_on:
            self._move(Signal.OPENED)
            return
        stan = self.books.next_stan()
        self._scribe.record(StanAdvanced(stan))
        fields = sign_on_fields(self._line.dialect, stan, transmitted(self._scribe.now.wall_ms))
        self._ask(Out(fields), Signal.SIGN_ON_SENT, NETWORK_ANSWER_MS)

    def _take_bytes(self, data: bytes) -> None:
        heard = self._line.hear(data)
        for message in heard.messages:
            if not self._line.conn:
                return  # What came before it has made us hang up.
            if isinstance(message, Complaint):
                self._scribe.notice(message.kind, Severity.WARNING, message.text)
            else:
                self._take_answer(message)
        if heard.broken and self._line.conn:
            self._scribe.notice("terminal.stream-broken", Severity.ERROR, f"the host's stream cannot be read: {heard.broken}")
            self._hang_up("the stream cannot be read")

    def _take_answer(self, answer: Answer) -> None:
        """An authentic message: the answer that is waited for, an echo test, one that comes too late, or none of ours."""
        self._scribe.explain_message("from the host", answer.raw)
        out = self._out
        if out is not None and self._answers(answer, out):
            self._out = None
            self._deadlines.drop(_ANSWER)
            if out.prepared is not None:
                self._move(Signal.SETTLED)
                self._endings.conclude(out.prepared, answer, out.reference)
            elif out.owed is not None:
                self._advice_answered(out.owed, answer.response_code)
            else:
                self._sign_on_answered(answer.response_code)
        elif answer.mti.startswith(NETWORK_REQUEST):
            self._scribe.send(echo_answer_fields(self._line.dialect, answer.fields), reply_to=answer.head)
        else:
            self._take_stray(answer)

    def _advice_answered(self, owed: Owed, code: str) -> None:
        """The host has taken an advice, or has said that the message was none: then it goes once more, after a pause."""
        codes = self._line.dialect.codes
        self._move(Signal.ACKNOWLEDGED)
        unreadable = code == codes.reasons[Reason.FORMAT_ERROR]
        if codes.takes(code) or (unreadable and self._fruitless >= ADVICE_UNREAD_MAX):
            self._fruitless = 0
            self._endings.acknowledge(owed, code)
            return
        text = f"the host has not taken the advice about {owed.key}: code {code}; it is sent again"
        self._scribe.notice("terminal.advice-refused", Severity.WARNING, text)
        self._rest()

    def _answers(self, answer: Answer, out: Out) -> bool:
        fields = answer.fields
        echoed = all(fields.get(de, "").rstrip() == out.fields[de].rstrip() for de in ECHOED[self._state])
        return answer.mti == response_mti(out.fields["t"]) and echoed and bool(answer.response_code)

    def _take_stray(self, answer: Answer) -> None:
        """An answer that nobody waits for: recorded once when it is a late one of ours, and told in any case."""
        fields = answer.fields
        key = self.books.latest(fields.get("11", ""))
        attempt = self.books.attempts.get(key) if key is not None else None
        about_us = fields.get("41", "").rstrip() == self.profile.terminal_id
        if attempt is None or not about_us or answer.mti != response_mti(attempt.mti) or attempt.key in self.books.unsettled:
            text = f"a {answer.mti} from the host answers nothing that was asked"
            self._scribe.notice("terminal.answer-unmatched", Severity.WARNING, text)
            return
        if attempt.key not in self.books.late:
            self._scribe.record(LateAnswer(attempt.key, answer.response_code))
        text = f"the answer to {attempt.key} came too late; it changes nothing"
        self._scribe.notice("terminal.late", Severity.WARNING, text)

    def _sign_on_answered(self, code: str) -> None:
        if self._line.dialect.codes.grants(code):
            self._move(Signal.SIGNED_ON)
            self._scribe.notice("terminal.signed-on", Severity.INFO, f"signed on to {self.profile.link}")
            return
        self._hang_up(f"the sign-on was refused with code {code}")
        self._fail_to_connect(f"{self.profile.link} refused the sign-on with code {code}")

    def _fail_to_connect(self, text: str) -> None:
        self._scribe.notice("terminal.unreachable", Severity.WARNING, text)
        self._orders.refuse_all(RefusalReason.UNREACHABLE, text)
        self._rest()

    def _hang_up(self, why: str) -> None:
        self._scribe.hang_up(self._line.conn, why)
        self._lose()

    def _lose(self) -> None:
        """The connection is gone, from either side: whatever was out has an unknown outcome."""
        out, self._out = self._out, None
        was = self._state
        self._line.connect(0)
        self._deadlines.drop(_ANSWER)
        self._move(Signal.LOST)
        if out is not None and out.prepared is not None:
            self._endings.give_up(out.prepared, Cause.CONNECTION_LOST, out.reference)
        if was is State.SIGNING_ON and out is not None:
            self._fail_to_connect(f"{self.profile.link} hung up instead of answering the sign-on")
        elif was is State.ADVISING:
            self._rest()

    # Time.

    def _expire(self) -> None:
        for name in self._deadlines.expire(self._scribe.now.mono_ms):
            if name == _REST:
                self._resting = False
            elif name == _ANSWER:
                self._run_out()
            else:
                self._orders.lose_patience(name, owes=bool(self.books.owed))

    def _run_out(self) -> None:
        """What is out was not answered in time."""
        out = self._out
        assert out is not None, "a deadline for an answer, but nothing is out"
        if out.prepared is None:
            text = f"{self.profile.link} did not answer a {out.fields['t']} in time"
            self._scribe.notice("terminal.unanswered", Severity.WARNING, text)
            self._hang_up("no answer in time")
            return
        self._out = None
        self._move(Signal.SETTLED)
        self._endings.give_up(out.prepared, Cause.TIMEOUT, out.reference)

    def _rest(self) -> None:
        """Pause before the next attempt, longer each time it was in vain."""
        if not self.books.owed:
            return
        pause = min(self.profile.retry_ms * 2 ** min(self._fruitless, 16), self.profile.retry_max_ms)
        pause -= pause * _JITTER_PERMILLE * self._counter.entropy.draw(1)[0] // (255 * 1000)
        self._fruitless += 1
        self._resting = True
        self._deadlines.set(_REST, self._scribe.now.mono_ms + pause)

    def _move(self, signal: Signal) -> None:
        self._state = follow(self._state, signal)


def _renamed(keys: TerminalKeys, changed: KeysChanged) -> TerminalKeys:
    """These keys, with what has changed about them."""
    return msgspec.structs.replace(keys, mac_key=changed.mac_key, pin_key=changed.pin_key)
