"""What the tests of `pointsman key` share: a keystore in a file under a bare master key, and a way to work on it."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from keys.cli.key import app

LMK = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"

Run = Callable[..., Result]


@pytest.fixture
def key(tmp_path: Path) -> Run:
    """Runs `pointsman key` with one line of words, over a keystore that exists; a bare master key costs no time."""

    def run(line: str, *words: str, stdin: str | None = None, **environment: str | None) -> Result:
        around = {
            "POINTSMAN_KEYSTORE": str(tmp_path / "my.keys"),
            "POINTSMAN_LMK": LMK,
            "POINTSMAN_LMK_PASSPHRASE": None,
        } | environment
        return CliRunner().invoke(app, [*shlex.split(line), *words], input=stdin, env=around)

    assert run("create").exit_code == 0
    return run
