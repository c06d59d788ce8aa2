"""Machines for the lab's world: one that writes down what happens to it, and a whole switch with a client for it."""

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


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """Something to remember."""

    number: int


CODEC: RecordCodec[Noted] = RecordCodec(Noted, 1)


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
def append():
    """A maker of appends that follow one another."""

    def make(seq):
        return Append(CODEC.seal(Noted(seq), seq=seq, at=0, previous=GENESIS))

    return make
