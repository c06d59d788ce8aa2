"""Deadlines, as laws: at most one for a key, earliest first, ties in the order in which they were set."""

from hypothesis import given
from hypothesis import strategies as st

from switch.machine import Deadlines

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, 5), st.integers(0, 20)),
        st.tuples(st.just("drop"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("expire"), st.just(0), st.integers(0, 20)),
    ),
    max_size=40,
)


@given(STEPS)
def test_the_laws_of_deadlines(steps):
    """Against the plain definition: a dict of deadlines, sorted by time and then by the order of setting."""
    deadlines: Deadlines[int] = Deadlines()
    model: dict[int, tuple[int, int]] = {}
    for order, (act, key, at) in enumerate(steps):
        match act:
            case "set":
                deadlines.set(key, at)
                model[key] = (at, order)
            case "drop":
                deadlines.drop(key)
                model.pop(key, None)
            case _:
                due = sorted((when, key) for key, when in model.items() if when[0] <= at)
                assert deadlines.expire(at) == [key for _, key in due]
                for _, gone in due:
                    del model[gone]
        assert len(deadlines) == len(model)
        assert deadlines.earliest() == min((when[0] for when in model.values()), default=None)
        assert all(deadlines.has(key) == (key in model) for key in range(6))


def test_a_key_set_again_has_its_new_deadline_only():
    """Earlier or later: the old one never expires."""
    deadlines: Deadlines[str] = Deadlines()
    for at in (10, 5, 20):
        deadlines.set("a", at)
    assert deadlines.expire(19) == []
    assert deadlines.expire(20) == ["a"]
    assert deadlines.expire(1_000) == []


def test_equal_deadlines_expire_in_the_order_in_which_they_were_set():
    """So that a run can be repeated; setting a key again puts it at the end."""
    deadlines: Deadlines[str] = Deadlines()
    for key in ("c", "a", "b", "c"):
        deadlines.set(key, 7)
    assert deadlines.expire(7) == ["a", "b", "c"]


def test_what_was_set_over_and_over_does_not_pile_up():
    """A key that is set a thousand times and dropped leaves nothing that is found first."""
    deadlines: Deadlines[str] = Deadlines()
    for at in range(1_000):
        deadlines.set("a", at)
    deadlines.drop("a")
    assert deadlines.earliest() is None
    assert deadlines._heap == []
