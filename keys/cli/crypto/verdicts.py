"""What is said of a value that was given to be verified: that it is right, or what it would match."""

from collections.abc import Callable, Sequence

import typer

from keys.cli.crypto.printing import tell
from keys.cli.exits import FAILED, complain
from keys.explain.neighbours import Match
from keys.explain.working import Explanation
from keys.sensitive import constant_time_equal


def judge(
    what: str,
    explanation: Explanation,
    given: bytes,
    search: Callable[[], Sequence[Match]],
    *,
    explain: bool,
    as_json: bool,
) -> None:
    """Compare a result with what was given; a wrong one ends the command with status 1 and what `search` finds.

    Args:
        what: the value's name.
        explanation: the right one, as long as it should be.
        given: the one to be verified.
        search: looks for the neighbours; asked only for a wrong one.
    """
    right = constant_time_equal(bytes.fromhex(explanation.result.expose()), given)
    found = [] if right else search()
    if as_json or explain:
        tell(explanation, explain=explain, as_json=as_json, verified=right, would_match=list(map(str, found)))
    elif right:
        typer.echo(f"the {what} is right")
    if right:
        return
    complain(f"the {what} is wrong", *(f"it would match with: {match}" for match in found))
    if not found:
        complain(
            "it matches with no other padding, algorithm, part of the key or range of bytes that was tried:"
            " look at the key itself, and at the bytes with --explain"
        )
    raise typer.Exit(FAILED)
