"""Recorded runs replay to the same commands on fresh machines, deaths and all; whatever is changed is named with its event."""

import msgspec
import pytest

from switch.machine import Drain, Moment, Operate, Send, Tick
from switch.machine.trace import VERSION, Began, Header, TraceError, TracePen, Turn, read_trace
from terminal_sim.lab.recorder import Recorder, lab_codec
from terminal_sim.lab.replay import NotReplayable, replay
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial
from terminal_sim.lab.wire_log import WireLogger

HOSTS_DIE = {
    name: frozenset() for name in ("kill", "kill-later", "kill-again", "torn-tail", "unheard-sync", "bit-flip", "power-off")
}


def record(seed, until_ms, **world):
    """The lines of a trace, and the trial that it is of."""
    options, text = draw(seed, **world), []
    recorder = Recorder(options, "", text.append)
    observers = [recorder, WireLogger(recorder.keep)]
    trial = hold_trial(options, until_ms, observers=observers, entropy_of=recorder.entropy_of)
    recorder.end("complete")
    return text, trial


def read(text):
    """The lines that are in a trace."""
    return list(read_trace(text, lab_codec()))


@pytest.fixture(scope="module")
def calm():
    """The lines of a short trace of a calm world."""
    return read(record(3, 5_000, terminals=3, issuers=1, faults={})[0])


@pytest.mark.parametrize("seed", [2, 5, 12])
def test_a_run_replays(seed):
    """Whatever the swarm has done to it; and being recorded has changed nothing about it."""
    text, trial = record(seed, 20_000)
    replayed = replay(read_trace(text, lab_codec()))
    assert replayed.difference is None
    assert replayed.events > 300
    assert trial.trace == hold_trial(draw(seed), 20_000).trace


def test_hosts_that_died_begin_again_in_a_replay():
    """On the part of their journals that was durable then."""
    text, trial = record(5, 240_000, terminals=4, issuers=2, faults=HOSTS_DIE)
    begun = [line for line in read(text) if isinstance(line, Began)]
    assert trial.run.ear.restarts == len(begun) - 7 > 2
    assert any(line.seq and not line.entries for line in begun)
    assert replay(read(text)).difference is None


def test_a_switch_begins_again_in_a_replay_as_its_operator_has_left_it():
    """On the routes that it was given while it ran, not on those of the first beginning."""
    faults = {"change-routes": frozenset(), "kill-later": frozenset()}
    text, trial = record(3, 90_000, terminals=6, issuers=2, faults=faults)
    assert trial.run.switch.life > 1
    assert trial.run.operator.routes != Run(trial.run.options).operator.routes
    assert replay(read(text)).difference is None


def test_a_replay_stops_where_it_is_told(calm):
    """At a moment of the trace."""
    some, all_of_it = replay(calm, until_ms=3_000), replay(calm)
    assert 0 < some.events < all_of_it.events
    assert some.until_ms <= 3_000 + next(line.now.mono_ms for line in calm if isinstance(line, Turn))


def turns(lines, wanted):
    """Places of the turns that give such a command."""
    return [at for at, line in enumerate(lines) if isinstance(line, Turn) and any(map(wanted, line.commands))]


def sends(command):
    """Whether a command is one to send."""
    return isinstance(command, Send)


def changed(lines, at, **fields):
    """The same trace with another turn."""
    return [*lines[:at], msgspec.structs.replace(lines[at], **fields), *lines[at + 1 :]]


def test_another_byte_is_a_difference(calm):
    """It is named by event, machine and byte, and the bytes are not told."""
    at = turns(calm, sends)[4]
    commands = tuple(
        Send(command.conn, command.data[:-1] + b"\xee") if isinstance(command, Send) else command
        for command in calm[at].commands
    )
    replayed = replay(changed(calm, at, commands=commands))
    found = replayed.difference
    assert found is not None
    number = sum(isinstance(line, Turn) for line in calm[: at + 1])
    assert (found.number, found.machine, found.at_ms) == (number, calm[at].machine, calm[at].now.mono_ms)
    size = len(next(command.data for command in calm[at].commands if isinstance(command, Send)))
    assert f"they differ from byte {size - 1} on" in found.details
    assert found.lines()[0].startswith(f"event {number} at {found.at_ms} ms (20")


def test_a_command_less_or_more_is_a_difference(calm):
    """What is missing is called nothing."""
    at = turns(calm, sends)[4]
    less = replay(changed(calm, at, commands=calm[at].commands[:-1])).difference
    more = replay(changed(calm, at, commands=(*calm[at].commands, Send(1, b"")))).difference
    assert (less.expected, more.got) == ("nothing", "nothing")


def test_another_moment_is_a_difference(calm):
    """Machines know the time from their events alone, so that a trace with another time is another trace."""
    at = turns(calm, sends)[4]
    now = calm[at].now
    assert replay(changed(calm, at, now=Moment(now.mono_ms, now.wall_ms + 86_400_000))).difference is not None


@pytest.mark.parametrize(
    "draws", [lambda draws: (), lambda draws: (*draws, b"\x00"), lambda draws: (draws[0] + b"\x00", *draws[1:])]
)
def test_another_draw_is_a_difference(calm, draws):
    """One less, one more, or one of another size."""
    at = next(at for at, line in enumerate(calm) if isinstance(line, Turn) and line.draws)
    assert replay(changed(calm, at, draws=draws(calm[at].draws))).difference is not None


def test_what_cannot_be_replayed_is_refused(calm):
    """A masked trace, options or a configuration that are none, a machine that nobody knows, a journal that is not there."""
    begun = [line for line in calm if isinstance(line, Began)]
    stranger = msgspec.structs.replace(begun[0], machine="stranger")
    for header in (
        Header(VERSION, "sim", False),
        Header(VERSION, "sim", True, msgspec.Raw(b"{}")),
        Header(VERSION, "serve", True, msgspec.Raw(b'{"links":1}')),
        Header(VERSION, "serve", True, msgspec.Raw(b"{}")),
    ):
        with pytest.raises(NotReplayable):
            replay([header, *calm[1:]])
    with pytest.raises(NotReplayable, match="stranger"):
        replay([calm[0], stranger])
    with pytest.raises(TraceError, match="has not begun"):
        replay([calm[0], Turn("switch", Moment(0, 0), Tick(), (), ())])
    with pytest.raises(TraceError, match="begins on 5 records"):
        replay([calm[0], msgspec.structs.replace(begun[0], seq=5)])


def test_orders_to_terminals_are_in_a_trace(calm):
    """With the PIN that was typed; they round through the text."""
    orders = {type(line.event.order).__name__ for line in calm if isinstance(line, Turn) and isinstance(line.event, Operate)}
    assert orders >= {"Pay", "Drain"}
    pen, codec = TracePen(lab_codec()), lab_codec()
    assert [codec.decode(pen.write(line)) for line in calm] == calm
    assert any(isinstance(line, Turn) and line.event == Operate(Drain()) for line in calm)
