"""Proves what `serve --print-config` prints: a configuration that can be read again, and the wire for a foreign other end.

Running the switch is proven with real processes in `tests/e2e`.
"""

import json
import tomllib

import iso8583
import pytest
from typer.testing import CliRunner

from switch.cli.check import app as check
from switch.cli.serve import app as serve
from switch.config import load_config
from switch.default_config import default_config
from switch.wire import DIALECTS

OK, USAGE = 0, 2


def print_config(*words: str):
    done = CliRunner().invoke(serve, ["--print-config", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture
def file(tmp_path):
    """The printed configuration in a file."""
    path = tmp_path / "switch.toml"
    path.write_text(print_config().stdout)
    return path


def test_round_trip(file):
    """What is printed can be checked, is what would run without a file, and prints as itself."""
    assert CliRunner().invoke(check, [str(file)]).exit_code == OK
    read, default = load_config(file), default_config()
    assert (read.links, read.routes, read.issuer) == (default.links, default.routes, default.issuer)
    assert print_config("--config", str(file)).stdout == file.read_text()


def test_json(file):
    """The same for programs."""
    assert json.loads(print_config("--json").stdout) == tomllib.loads(file.read_text())


def test_what_the_command_line_says(tmp_path):
    """`--state` and `--allow-any-pan` are printed as they would be used."""
    tree = tomllib.loads(print_config("--state", str(tmp_path), "--allow-any-pan").stdout)
    assert (tree["state_dir"], tree["allow_any_pan"]) == (str(tmp_path), True)


def test_a_bad_configuration_is_not_printed(tmp_path):
    """A name that is not known has no reference: status 2 and its path, as when it is run."""
    file = tmp_path / "switch.toml"
    file.write_text(print_config().stdout.replace('framing = "len2-big"', 'framing = "len2"'))
    done = print_config("--config", str(file))
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert done.stderr.startswith("$.links[0].framing: ")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_printed_spec(file, dialect):
    """With the printed spec alone pyiso8583 reads and writes what our codec writes and reads."""
    text = file.read_text().replace('dialect = "iso87-ascii"', f'dialect = "{dialect}"')
    file.write_text(text)
    spec = tomllib.loads(print_config("--config", str(file)).stdout)["reference"]["dialects"][dialect]["spec"]
    values = {2: "4111111111111111", 3: "000000", 4: "000000001250", 7: "1122101500", 11: "000001", 39: "00", 41: "TERMINAL"}
    values |= {38: "A1B2C3", 49: "978", 55: "9F2608" + "1A" * 8, 102: "12345678", 128: "0123456789ABCDEF"}
    values = DIALECTS[dialect].word(values, "0210", 0)
    ours = DIALECTS[dialect].encode({"mti": DIALECTS[dialect].edition.mti("0210"), **values})
    decoded, _ = iso8583.decode(ours, spec)
    assert {int(de): value for de, value in decoded.items() if de.isdigit() and de != "1"} == values
    assert bytes(iso8583.encode(decoded, spec)[0]) == ours


@pytest.mark.parametrize("wanted", ["pos.zak", "pos.zpk", "issuer.imk-ac"])
def test_keys_are_in_clear(file, wanted):
    """The lab keys stand there, which nobody could guess otherwise; the head says so."""
    tree = tomllib.loads(file.read_text())
    assert len(next(key for key in tree["keys"] if key["name"] == wanted)["value"]) == 32
    assert "published keys only, in clear on purpose" in file.read_text()


def test_a_trace_that_may_not_be_made_is_refused(tmp_path):
    """Where something is not published, where there is a file already, or where no file is named; and nothing is started."""
    there = tmp_path / "there.trace"
    there.write_bytes(b"")
    new = tmp_path / "new.trace"
    for words, told in (
        (["--trace", str(new), "--trace-full", "--allow-any-pan"], "--trace-full: not here"),
        (["--trace", str(there)], "File exists"),
        (["--trace-full"], "needs --trace FILE"),
    ):
        done = CliRunner().invoke(serve, ["--state", str(tmp_path / "state"), *words])
        assert done.exit_code == USAGE
        assert told in done.output
    assert (new.exists(), (tmp_path / "state").exists()) == (False, False)
