"""What the switch's records commit it to: what is open, and which reversals must come to be owed."""

import pytest

from terminal_sim.lab.exchanges import Exchanges
from terminal_sim.lab.turn import Entry, Opening

OPENING = Opening(key="K", terminal_id="LAB00001", rrn="000000000007")
NAME = ("LAB00001", "000000000007")

FORWARDED = Entry(kind="forwarded", opening=OPENING, route="bank1", stan_out="000123")
APPROVED = Entry(kind="answered", key="K", approved=True)
DECLINED = Entry(kind="answered", key="K")
EXPIRED = Entry(kind="expired", key="K")
REVERSED = Entry(kind="reversed", key="K")
OWED = Entry(kind="advice-owed", key="K", mti="0420")


@pytest.mark.parametrize(
    ("entries", "is_open", "is_lacking"),
    [
        ([FORWARDED], True, False),
        ([FORWARDED, DECLINED], False, False),
        ([FORWARDED, APPROVED], False, False),
        ([FORWARDED, EXPIRED], False, True),
        ([FORWARDED, EXPIRED, OWED], False, False),
        ([FORWARDED, REVERSED], False, True),
        ([FORWARDED, APPROVED, REVERSED], False, True),
        ([FORWARDED, APPROVED, REVERSED, OWED], False, False),
        ([FORWARDED, DECLINED, REVERSED], False, False),
        ([REVERSED], False, False),
    ],
)
def test_what_may_have_been_approved_lacks_its_reversal(entries, is_open, is_lacking):
    """Nothing for what was declined or never asked; all else must be undone at its issuer."""
    exchanges = Exchanges()
    exchanges.turn(entries, 5_000)
    assert ("K" in exchanges.open, exchanges.lacking.get("K")) == (is_open, NAME if is_lacking else None)


def test_a_turn_has_begun_and_ended_what_its_own_records_say():
    """The next one has not; a copy goes on by itself."""
    exchanges = Exchanges()
    exchanges.turn([FORWARDED], 5_000)
    assert (list(exchanges.begun), exchanges.open["K"].due_ms) == (["K"], 5_000)
    before = exchanges.copy()
    exchanges.turn([EXPIRED], 9_000)
    assert (list(exchanges.begun), list(exchanges.ended)) == ([], ["K"])
    assert (list(before.open), before.lacking) == (["K"], {})


@pytest.mark.parametrize(
    ("entries", "is_overdue"),
    [([EXPIRED], True), ([REVERSED], True), ([APPROVED], False), ([APPROVED, REVERSED], False), ([EXPIRED, FORWARDED], False)],
)
def test_what_has_ended_without_an_answer_may_get_a_late_one(entries, is_overdue):
    """By what its issuer was asked under, until another is asked under the same; a life knows of its own ones alone."""
    exchanges = Exchanges()
    exchanges.turn([FORWARDED, *entries], 5_000)
    assert exchanges.overdue.get(("bank1", "000123")) == (NAME if is_overdue else None)
    assert not exchanges.copy().overdue


@pytest.mark.parametrize("ending", [EXPIRED, REVERSED])
def test_of_what_another_life_has_asked_nothing_is_late(ending):
    """The process that begins again ends it, and does not remember under what it was asked: no answer is recorded as late."""
    before = Exchanges()
    before.turn([FORWARDED], 5_000)
    exchanges = before.copy()
    exchanges.turn([ending], 9_000)
    assert exchanges.lacking == {"K": NAME}
    assert not exchanges.overdue
