"""Proves that `encode` writes what `decode` and pyiso8583 read, and refuses in words what cannot be written."""

import json

import iso8583
import pytest
from typer.testing import CliRunner

from switch.cli.encode import app
from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire import DIALECTS, FRAMINGS

OK, USAGE = 0, 2


def encode(*words: str, stdin: bytes | None = None):
    """Run the command in this process."""
    done = CliRunner().invoke(app, list(words), input=stdin)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize("name", ["iso87-ascii", "iso87-binary"])
def test_what_it_writes_is_read_elsewhere(name):
    """pyiso8583 reads the values back, filled up to their lengths."""
    done = encode("mti=0200", "2=4111111111111111", "3=0", "4=1000", "41=T1", "--dialect", name)
    assert done.exit_code == OK
    read, _ = iso8583.decode(bytes.fromhex(done.stdout), DIALECTS[name].spec)
    assert {key: read[key] for key in ("t", "2", "3", "4", "41")} == {
        "t": "0200",
        "2": "4111111111111111",
        "3": "000000",
        "4": "000000001000",
        "41": "T1      ",
    }


def test_all_ways_to_give_values():
    """Pairs, an object, and either of them on standard input make the same message."""
    expected = encode("mti=0800", "7=1122101500", "11=1", "70=301").stdout
    assert encode("mti=0800 7=1122101500 11=1 70=301").stdout == expected
    text = json.dumps({"t": "0800", "7": "1122101500", "11": 1, "70": "301"})
    assert encode(text).stdout == expected
    assert encode("-", stdin=text.encode()).stdout == expected
    assert encode("-", stdin=b"mti=0800 7=1122101500\n11=1 70=301\n").stdout == expected


def test_a_frame():
    """`--framing` puts the length before it, and `--json` says what was done."""
    plain = bytes.fromhex(encode("mti=0800", "70=301").stdout)
    done = encode("mti=0800", "70=301", "--framing", "len2-big", "--json")
    tree = json.loads(done.stdout)
    assert bytes.fromhex(tree.pop("hex")) == FRAMINGS["len2-big"].frame(plain)
    assert tree == {"dialect": "iso87-ascii", "framing": "len2-big"}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["70=301"], "MTI"),
        (["mti=0800", "70=3011"], "DE 70: 4 characters instead of 3"),
        (["mti=0800", "1=0"], "DE 1"),
        (["mti=0800", "70"], "word 2 is not of the form DE=VALUE"),
        (["{"], "not JSON"),
        (["mti=0800", "--dialect", "iso87-acsii"], 'did you mean "iso87-ascii"?'),
        (["mti=0800", "--framing", "len3"], "--framing: "),
        (["mti=\x1b[2J"], "MTI"),
        (["mti=0800", "--dialect", "\x1b[2J\u202e"], '"\\x1b[2J\\u202e" is not known'),
        (["mti=0800", "--framing", "\x1b[2J\n"], '"\\x1b[2J\\n" is not known'),
    ],
)
def test_what_cannot_be_written(words, complaint):
    """Status 2, the DE at fault, and no value of it."""
    done = encode(*words)
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert complaint in done.stderr
    assert "3011" not in done.stderr
    assert "\x1b" not in done.stderr


def test_too_much():
    """Standard input is bounded."""
    assert encode("-", stdin=b" " * (HEX_TEXT_CHARS_MAX + 1)).exit_code == USAGE
