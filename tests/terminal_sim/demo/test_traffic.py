"""Proves that errands are drawn from their seed alone, and that every kind of them is drawn."""

from terminal_sim.demo.traffic import TOO_MUCH_MINOR, draw_errands
from terminal_sim.terminal import Entry


def test_the_same_seed_draws_the_same():
    """A run can be repeated, and another seed gives another run."""
    assert draw_errands(50, 4, "a") == draw_errands(50, 4, "a")
    assert draw_errands(50, 4, "a") != draw_errands(50, 4, "b")


def test_every_kind_is_drawn():
    """Among many errands there is each entry mode, a wrong PIN, a void, a completion and an amount nobody has."""
    errands = draw_errands(2_000, 4, "kinds")
    assert {errand.entry for errand in errands} == {Entry.CHIP, Entry.NFC, Entry.MAGSTRIPE}
    assert {errand.customer for errand in errands} == {0, 1, 2, 3}
    for found in ("wrong_pin", "voided", "completed"):
        assert any(getattr(errand, found) for errand in errands), found
    assert any(errand.amount.minor == TOO_MUCH_MINOR for errand in errands)
