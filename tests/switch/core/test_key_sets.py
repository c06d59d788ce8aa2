"""The key sets of a link by themselves: what each change and each end leaves present, former, accepted and known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.core.key_sets import LinkKeys, indistinct
from switch.core.plan import KeySet, LinkPlan, Role
from switch.wire import DIALECTS, FRAMINGS

A, B, C, D = (KeySet(f"{name}.mac", f"{name}.pin") for name in "abcd")


def keys_after(*steps):
    """Sets that began with A: each step is a set to change to, or "end" for the end of a grace."""
    keys = LinkKeys(A)
    for step in steps:
        if step == "end":
            keys.end_former()
        else:
            keys.change(step)
    return keys


@pytest.mark.parametrize(
    ("steps", "accepted", "known"),
    [
        ((), (A,), (A,)),
        ((B,), (B, A), (B, A)),
        ((B, "end"), (B,), (B, A)),
        ((B, C), (C, B), (C, B, A)),
        ((B, A), (A, B), (A, B)),
        ((B, "end", A), (A, B), (A, B)),
        ((B, "end", C), (C, B), (C, B, A)),
        ((B, "end", C, "end"), (C,), (C, B)),
        (("end",), (A,), (A,)),
    ],
)
def test_what_is_accepted_and_what_is_known_after_changes_and_ends(steps, accepted, known):
    """The present set first; of those that are over the last one is known, so that it can be told from a forged one."""
    keys = keys_after(*steps)
    assert (keys.accepted, keys.known, keys.changed) == (accepted, known, any(step != "end" for step in steps))


@pytest.mark.parametrize(
    ("steps", "to", "cut_short"), [((), B, False), ((B,), A, False), ((B,), C, True), ((B, "end"), C, False)]
)
def test_a_change_says_whether_it_cuts_a_grace_short(steps, to, cut_short):
    """Only where a third set comes while the first one is still accepted."""
    assert keys_after(*steps).change(to) is cut_short


def test_a_set_that_is_coming_is_accepted_and_is_not_spoken_under():
    """It is what is wanted; with the change it is present, and nothing is coming any more."""
    keys = keys_after(B)
    keys.coming = C
    assert (keys.present, keys.wanted, keys.accepted) == (B, C, (B, A, C))
    keys.change(C)
    assert (keys.present, keys.wanted, keys.coming, keys.accepted) == (C, C, None, (C, B))


@given(
    st.lists(st.one_of(st.sampled_from([A, B, C, D, "end"]), st.tuples(st.just("order"), st.sampled_from([A, B, C, D])))),
)
def test_no_set_is_told_twice(steps):
    """A MAC is looked for under each set once, and never under more than four; what is accepted is known."""
    keys = LinkKeys(A)
    for step in steps:
        if step == "end":
            keys.end_former()
        elif isinstance(step, KeySet) and step != keys.present:
            keys.change(step)
        elif isinstance(step, tuple) and step[1] != keys.present:
            keys.coming = step[1]
        assert len(set(keys.known)) == len(keys.known) <= 4
        assert set(keys.accepted) <= set(keys.known)
        assert keys.accepted[0] == keys.known[0] == keys.present


@pytest.mark.parametrize(
    ("role", "wanted", "is_indistinct"),
    [
        (Role.ACQUIRER, KeySet("a.mac", "b.pin"), True),
        (Role.ACQUIRER, KeySet("b.mac", "b.pin"), False),
        (Role.ACQUIRER, KeySet("b.mac", "a.pin"), False),
        (Role.ACQUIRER, KeySet("", "b.pin"), False),
        (Role.ISSUER, KeySet("a.mac", "b.pin"), False),
    ],
)
def test_a_pin_key_alone_changes_only_where_no_pin_block_comes(role, wanted, is_indistinct):
    """Under one MAC key nothing says which PIN key a block is under; an issuer sends none, and without MACs none is told."""
    plan = LinkPlan("link", role, DIALECTS["iso87-ascii"], FRAMINGS["len2-big"], mac_key="a.mac", pin_key="a.pin")
    assert indistinct(plan, A, wanted) is is_indistinct
