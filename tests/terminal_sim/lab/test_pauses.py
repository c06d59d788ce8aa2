"""How long the switch waits before it tries again: longer each time with advices, and from a lost line on not at all."""

import pytest

from switch.limits import DIAL_RETRY_MS, SAF_RETRY_MAX_MS, SAF_RETRY_MS
from switch.machine import Closed, Dial, Opened, Tick
from terminal_sim.lab.pauses import Pauses
from terminal_sim.lab.turn import Entry, Turn


@pytest.fixture
def told():
    """Takes in a turn of a switch with a line to bank1; gives what was too short about it."""
    pauses = Pauses()

    def turn(event, at_ms, *, commands=(), entries=()):
        pauses.turn(Turn("switch", event, at_ms, False, (), True, False, commands, tuple(entries)))
        return list(pauses.short)

    turn(Opened(1, "bank1"), 0)
    return turn


def said(attempt, stan="000123", link="bank1"):
    """An advice leaves."""
    return [Entry(kind="advice-sent", link=link, stan=stan, attempt=attempt)]


def test_an_issuer_is_not_dialled_again_at_once(told):
    """Another one is."""
    assert told(Tick(), 1_000, commands=[Dial("bank1"), Dial("bank2")]) == []
    assert told(Tick(), 999 + DIAL_RETRY_MS, commands=[Dial("bank1")]) == [
        f"bank1 is dialled again after {DIAL_RETRY_MS - 1} ms"
    ]
    assert told(Tick(), 999 + 2 * DIAL_RETRY_MS, commands=[Dial("bank1")]) == []


@pytest.mark.parametrize(
    ("attempt", "pause_ms"), [(2, SAF_RETRY_MS), (3, 2 * SAF_RETRY_MS), (4, 4 * SAF_RETRY_MS), (90, SAF_RETRY_MAX_MS)]
)
def test_an_advice_pauses_longer_with_each_attempt(told, attempt, pause_ms):
    """A millisecond less is too short; to others it is nothing."""
    assert told(Tick(), 1_000, entries=said(attempt - 1)) == []
    assert told(Tick(), 1_001, entries=[*said(7, stan="000124"), *said(7, link="bank2")]) == []
    [text] = told(Tick(), 999 + pause_ms, entries=said(attempt))
    assert text == f"STAN 000123 is said to bank1 again after {pause_ms - 1} ms, and should be after {pause_ms}"


def test_on_the_next_line_an_advice_is_said_at_once(told):
    """Nobody can say what has become of it on the one that is lost."""
    assert told(Tick(), 1_000, entries=said(1)) == []
    assert told(Closed(1, "gone"), 1_001, entries=said(2)) == []
    assert told(Tick(), 1_002, entries=said(3)) != []


def test_the_next_advice_of_a_stan_pauses_after_none(told):
    """STANs come round: what was acknowledged is over."""
    assert told(Tick(), 1_000, entries=said(1)) == []
    assert told(Tick(), 1_001, entries=[Entry(kind="advice-ended", link="bank1", stan="000123")]) == []
    assert told(Tick(), 1_002, entries=said(1)) == []
    assert told(Tick(), 1_003, entries=said(2)) != []


def test_an_advice_that_is_counted_anew_is_no_exception(told):
    """A switch that forgets its attempts hammers, and is told so: a first attempt is one behind a first pause."""
    assert told(Tick(), 1_000, entries=said(1)) == []
    assert told(Tick(), 1_001, entries=said(1)) == [
        f"STAN 000123 is said to bank1 again after 1 ms, and should be after {SAF_RETRY_MS}"
    ]
