"""Proves the counters: no try is free, whenever the process dies; a right PIN gives them back; DUKPT goes forward only."""

import itertools
import os
import signal
import subprocess
import sys
import time

import pytest

from keys.host import tries
from keys.host.line_file import LineFileError
from keys.host.tries import Counters
from tests.keys.host.disks import Died, MortalDisk


@pytest.fixture
def path(tmp_path):
    return tmp_path / "counters.log"


def test_tries_are_counted_and_survive(path):
    """Three begun tries are three wrong ones, also for the next process; the fourth is refused, and other cards are not."""
    counters = Counters(path)
    assert [counters.begin("card", "key") for _ in range(4)] == [True, True, True, False]
    counters.close()
    counters = Counters(path)
    assert not counters.begin("card", "key")
    assert counters.begin("other", "key")
    assert counters.begin("card", "other")
    counters.close()


def test_a_right_pin_begins_anew(path):
    """Forgiven tries are gone for good; a withdrawn one gives back only itself."""
    counters = Counters(path)
    counters.begin("card", "key")
    counters.begin("card", "key")
    counters.withdraw("card", "key")
    assert counters.failed("card", "key") == 1
    counters.forgive("card", "key")
    counters.close()
    counters = Counters(path)
    assert counters.failed("card", "key") == 0
    counters.close()


def test_dukpt_counters_only_go_forward(path):
    """Equal and lower ones are refused, for this process and the next; devices have counters of their own."""
    counters = Counters(path)
    assert [counters.advance("device", number) for number in (1, 1, 5, 4, 6)] == [True, False, True, False, True]
    counters.close()
    counters = Counters(path)
    assert not counters.advance("device", 6)
    assert counters.advance("other", 1)
    counters.close()


@pytest.mark.parametrize("act", ["begin", "forgive", "advance"])
def test_a_death_at_any_step_gives_no_free_try(path, act):
    """Killed before each system call and in the middle of each write: an answered step is never undone, others' stay."""
    for step in itertools.count(1):
        here = path.with_name(f"{act}{step}")
        counters = Counters(here)
        counters.begin("card", "key")
        counters.begin("bystander", "key")
        counters.advance("device", 7)
        counters.close()
        disk = MortalDisk()
        counters = Counters(here, disk=disk)
        disk.steps, disk.dies_at = 0, step
        answered = None
        try:
            match act:
                case "begin":
                    answered = counters.begin("card", "key")
                case "forgive":
                    answered = counters.forgive("card", "key")
                case "advance":
                    answered = counters.advance("device", 8)
            done = True
        except Died:
            done = False
        counters.close()
        after = Counters(here)
        assert after.failed("bystander", "key") == 1
        assert after.failed("card", "key") in {"begin": (1, 2), "forgive": (0, 1), "advance": (1,)}[act]
        if done:
            assert answered is (None if act == "forgive" else True)
            assert after.failed("card", "key") == {"begin": 2, "forgive": 0, "advance": 1}[act]
            assert act != "advance" or not after.advance("device", 8)
        assert not after.advance("device", 7)
        after.close()
        if done:
            break
    assert step >= 3


def test_writing_anew_loses_nothing(path):
    """After as many lines as are let grow, the file has only what is needed, and says the same."""
    counters = Counters(path)
    counters.begin("blocked", "key")
    counters.advance("device", 9)
    limit = tries.LINES_BEFORE_COMPACTION
    body = path.read_bytes().splitlines()[0] + b"\n"
    counters.close()
    path.write_bytes(path.read_bytes() + body * (limit + 2))
    counters = Counters(path)
    assert len(path.read_bytes().splitlines()) == 2
    assert counters.failed("blocked", "key") == 1
    assert not counters.advance("device", 9)
    counters.begin("blocked", "key")
    counters.close()
    counters = Counters(path)
    assert counters.failed("blocked", "key") == 2
    counters.close()


def test_a_long_run_writes_anew_too(path):
    """The bound is met between two starts as well; what is then counted goes into the new file."""
    counters = Counters(path)
    counters.begin("blocked", "key")
    counters.close()
    path.write_bytes(path.read_bytes() * (tries.LINES_BEFORE_COMPACTION + 1))
    counters = Counters(path)
    assert len(path.read_bytes().splitlines()) > 2
    counters.begin("blocked", "key")
    assert len(path.read_bytes().splitlines()) == 1
    counters.begin("blocked", "key")
    counters.close()
    counters = Counters(path)
    assert counters.failed("blocked", "key") == 3
    counters.close()


def test_a_flipped_line_is_refused_by_its_number(path):
    """A counter that cannot be trusted is not guessed."""
    counters = Counters(path)
    counters.begin("card", "key")
    counters.begin("card", "key")
    counters.close()
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"count":2', b'"count":0'))
    with pytest.raises(LineFileError, match="line 2"):
        Counters(path)
    path.write_bytes(data)
    Counters(path).close()


GUESSER = """
import sys
from pathlib import Path
from keys.host.tries import Counters
counters = Counters(Path(sys.argv[1]), tries_max=10**9)
while True:
    counters.begin("card", "key")
    sys.stdout.write("x")
    sys.stdout.flush()
"""


def test_sigkill_gives_no_free_try(path):
    """A real process killed at random while it counts: every answered try is on disk, and at most one more."""
    answered = 0
    for round_ in range(8):
        with subprocess.Popen([sys.executable, "-c", GUESSER, str(path)], stdout=subprocess.PIPE) as process:
            heard = os.read(process.stdout.fileno(), 1)
            time.sleep(0.003 * round_)  # Another moment each time; which one does not matter.
            process.send_signal(signal.SIGKILL)
            heard += process.stdout.read()
        answered += len(heard)
        counters = Counters(path, tries_max=10**9)
        found = counters.failed("card", "key")
        counters.close()
        assert answered <= found <= answered + 1
        answered = found
    assert answered >= 8
