"""What a machine has let out, in words. Of texts only an assertion's is told: it holds no card data, and others may."""

import traceback
from pathlib import PurePath


class ActorFailure(Exception):
    """An actor of somebody's own has not kept to its protocol. The text begins with its class and the method."""


class JournalRefused(ActorFailure, ValueError):
    """An actor does not begin on a journal: right, when that was changed, and wrong otherwise."""


def print_failure(error: BaseException, own: str = "") -> str:
    """What was raised, and where.

    Args:
        own: the file of an actor; the last place in it is told as well when the failure came up further down.
    """
    places = traceback.extract_tb(error.__traceback__)
    told = f": {error}" if isinstance(error, AssertionError) else ""
    ours = [place for place in places if place.filename == own and place is not places[-1]]
    through = f", by way of {_place(ours[-1])}" if ours and places[-1].filename != own else ""
    return f"{type(error).__name__} in {_place(places[-1])}{through}{told}"


def _place(frame: traceback.FrameSummary) -> str:
    return f"{PurePath(frame.filename).name}, line {frame.lineno}"
