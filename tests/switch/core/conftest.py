"""A switch on a desk: the test feeds events, moves time, cuts lines and restarts; every desk is audited when its test ends.

The audit is a law of its own: the journal rebuilds the live state, its sums are those of the book, nothing that was secret in
the dialogue is in any record, notice or repr, and what waits for an issuer is what the traffic waits for.
"""

import base64

import msgspec
import pytest

from keys.hsm import SoftHsm
from keys.keystore import MemoryKeystore
from keys.lab import LAB_KEYS
from keys.mac import retail_mac
from switch.core import EMBEDDED, AccountPlan, LinkPlan, Role, Route, State, Switch, SwitchPlan, restore
from switch.core.exchange import TransactionState
from switch.core.traffic import Due, Traffic
from switch.domain.money import parse_money
from switch.domain.test_cards import TEST_CARDS
from switch.issuer import AccountsHandler
from switch.issuer.accounts import IssuedCard, IssuerKeys
from switch.ledger import JOURNAL
from switch.ledger.days import days
from switch.ledger.records import AccountOpened
from switch.ledger.totals import book
from switch.machine import Append, Closed, Dial, Hangup, Moment, Notify, Opened, Operate, Received, Send, Tick
from switch.wire import DIALECTS, FRAMINGS

START = Moment(0, 1_767_225_600_000)
"""2026-01-01 00:00 UTC."""

POS = LinkPlan("pos", Role.ACQUIRER, DIALECTS["iso87-ascii"], FRAMINGS["len2-big"], mac_key="pos.zak", pin_key="pos.zpk")
BANK = LinkPlan(
    "bank",
    Role.ISSUER,
    DIALECTS["iso87-ascii"],
    FRAMINGS["len2-big"],
    mac_key="issuer-link.zak",
    pin_key="issuer-link.zpk",
    response_timeout_ms=20_000,
)
PLAN = SwitchPlan(
    links=(POS, BANK),
    routes=(Route("4", EMBEDDED), Route("37", EMBEDDED), Route("5", "bank")),
    accounts=tuple(
        AccountPlan(number, parse_money("1.00" if number == "ACC-POOR" else "1000.00", "EUR"))
        for number in dict.fromkeys(card.account for card in TEST_CARDS.values())
    ),
)
"""Visa is decided here, Mastercard at the end of the link `bank`."""


class NoEntropy:
    """The core needs no randomness; asking for some is a failure."""

    def draw(self, n):
        raise AssertionError(f"{n} random bytes were asked for")


class Peer:
    """The other end of one connection; `inbox` is what it has been sent and has not taken, `keys` are those that it knows."""

    def __init__(self, desk, conn, plan):
        self.desk, self.conn, self.plan, self.keys = desk, conn, plan, plan.keys
        self.inbox, self.hung_up = [], None

    def message(self, values, *, sign=True):
        """A message from values by DE, signed under the link's key."""
        message = self.plan.dialect.decode(self.plan.dialect.encode(values))
        self.desk.plant(values)
        if not (sign and self.plan.mac_key):
            return message
        return message.with_mac(self._mac)

    def post(self, values, **how):
        """Send one message; everything that came back on this connection."""
        return self.post_raw(self.plan.dialect.encode(values) if not how.get("sign", True) else self.message(values).raw)

    def post_raw(self, raw):
        """Send one frame with these bytes in it."""
        return self.feed(self.plan.framing.frame(raw))

    def feed(self, data):
        """Send bytes of the stream."""
        self.desk.handle(Received(self.conn, data))
        return self.take()

    def ask(self, values, **how):
        """Send one message that is answered at once with exactly one."""
        answers = self.post(values, **how)
        assert len(answers) == 1, f"{len(answers)} answers to {values['mti']}"
        return answers[0]

    def take(self):
        """What has come in since the last time."""
        taken, self.inbox = self.inbox, []
        return taken

    def take_one(self):
        taken = self.take()
        assert len(taken) == 1, f"{len(taken)} messages are waiting"
        return taken[0]

    def reply(self, request, code="00", **fields):
        """Answer a request of the switch as an issuer does: its own fields back, DE 39, and what the test wants.

        What the switch sends here thereupon waits in the inbox.
        """
        values = {de: request[de] for de in (2, 3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49, 70, 90) if de in request}
        mti = request.mti[:2] + str(int(request.mti[2]) + 1) + "0"
        values |= {"mti": mti, 39: code, **{int(name[1:]): value for name, value in fields.items()}}
        message = self.message({de: value for de, value in values.items() if value})
        self.desk.handle(Received(self.conn, self.plan.framing.frame(message.raw)))

    def close(self, unsent=0):
        """The connection is gone."""
        del self.desk.peers[self.conn]
        return self.desk.handle(Closed(self.conn, "reset by peer", unsent))

    def receive(self, data):
        """Take what the switch has sent: whole frames, each with a right MAC."""
        for raw in self.plan.framing.buffer().feed(data):
            message = self.plan.dialect.decode(raw)
            if self.plan.mac_key:
                assert message.mac == self._mac(message.mac_input()), "the switch signs what it sends"
            self.inbox.append(message)

    def _mac(self, data):
        return retail_mac(self.desk.secret(self.keys.mac_key), data, padding=1, length=8)


class Desk:
    """One switch with its world: `journal`, `notices`, `commands` of the last event, `peers` by connection."""

    def __init__(self, wallet, plan=PLAN, *, without=(), handler=None):
        self.wallet, self.plan, self._handler = wallet, plan, handler
        self.keystore = MemoryKeystore(wallet.keys.get(name) for name in LAB_KEYS if name not in without)
        self.now = START
        self.journal, self.notices, self.commands, self.peers, self.dialled = [], [], [], {}, []
        self._secrets = {row.hex for row in LAB_KEYS.values()}
        self._conns = 0
        self.boot(State())

    def boot(self, state):
        """Put a process over a state: fresh traffic, fresh HSM."""
        self.traffic = Traffic(self.plan)
        self.hsm = SoftHsm(self.keystore, NoEntropy(), self.traffic.hear)
        handler = self._handler or AccountsHandler(
            [self._issued(card) for card in TEST_CARDS.values()],
            hsm=self.hsm,
            keys=IssuerKeys("issuer.pvk", "issuer.cvk", "issuer.imk-ac"),
            pin_free=parse_money("50.00", "EUR"),
        )
        self.switch = Switch(self.plan, state=state, hsm=self.hsm, handler=handler, traffic=self.traffic)
        self.peers.clear()

    def restart(self):
        """Kill the process and start it again on its journal; the audit runs first."""
        self.audit()
        self.resume(self.journal)

    def resume(self, journal):
        """Start a process on this journal, a minute later."""
        self.journal, self.now = list(journal), Moment(0, self.now.wall_ms + 60_000)
        self.boot(restore(self.journal))
        self.tick()

    @property
    def state(self):
        return self.switch.state

    @property
    def records(self):
        """The journal, opened."""
        return [record for _, record in JOURNAL.replay(self.journal)]

    def kinds(self, since=0):
        """Kinds of the records behind the first `since`."""
        return [sealed.kind for sealed in self.journal[since:]]

    def told(self, kind):
        """The notices of one kind."""
        return [notice for notice in self.notices if notice.kind == kind]

    def balance(self, account="ACC-MAG"):
        return self.state.book.accounts[account].balance_minor

    def held(self, account="ACC-MAG"):
        return self.state.book.accounts[account].held_minor

    def connect(self, link="pos"):
        """A new connection of a party."""
        self._conns += 1
        plan = next(entry for entry in self.plan.links if entry.name == link)
        peer = self.peers[self._conns] = Peer(self, self._conns, plan)
        self.handle(Opened(peer.conn, link))
        return peer

    def order(self, order):
        """An operator asks for something."""
        return self.handle(Operate(order))

    def tick(self):
        """Let the switch look at the clock."""
        return self.handle(Tick())

    def wait(self, ms, *, late=False):
        """Let time pass: with a tick at each deadline on the way, or, `late`, with a single one at the end."""
        until = self.now.mono_ms + ms
        while not late and (due := self.switch.next_deadline()) is not None and due <= until:
            self._move_to(max(due, self.now.mono_ms))
            self.tick()
        self._move_to(until)
        if late:
            self.tick()

    def handle(self, event):
        """Hand over one event and carry its commands out."""
        self.commands = self.switch.handle(event, self.now)
        for command in self.commands:
            match command:
                case Append(sealed=sealed):
                    self.journal.append(sealed)
                case Notify(notice=notice):
                    self.notices.append(notice)
                    self._search(repr(notice))
                case Send(conn=conn, data=data) if conn in self.peers:
                    self.peers[conn].receive(data)
                case Hangup(conn=conn, why=why) if conn in self.peers:
                    self.peers[conn].hung_up = why
                case Dial(link=link):
                    self.dialled.append(link)
        return self.commands

    def plant(self, values):
        """Remember what of a message must be found nowhere."""
        self._secrets.update(values[de] for de in (2, 35, 45, 52) if de in values)
        if 55 in values and int(values["mti"][2]) % 2 == 0:
            self._secrets.add(values[55])

    def secret(self, key):
        return self.wallet.secret(key)

    def snapshot(self, state=None):
        """All that a state remembers, for comparing."""
        state = state or self.state
        ledger = (state.book.accounts, state.book.holds, state.book.cards)
        memory = (list(state.transactions.items()), [(link, list(queue.items())) for link, queue in state.saf.items()])
        day = (state.day, list(state.totals.values()))
        return msgspec.to_builtins((state.seq, state.digest, ledger, memory, state.stans, day))

    def audit(self):
        """The law; see above."""
        assert self.snapshot(restore(self.journal)) == self.snapshot(), "the journal does not rebuild the state"
        self._audit_money()
        self._audit_days()
        waiting = [key for key, entry in self.state.transactions.items() if entry.state is TransactionState.FORWARDED]
        assert sorted(self.traffic.inflight.open_keys()) == sorted(waiting)
        assert [key for key in self.state.transactions if self.traffic.deadlines.has((Due.EXCHANGE, key))] == waiting
        for sealed in self.journal:
            self._search(sealed.body.decode())

    def _audit_money(self):
        books, ledger, records = book(self.records), self.state.book, self.records
        opened = sum(record.minor for record in records if isinstance(record, AccountOpened))
        assert sum(entry.posted for entry in books.values()) == opened - sum(a.balance_minor for a in ledger.accounts.values())
        assert sum(entry.held for entry in books.values()) == sum(a.held_minor for a in ledger.accounts.values())
        for number, account in ledger.accounts.items():
            assert account.held_minor == sum(hold.minor for hold in ledger.holds.values() if hold.account == number)

    def _audit_days(self):
        *closed, present = days(self.records)
        assert [day.sealed for day in closed] == [day.totals for day in closed]
        assert [day.day for day in closed] == sorted({day.day for day in closed}), "days only grow"
        assert present.day == self.state.day
        assert present.totals == tuple(self.state.totals[key] for key in sorted(self.state.totals))

    def _search(self, text):
        for secret in self._secrets:
            found = [form for form in _forms(secret) if form in text]
            assert not found, f"a secret of {len(secret)} characters is in {text.replace(found[0], '#')}"

    def _issued(self, card):
        return IssuedCard(card.pan, card.expiry, card.sequence, card.service_code, card.account, 1, self.wallet.pvv(card.name))

    def _move_to(self, mono_ms):
        passed = mono_ms - self.now.mono_ms
        self.now = Moment(mono_ms, self.now.wall_ms + passed)


def _forms(secret):
    """A secret as text, in hexadecimal, and in base64 of both, wherever it may begin in a longer text."""
    plain = secret.encode()
    raw = [plain]
    if len(secret) % 2 == 0 and all(digit in "0123456789ABCDEF" for digit in secret):
        raw.append(bytes.fromhex(secret))
    forms = [secret, secret.lower(), plain.hex(), plain.hex().upper()]
    for data in raw:
        forms += [base64.b64encode(bytes(shift) + data).decode()[4 if shift else 0 : -4] for shift in range(3)]
    return dict.fromkeys(form for form in forms if len(form) >= 8)


@pytest.fixture(scope="session")
def new_desk(wallet):
    """A maker of desks for laws, which audit them themselves."""

    def make(plan=PLAN, **how):
        return Desk(wallet, plan, **how)

    return make


@pytest.fixture
def make_desk(new_desk):
    """A maker of desks; each is audited at the end."""
    desks = []

    def make(plan=PLAN, **how):
        desks.append(new_desk(plan, **how))
        return desks[-1]

    yield make
    for desk in desks:
        desk.audit()


@pytest.fixture
def desk(make_desk):
    """A switch with an acquirer link and an issuer link, before its first event."""
    return make_desk()


@pytest.fixture
def pos(desk):
    """A terminal's connection."""
    return desk.connect("pos")


@pytest.fixture
def bank(desk):
    """The issuer's connection, dialled by the switch."""
    desk.tick()
    return desk.connect("bank")


@pytest.fixture(scope="session")
def plan():
    """The plan of `desk`, to be altered with `msgspec.structs.replace`."""
    return PLAN
