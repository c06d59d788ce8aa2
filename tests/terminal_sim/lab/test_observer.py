"""Who is told what: an observer hears of what it looks at, in its place among the others, and of nothing else."""

import inspect

import pytest

from terminal_sim.lab.observer import Audience, Observer

TOLD = sorted(name for name, _ in inspect.getmembers(Observer, inspect.isfunction) if name != "placed")


def looker(name, told, who):
    """An observer that looks at this one kind of thing, and writes down that it was told."""
    return type("Looker", (Observer,), {name: lambda self, *what: told.append((who, name))})()


@pytest.mark.parametrize("name", TOLD)
def test_an_observer_is_told_what_it_looks_at(name):
    """Each kind of thing has its row of listeners, in the order of the observers; who does not look is not in it."""
    told = []
    audience = Audience([looker(name, told, 1), Observer(), looker(name, told, 2)])
    assert {each: len(getattr(audience, each)) for each in TOLD} == {each: 2 * (each == name) for each in TOLD}
    for tell in getattr(audience, name):
        tell(*[None] * (len(inspect.signature(getattr(Observer, name)).parameters) - 1))
    assert told == [(1, name), (2, name)]


def test_who_looks_by_inheritance_is_told():
    """An observer of an observer's kind looks at what that one looks at."""
    told = []
    kind = type("Younger", (type(looker("died", told, 1)),), {})
    for tell in Audience([kind()]).died:
        tell(None)
    assert told == [(1, "died")]
