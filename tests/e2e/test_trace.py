"""Proves that what a real switch has done under a real terminal replays in the lab, and that a masked trace tells no value."""

import re
import stat

import pytest

from tests.peers.parties import write
from tests.peers.processes import RunningSwitch, run


@pytest.fixture(params=["masked", "full"])
def trace(request, configuration, place):
    """The trace of a switch that was paid at twice, and was stopped; and whether it is full."""
    path, full = place / "switch.trace", request.param == "full"
    words = ["--config", write(configuration, place), "--trace", str(path), *(["--trace-full"] if full else [])]
    with RunningSwitch(*words, state=place / "switch") as switch:
        for amount in ("12.50", "8.20"):
            done = run(
                *("terminal", "pay", "--to", f"127.0.0.1:{switch.port()}", "--state", place / "terminal"),
                *("--amount", amount, "--entry", "chip", "--pin", "1234"),
            )
            assert done.status == 0, done
        assert switch.stop() == 0
    return path, full


def test_a_trace_of_a_real_switch(trace):
    """A full one replays to the same commands, byte for byte; a masked one says that it cannot. Both can be drawn."""
    path, full = trace
    replayed = run("sim", "--replay", path)
    listed = run("sim", "--replay", path, "--timeline", "list")
    name = listed.output.splitlines()[0].split()[-1]
    drawn = run("sim", "--replay", path, "--timeline", name)
    assert re.search(r"0200 STAN \d{6}.*\n.*0210 STAN \d{6} DE 39 00", drawn.output), drawn
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    if full:
        assert replayed.status == 0, replayed
        assert "the same commands, byte for byte" in replayed.output
        assert "the trace is complete" in replayed.output
    else:
        assert replayed.status == 4
        text = path.read_text()
        assert '"Outline"' in text
        assert not any(word in text for word in ('"data"', '"body"', '"draws":["', "476173900101"))
