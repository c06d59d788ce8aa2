"""How far a long command is: lines now and then, or one that changes on a terminal; and an end when somebody wants one."""

import io
import os
import signal

import pytest

from terminal_sim.cli.patience import PIPE_S, TERMINAL_S, Patience
from terminal_sim.lab.trial import Interrupted


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self):
        return True


class Clock:
    """Real seconds, which pass when the test says so."""

    seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    """A clock that stands."""
    return Clock()


def test_a_terminal_has_one_line_that_changes(clock):
    """It is gone before the result comes, so that nothing of it stands beside that."""
    screen = Screen()
    with Patience(screen, clock) as patience:
        for number in range(3):
            patience.tell(f"part {number}")
            clock.seconds += TERMINAL_S
    assert screen.getvalue() == "\r\x1b[Kpart 1\r\x1b[Kpart 2\r\x1b[K"
    assert patience.seconds == 3 * TERMINAL_S


def test_a_pipe_has_a_line_now_and_then(clock, capsys):
    """Without anything that steers a terminal; and nothing at all where it does not take long."""
    with Patience(io.StringIO(), clock) as patience:
        patience.tell("part 0")
        clock.seconds += PIPE_S
        patience.tell("part 1")
        patience.tell("part 1 and a half")
    assert capsys.readouterr().err == "part 1\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_heard_at_the_next_report(clock, number):
    """Nothing is cut off in the middle; a second signal does what it always does, and so does every one afterwards."""
    before = signal.getsignal(number)
    with Patience(io.StringIO(), clock) as patience:
        patience.tell("so far")
        os.kill(os.getpid(), number)
        assert patience.heard == number
        assert signal.getsignal(number) == before
        with pytest.raises(Interrupted):
            patience.tell("so far")
    assert signal.getsignal(number) == before
