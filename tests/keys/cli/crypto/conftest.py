"""What the tests of `pointsman crypto` share: a way to run it in this process."""

import shlex
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from keys.cli.crypto import app


@pytest.fixture(scope="session")
def crypto() -> Callable[..., Result]:
    """Runs `pointsman crypto` with one line of words, and words of their own behind it."""

    def run(line: str, *words: str) -> Result:
        return CliRunner().invoke(app, [*shlex.split(line), *words])

    return run
