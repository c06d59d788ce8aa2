"""Each check of a world at rest convicts: what is left of a calm run is changed in one place, and the right row is named."""

from collections.abc import Callable

import msgspec
import pytest

from switch.domain.postings import Hold
from switch.ledger.records import DayClosed
from terminal_sim.lab.auditor import Violation
from terminal_sim.lab.invariants import INVARIANTS
from terminal_sim.lab.invariants.rest import lets_go_of_what_is_over
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.run import actor_of, switch_of
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import Trial, hold_trial
from terminal_sim.terminal import Terminal

UNTIL_MS = 8_000


@pytest.fixture
def trial():
    """A calm trial that has held; what it has left can be changed."""
    options = draw(3, terminals=3, issuers=1, faults={})
    held = hold_trial(options, UNTIL_MS)
    assert held.violation is None
    return held


def bank(trial: Trial) -> IssuerActor:
    """The remote issuer."""
    actor = actor_of(trial.run.issuers["bank1"])
    assert isinstance(actor, IssuerActor)
    return actor


def spent(trial: Trial) -> tuple[str, str]:
    """A transaction that has cost something at the remote issuer."""
    return next(transaction for transaction, minor in bank(trial).net.items() if minor)


def books_too_little(trial: Trial) -> None:
    """The issuer has booked half of what it has approved."""
    bank(trial).books.net[spent(trial)] //= 2


def books_too_much(trial: Trial) -> None:
    """The issuer has booked twice what it has approved."""
    bank(trial).books.net[spent(trial)] *= 2


def keeps_what_nobody_has(trial: Trial) -> None:
    """A terminal does not know any more what its issuer has booked."""
    host = next(host for host in trial.run.terminals if host.name == spent(trial)[0])
    machine = host.machine
    assert isinstance(machine, Terminal)
    machine.books.net.clear()


def never_gets_up(trial: Trial) -> None:
    """A terminal is dead."""
    trial.run.terminals[0].alive = False


def owes_for_ever(trial: Trial) -> None:
    """An advice to the issuer was said and never acknowledged."""
    evidence = trial.auditor.evidence
    life = evidence.lives[spent(trial)]
    evidence.awaiting["bank1", "4", "000123"] = life.history[0][1]


def forgets_a_record(trial: Trial) -> None:
    """The switch knows what its journal does not say."""
    switch_of(trial.run.switch).state.stans["bank1"] = 777_777


def loses_a_record(trial: Trial) -> None:
    """A record is missing in the middle."""
    del trial.run.switch.journal[len(trial.run.switch.journal) // 2]


def counts_too_much(trial: Trial) -> None:
    """The switch's totals of the open day have more approvals than its records."""
    totals = switch_of(trial.run.switch).state.totals
    key, total = next(iter(totals.items()))
    totals[key] = msgspec.structs.replace(total, approvals=total.approvals + 1)


def closed_a_day_wrongly(trial: Trial) -> None:
    """A day was closed without totals, though there was traffic."""
    trial.auditor.evidence.durables.day_book.take(DayClosed("20260101", "20260102", ()))


BROKEN: dict[str, tuple[str, Callable[[Trial], None]]] = {
    "booked too little": ("I1", books_too_little),
    "booked too much": ("I4", books_too_much),
    "booked without a receipt": ("I2", keeps_what_nobody_has),
    "a terminal that never gets up": ("I20", never_gets_up),
    "an advice that is owed for ever": ("I10", owes_for_ever),
    "a state that is no fold": ("I12", forgets_a_record),
    "totals that were never counted": ("I12", counts_too_much),
    "a day that was closed wrongly": ("I14", closed_a_day_wrongly),
    "a record that is missing": ("I12", loses_a_record),
}
"""What is changed, and the row that it breaks."""


def test_a_hold_that_is_over_keeps_nothing(trial):
    """Where its authorisation still has one, it would never be pushed out."""
    assert list(lets_go_of_what_is_over(trial.auditor.evidence)) == []
    transactions = switch_of(trial.run.switch).state.transactions
    key = next(iter(transactions))
    transactions[key].hold = Hold(key, "ACC", 100, "978")
    [finding] = lets_go_of_what_is_over(trial.auditor.evidence)
    assert "for ever" in finding.text


def test_what_is_left_holds(trial):
    """It can be judged as often as one likes."""
    trial.auditor.judge()


@pytest.mark.parametrize(("row", "broken"), BROKEN.values(), ids=BROKEN)
def test_what_is_changed_is_convicted(trial, row, broken):
    """Under the row that it breaks."""
    broken(trial)
    with pytest.raises(Violation) as found:
        trial.auditor.judge()
    assert found.value.invariant == row, str(found.value)
    assert INVARIANTS[row].words in str(found.value)
