"""Machines for the lab's world: one that notes what happens to it, a switch with a client, wires to speak on, bad issuers."""

from collections.abc import Mapping

import msgspec
import pytest

from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.compose import compose, make_switch
from switch.core import State
from switch.default_config import default_config
from switch.machine import GENESIS, Append, Deadlines, Dial, Opened, Received, RecordCodec, Send, Tick
from switch.wire import DIALECTS, FRAMINGS
from terminal_sim.lab import SeededEntropy, World
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.makers import Makers
from terminal_sim.lab.network import End, Passage, join_ends
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import Wire, draw
from terminal_sim.terminal import TerminalKeys


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """Something to remember."""

    number: int


CODEC: RecordCodec[Noted] = RecordCodec(Noted, 1)

PLAIN = Wire("iso87-ascii", "len2-big", False)
REQUEST = {
    "mti": "0200",
    3: "000000",
    4: "000000001000",
    7: "0101000000",
    11: "000007",
    37: "000000000007",
    41: "LAB00001",
    42: "MERCHANT0000001",
    49: "978",
}


class Recorder:
    """A machine that keeps its events with their times, and answers them from a script: event type -> commands."""

    def __init__(self, script=None, deadlines=()):
        self.events, self.times, self.script = [], [], script or {}
        self.deadlines = Deadlines()
        for at in deadlines:
            self.deadlines.set(at, at)

    def handle(self, event, now):
        self.events.append(event)
        self.times.append(now.mono_ms)
        if isinstance(event, Tick):
            self.deadlines.expire(now.mono_ms)
        answer = self.script.get(type(event), [])
        return answer(event) if callable(answer) else list(answer)

    def next_deadline(self):
        return self.deadlines.earliest()

    def got(self, kind):
        """Events of a type with their times."""
        return [(at, event) for at, event in zip(self.times, self.events, strict=True) if isinstance(event, kind)]


class Client:
    """A terminal of the plainest kind: it dials, sends signed messages one after the other, and keeps the answers."""

    def __init__(self, dialect, messages):
        self.dialect, self.messages, self.answers, self.times = dialect, list(messages), [], []
        self.frames = FRAMINGS["len2-big"].buffer()
        self.hsm = SoftHsm(lab_keystore(), None, lambda event: None)

    def handle(self, event, now):
        if isinstance(event, Opened):
            self.conn = event.conn
            return self._next()
        if isinstance(event, Received):
            answers = [self.dialect.decode(raw) for raw in self.frames.feed(event.data)]
            self.answers += answers
            self.times += [now.mono_ms] * len(answers)
            return self._next() if answers else []
        return []

    def next_deadline(self):
        return None

    def _next(self):
        if not self.messages:
            return []
        message = self.dialect.decode(self.dialect.encode(self.messages.pop(0)))
        signed = message.with_mac(lambda data: self.hsm.generate_mac("pos.zak", data))
        return [Send(self.conn, FRAMINGS["len2-big"].frame(signed.raw))]


class Dialler(Client):
    """A client that dials at the first tick."""

    def __init__(self, dialect, messages, dial):
        super().__init__(dialect, messages)
        self.due, self.dial = 0, dial

    def handle(self, event, now):
        if isinstance(event, Tick):
            self.due = None
            return [self.dial]
        return super().handle(event, now)

    def next_deadline(self):
        return self.due


class Wires:
    """A run in which nothing has happened, and lines between its hosts; what is said on them arrives when the test says so."""

    def __init__(self):
        options = msgspec.structs.replace(
            draw(3, terminals=2, issuers=1, faults={}), acquirer_wires=(PLAIN,), issuer_wires=(PLAIN,)
        )
        self.run = Run(options)
        self.evidence = Evidence(self.run)
        switch = self.run.switch
        self.pan = self.run.crowd[0].pan.expose()
        first, second = self.run.terminals
        speech = first.wires[next(iter(first.wires))][2]
        self.pos = self._join(first, switch, 1, speech)
        self.other = self._join(second, switch, 3, speech)
        self.bank = self._join(switch, self.run.issuers["bank1"], 5, switch.wires["bank1"][2])

    def _join(self, near, far, number, speech):
        ends = End(near, number, 0), End(far, number + 1, 0)
        join_ends(*ends, speech)
        return ends

    def say(self, end, at_ms=0, *, heard=True, forged=False, data=None, **fields):
        """Have a message said, and heard at once."""
        named = {int(name.removeprefix("de")) if name.startswith("de") else name: value for name, value in fields.items()}
        if data is None:
            data = end.speech.framing.frame(end.speech.dialect.encode(REQUEST | {2: self.pan} | named))
        passage = Passage(end, data, at_ms, forged=forged)
        self.evidence.said(passage)
        if heard:
            passage.heard_ms = at_ms
            self.evidence.heard(passage)
        return passage


class DoublePoster(IssuerActor):
    """An issuer that books a repeat as if it were a new request."""

    def _decide(self, fields: dict[str, str], keys: TerminalKeys) -> dict[str, str]:
        if self.books.decided:
            self.books.decided.clear()
        return super()._decide(fields, keys)


class Forgetful(IssuerActor):
    """An issuer that says yes and books nothing."""

    @property
    def net(self) -> Mapping[tuple[str, str], int]:
        return {}


@pytest.fixture
def recorder():
    """A maker of recorders."""
    return Recorder


@pytest.fixture
def dialler():
    """A maker of clients that dial `pos`."""
    return lambda messages: Dialler(DIALECTS["iso87-ascii"], messages, Dial("pos"))


@pytest.fixture
def switch():
    """A maker of switches as `pointsman serve` makes them."""
    composition = compose(default_config())
    return lambda state=None: make_switch(composition, entropy=SeededEntropy(7), state=state or State())


@pytest.fixture
def world():
    """An empty world."""
    return World()


@pytest.fixture
def wires():
    """A run whose wires say what a test says."""
    return Wires()


@pytest.fixture(scope="session")
def double_poster():
    """Makers of a run whose remote issuers post repeats twice."""
    return Makers(issuer=DoublePoster)


@pytest.fixture(scope="session")
def forgetful():
    """Makers of a run whose remote issuers book nothing."""
    return Makers(issuer=Forgetful)


@pytest.fixture
def append():
    """A maker of appends that follow one another."""

    def make(seq):
        return Append(CODEC.seal(Noted(seq), seq=seq, at=0, previous=GENESIS))

    return make
