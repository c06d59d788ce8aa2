"""Proves that the face costs little and promises nothing false: lazy imports, help for every command, examples that run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from keys.cli import crypto, key
from terminal_sim.cli import COMMANDS, app

POINTSMAN = Path(sys.executable).with_name("pointsman")

LEAVES = [
    *((name,) for name in COMMANDS if name not in ("journal", "terminal", "dialect", "key", "hsm", "crypto")),
    ("journal", "verify"),
    ("journal", "show"),
    ("terminal", "pay"),
    *(("key", name) for name in typer.main.get_command(key.app).commands),
    ("hsm", "serve"),
    *(("crypto", name) for name in typer.main.get_command(crypto.app).commands),
    *(("dialect", name) for name in ("list", "show", "check", "diff", "import")),
]
"""Every command that does something."""

PATHS = [(), ("journal",), ("terminal",), ("dialect",), ("key",), ("hsm",), ("crypto",), *LEAVES]
"""The same, and the groups around them."""

HEAVY = {"rich", "cryptography", "trio", "iso8583", "structlog", "sqlite3", "tomli_w", "iso4217", "switch", "keys"}
"""What an overview of the commands has no use for."""

RUNNABLE = {
    "decode": r"decode [0-9A-Fa-f]+$",
    "serve": r"--print-config",
    "check": r"check my\.toml$",
    "doctor": r"doctor( --json)?$",
    "encode": r"encode ",
    "explain": r"explain ",
    "diff": r"--volatile",
}
"""Which of a command's examples need neither a running switch nor a file of one's own, but my.toml."""


def face(*words: str):
    """Run the face in this process."""
    return CliRunner().invoke(app, list(words), prog_name="pointsman")


def loaded_by(*words: str) -> set[str]:
    """The top-level modules that the program has loaded when it ends."""
    program = (
        "import json, sys\n"
        "from terminal_sim.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=60, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def examples_of(path: tuple[str, ...]) -> list[str]:
    """The commands that the help of a command gives as examples, each on a line of its own."""
    _, _, examples = face(*path, "--help").stdout.partition("Examples:\n")
    return [example.strip() for example in examples.splitlines()]


def test_the_overview_imports_nothing_heavy():
    """`pointsman --help` loads neither what draws nor what computes nor what waits, and nothing of ours but the table."""
    loaded = loaded_by("--help")
    assert "typer" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("name", ["check", "decode", "doctor", "journal"])
def test_small_commands_stay_small(name):
    """What neither draws nor serves loads neither rich nor Trio."""
    assert loaded_by(name, "--help") & {"rich", "trio"} == set()


def test_the_installed_program():
    """The console script is this face."""
    done = subprocess.run([str(POINTSMAN), "-h"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == face("--help").stdout.split()


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help(path):
    """Each answers to --help and -h with status 0, and says what it is."""
    done = face(*path, "--help")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(" ".join(("Usage: pointsman", *path)))
    assert face(*path, "-h").stdout == done.stdout


def test_the_overview_names_every_command():
    """Without a word the overview is shown, each command with its line, in the table's order."""
    shown = face().output
    places = [shown.index(f"  {name} ") for name in COMMANDS]
    assert places == sorted(places)
    for command in COMMANDS.values():
        assert command.line in " ".join(shown.split())


def test_an_unknown_command():
    """Status 2, its name, and the nearest that there is."""
    done = face("srve")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "No such command 'srve', did you mean 'serve'?" in done.stderr


def test_version():
    """The version of the distribution."""
    assert face("--version").stdout.startswith("pointsman ")


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_each_command_has_examples(path):
    """Its help ends with at least two, and each is a call of that very command or of what makes its file."""
    examples = examples_of(path)
    assert len(examples) >= 2
    for example in examples:
        assert " ".join(("pointsman", *path)) in example or example.startswith("pointsman serve --print-config >")


@pytest.mark.parametrize("name", RUNNABLE)
def test_examples_can_be_copied(name, tmp_path):
    """Those that can be run anywhere do what they say."""
    (tmp_path / "my.toml").write_text(face("serve", "--print-config").stdout)
    examples = [example for example in examples_of((name,)) if re.search(RUNNABLE[name], example)]
    assert examples
    for example in examples:
        command = example.replace("pointsman", f"'{POINTSMAN}'", 1)
        done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
        # Whether this machine is well is not what is proven here.
        assert done.returncode in ((0, 1) if name == "doctor" else (0,)), done.stderr
        assert done.stderr == ""


@pytest.mark.parametrize(("dialect", "framing"), [("iso87-ascii", "ascii2"), ("iso87-binary", "stx-etx")])
def test_a_terminal_takes_no_framing_that_its_dialect_does_not_fit(dialect, framing):
    """Status 2 and why, before anything is dialled."""
    done = face(
        "terminal",
        "pay",
        "--amount",
        "12.50",
        "--card",
        "visa-chip",
        "--to",
        "127.0.0.1:1",
        "--dialect",
        dialect,
        "--framing",
        framing,
    )
    assert done.exit_code == 2
    assert f"--framing: {framing} " in " ".join(done.stderr.split())
