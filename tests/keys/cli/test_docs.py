"""Proves that docs/keys.md and docs/crypto.md are true: each command in them runs, and prints what the page shows."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from keys.cli import crypto, key

DOCS = Path(__file__).parents[3] / "docs"
APPS = {"crypto": crypto.app, "key": key.app}
PAGES = {name: (DOCS / page).read_text() for name, page in (("crypto", "crypto.md"), ("key", "keys.md"))}
SHOWN = [
    (line.strip(), printed)
    for console in re.findall(r"```console\n(.*?)```", PAGES["crypto"], re.S)
    for line, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", console, re.M)
]


def run(line, **environment):
    """Run a line of the page in this process."""
    program, group, *words = shlex.split(line)
    assert program == "pointsman"
    return CliRunner().invoke(APPS[group], words, env=environment)


@pytest.mark.parametrize(("line", "printed"), SHOWN, ids=[line[:50] for line, _ in SHOWN])
def test_what_is_shown_is_printed(line, printed):
    """Results, steps and complaints, to the letter."""
    assert run(line).output == printed


def test_the_keystore_of_the_page(tmp_path):
    """The commands over a keystore work one after the other."""
    (block,) = re.findall(r"```sh\n(.*?)```", PAGES["key"], re.S)
    lines = block.splitlines()
    assert len(lines) > 10
    around = {
        "POINTSMAN_KEYSTORE": str(tmp_path / "my.keys"),
        "POINTSMAN_LMK": None,
        "POINTSMAN_LMK_PASSPHRASE": "correct horse",
    }
    for line in lines:
        done = run(line, **around)
        assert done.exit_code == 0, (line, done.output)


@pytest.mark.parametrize("group", APPS)
def test_every_command_is_on_its_page(group):
    """No command of a group is left out of its table."""
    table = " ".join(line.split("|")[1] for line in PAGES[group].splitlines() if line.startswith("| `"))
    for name in typer.main.get_command(APPS[group]).commands:
        assert re.search(rf"`{name}[` ]", table), name
