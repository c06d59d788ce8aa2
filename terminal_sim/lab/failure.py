"""What a machine has let out, in words. Of texts only an assertion's is told: it holds no card data, and others may."""

import traceback
from collections.abc import Sequence
from pathlib import PurePath


class ActorFailure(Exception):
    """An actor of somebody's own has not kept to its protocol. The text begins with its class and the method."""


class JournalRefused(ActorFailure, ValueError):
    """An actor does not begin on a journal: right, when that was changed, and wrong otherwise."""


class ActorHangs(ActorFailure):
    """A method of an actor has not come back."""


class Overdue(BaseException):
    """Raised within an actor's method that does not come back, by whoever has a real clock; no `except Exception` holds it up.

    Args:
        waited_s: how long it was waited for.
    """

    def __init__(self, waited_s: float) -> None:
        super().__init__(waited_s)
        self.waited_s = waited_s


def print_failure(error: BaseException, own: str = "") -> str:
    """What was raised, and where.

    Args:
        own: the file of an actor; the last place in it is told as well when the failure came up further down.
    """
    told = f": {error}" if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} in {_places(traceback.extract_tb(error.__traceback__), own)}{told}"


def print_delay(overdue: Overdue, own: str = "") -> str:
    """How long nothing came back, and from where; `own` as above."""
    places = traceback.extract_tb(overdue.__traceback__)[:-1]  # The last one is whoever looked.
    return f"has not come back within {overdue.waited_s:g} s of real time; it was in {_places(places, own)}"


def _places(places: Sequence[traceback.FrameSummary], own: str) -> str:
    ours = [place for place in places if place.filename == own and place is not places[-1]]
    through = f", by way of {_place(ours[-1])}" if ours and places[-1].filename != own else ""
    return f"{_place(places[-1])}{through}"


def _place(frame: traceback.FrameSummary) -> str:
    return f"{PurePath(frame.filename).name}, line {frame.lineno}"
