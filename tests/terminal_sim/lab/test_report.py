"""What a trial comes to, as values and as lines: all of it is there, and nothing of a card."""

import msgspec
import pytest

from terminal_sim.lab.invariants import INVARIANTS
from terminal_sim.lab.report import NOT_AGAIN, convict, summarise, write_recipe
from terminal_sim.lab.reproduction import Reducer
from terminal_sim.lab.secrets import Secrets
from terminal_sim.lab.sometimes import FAULTS_DONE, NOTICES
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial

UNTIL_MS = 10_000


@pytest.fixture(scope="module")
def convicted(forgetful):
    """A trial that has failed."""
    faults = {name: frozenset[int]() for name in ("duplicate", "kill-later")}
    options = draw(3, terminals=4, issuers=1, faults=faults)
    return hold_trial(options, UNTIL_MS, makers=forgetful)


def test_a_summary_counts_everything_once(convicted):
    """Receipts by what they say; each notice among the rare branches or the others; each rare branch as seen or not."""
    summary = summarise(convicted, UNTIL_MS, 2.0, "mine:Bank")
    run = convicted.run
    assert summary.transactions == run.transactions == sum(summary.outcomes.values()) > 0
    assert {**summary.rare, **summary.notices}.keys() >= run.ear.notices.keys()
    assert not summary.rare.keys() & summary.notices.keys()
    assert sorted((*summary.rare, *summary.unseen)) == sorted(NOTICES | FAULTS_DONE)
    assert summary.faults == {name: len(numbers) for name, numbers in run.plan.done.items()}
    text = "\n".join(summary.lines())
    assert f"rare branches seen {len(summary.rare)} of {len(NOTICES | FAULTS_DONE)}: " in text
    assert f"{summary.virtual_ms / 1000:g} virtual seconds in 2.00 real ones" in text
    assert text.endswith("--faults duplicate,kill-later --actor mine:Bank --timeline list")


def test_a_conviction_has_the_words_and_the_history(convicted):
    """What must hold, what was seen, when, of which transaction, and what was said about it on all hops."""
    conviction = convict(convicted)
    assert conviction.words == INVARIANTS[conviction.invariant].words
    assert conviction.transaction == "/".join(convicted.violation.transaction)
    lines = conviction.lines()
    assert lines[0] == f"VIOLATION {convicted.violation}"
    assert f"transaction {conviction.transaction}, the last {len(conviction.history)} events" in lines[1]
    assert any("says to bank1" in line for line in lines)
    secrets = Secrets()
    for _, passage in convicted.auditor.evidence.lives[convicted.violation.transaction].history:
        secrets.plant(passage.message, passage.hearer.host.name)
    assert not any(secrets.found_in(line) for line in lines)


def test_a_recipe_has_commands_that_can_be_pasted(convicted, forgetful):
    """One that shows the violation again, one that draws the transaction which it is about then."""
    reducer = Reducer(convicted, UNTIL_MS, makers=forgetful)
    before = write_recipe(reducer)
    assert not before.complete
    assert "not all" in before.lines()[0]
    found = reducer.reduce()
    recipe = write_recipe(reducer, "mine:Bank")
    name = "/".join(found.violation.transaction)
    assert recipe.lines()[0] == f"faults that it needs: none ({reducer.trials} trials)"
    assert recipe.again.endswith("--faults none --actor mine:Bank")
    assert recipe.picture == f"{recipe.again} --timeline {name}"
    assert recipe.lines()[1:] == [f"again: {recipe.again}", f"picture: {recipe.picture}"]
    once = msgspec.structs.replace(recipe, repeats=False)
    assert once.lines() == [NOT_AGAIN, f"the same world: {recipe.again}"]
