"""What `pointsman crypto` prints: the result alone, with --explain every step before it, or JSON; and how it refuses."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import msgspec
import typer

from keys.cli import examples
from keys.cli.exits import FAILED, USAGE, complain
from keys.errors import KeysError, Mismatch
from keys.explain.working import Explanation, Step

Explain = Annotated[bool, typer.Option("--explain", help="Show every step to the result.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: the result, and with --explain its steps.")]


class Operation(msgspec.Struct, frozen=True):
    """One command of `pointsman crypto`: its function, and the end of its help."""

    run: Callable[..., None]
    examples: str


def operation(*lines: str) -> Callable[[Callable[..., None]], Operation]:
    """A command whose help ends with these examples, each without its first two words."""

    def made(run: Callable[..., None]) -> Operation:
        return Operation(run, examples(*(f"pointsman crypto {line}" for line in lines)))

    return made


@contextmanager
def refusals() -> Iterator[None]:
    """What the primitives refuse ends the command in one sentence: status 1 for a value that is wrong, 2 for words."""
    try:
        yield
    except Mismatch as error:
        complain(str(error))
        raise typer.Exit(FAILED) from None
    except KeysError as error:
        complain(str(error))
        raise typer.Exit(USAGE) from None


def tell(explanation: Explanation, *, explain: bool, as_json: bool, **more: object) -> None:
    """Print a result, after its steps where they are asked for; `more` is for JSON only."""
    if as_json:
        tree: dict[str, object] = {"what": explanation.result.what, "result": explanation.result.expose(), **more}
        if explain:
            tree["steps"] = _tree(explanation.steps)
        typer.echo(json.dumps(tree))
    elif explain:
        tell_steps(explanation.steps)
    else:
        typer.echo(explanation.result.expose())


def tell_steps(steps: tuple[Step, ...]) -> None:
    """Print steps, one to a line."""
    width = max((len(step.what) for step in steps), default=0)
    for step in steps:
        typer.echo(f"{step.what.ljust(width)}  {step.expose()}")


def _tree(steps: tuple[Step, ...]) -> list[dict[str, str]]:
    return [{"what": step.what, "value": step.expose()} for step in steps]
