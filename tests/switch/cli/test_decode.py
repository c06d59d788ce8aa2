"""Proves that `decode` says something useful of whatever it is given, never a traceback, and by its exit status what it was."""

import json
import os

import iso8583
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from switch.cli.decode import app
from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire import DIALECTS, FRAMINGS
from switch.wire.pairing import unfit

OK, USAGE, UNREADABLE = 0, 2, 4
PAIRS = [(dialect, None) for dialect in DIALECTS]
PAIRS += [(dialect, name) for dialect in DIALECTS for name in FRAMINGS if not unfit(DIALECTS[dialect], FRAMINGS[name])]

VALUES = {"2": "4761739001010119", "3": "000000", "4": "000000001250", "7": "1122101500", "11": "000001", "49": "978"}


def message(dialect: str = "iso87-ascii", **changes: str) -> bytes:
    """A purchase, as pyiso8583 writes it."""
    return bytes(iso8583.encode({"t": "0200", **VALUES, **changes}, DIALECTS[dialect].spec)[0])


def decode(*words: str, stdin: bytes | None = None):
    """Run the command in this process."""
    done = CliRunner().invoke(app, list(words), input=stdin)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    return done


@pytest.mark.parametrize(("dialect", "framing"), PAIRS)
def test_a_message_of_each_dialect(dialect, framing):
    """Hexadecimal of any known dialect in any known framing: which it is, and each element in words, the card masked."""
    data = message(dialect) if framing is None else FRAMINGS[framing].frame(message(dialect))
    done = decode(data.hex())
    assert done.exit_code == OK
    first = done.stdout.splitlines()[0]
    assert first.startswith(dialect if framing is None else f"{dialect} in {framing.removesuffix('-poll')} ")
    assert "12.50 EUR" in done.stdout
    assert "476173******0119" in done.stdout
    assert "4761739001010119" not in done.stdout


@pytest.mark.parametrize(
    "spell",
    [
        lambda data: data.hex(),
        lambda data: data.hex().upper(),
        lambda data: data.hex(" "),
        lambda data: "0x" + data.hex(",", 1).replace(",", ", 0x"),
        lambda data: data.hex(":"),
        lambda data: data.hex("\n", 16) + "\n",
    ],
    ids=["lower", "upper", "blanks", "0x", "colons", "lines"],
)
def test_hexadecimal_as_people_paste_it(spell, tmp_path):
    """As an argument, from a file and from standard input, each spelling means the same message."""
    text = spell(message())
    file = tmp_path / "dump.hex"
    file.write_text(text)
    shown = decode(message().hex()).stdout
    assert decode(text).stdout == shown
    assert decode(str(file)).stdout == shown
    assert decode("-", stdin=text.encode()).stdout == shown


def test_raw_bytes(tmp_path):
    """A file and standard input may hold the bytes themselves."""
    file = tmp_path / "dump.bin"
    file.write_bytes(message("iso87-binary"))
    shown = decode(message("iso87-binary").hex()).stdout
    assert decode(str(file)).stdout == shown
    assert decode("-", stdin=message("iso87-binary")).stdout == shown


def test_a_pipe_with_a_name(tmp_path):
    """What the shell makes of <(command) is no regular file, and is read all the same."""
    read_end, write_end = os.pipe()
    os.write(write_end, message().hex().encode())
    os.close(write_end)
    try:
        assert decode(f"/dev/fd/{read_end}").exit_code == OK
    finally:
        os.close(read_end)


def test_json():
    """For programs: the same as one object, masked, with the error where there is one."""
    tree = json.loads(decode("--json", message().hex()).stdout)
    assert (tree["dialect"], tree["framing"], tree["error"]) == ("iso87-ascii", None, None)
    assert {line["de"]: line["value"] for line in tree["elements"]}[2] == "476173******0119"
    refused = decode("--json", message().hex()[:-2])
    assert refused.exit_code == UNREADABLE
    assert json.loads(refused.stdout)["error"]["de"] == 49


def test_one_dialect():
    """`--dialect` tries that one only; a name that is not known is told with those that are."""
    done = decode("--dialect", "iso87-binary", message().hex())
    assert done.exit_code == UNREADABLE
    assert done.stdout.startswith("iso87-binary")
    wrong = decode("--dialect", "iso87-ascci", message().hex())
    assert (wrong.exit_code, 'did you mean "iso87-ascii"?' in wrong.stderr) == (USAGE, True)


def test_secrets_when_asked_for():
    """Only `--show-secrets` shows the card."""
    assert "4761739001010119" in decode("--show-secrets", message().hex()).stdout


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "no hexadecimal digits"),
        ("zz", "no hexadecimal digit"),
        ("123", "not a whole number of bytes"),
        ("dump.hex", "no file of that name"),
        ("/", "Is a directory"),
        ("\x1b[2J", "no hexadecimal digit"),
        ("0200" * HEX_TEXT_CHARS_MAX, "longer than"),
        ("ü" * 300, "no hexadecimal digit"),
        ("\udcff", "no hexadecimal digit"),
    ],
    ids=["empty", "letters", "odd", "missing", "directory", "escape", "long", "umlauts", "surrogate"],
)
def test_what_is_neither_hexadecimal_nor_a_file(source, words):
    """Status 2, what is wrong with it, and what could be given instead; the text itself is not repeated."""
    done = decode(source)
    assert done.exit_code == USAGE
    assert done.stdout == ""
    assert words in done.stderr
    assert "Give hexadecimal text, the name of a file, or - for standard input." in done.stderr
    assert not any(character < " " for character in done.stderr.replace("\n", ""))


@pytest.mark.parametrize("stdin", [b"", b" \r\n", b"0" * 1_000_000, bytes(1_000_000)], ids=["empty", "blank", "hex", "bytes"])
@pytest.mark.parametrize("where", ["file", "input"])
def test_nothing_or_too_much(tmp_path, stdin, where):
    """An empty source and one of a megabyte are told as what they are, with status 2, and not decoded in part."""
    file = tmp_path / "dump"
    file.write_bytes(stdin)
    done = decode(str(file)) if where == "file" else decode("-", stdin=stdin)
    assert done.exit_code == USAGE
    assert done.stdout == ""
    assert ("longer than" if len(stdin) > 100 else "nothing to decode") in done.stderr


def test_a_file_that_may_not_be_read(tmp_path):
    """Status 2 and what the system said."""
    (tmp_path / "loop").symlink_to("loop")
    done = decode(str(tmp_path / "loop"))
    assert done.exit_code == USAGE
    assert done.stderr


@pytest.mark.parametrize(
    "data",
    [b"\x00", b"0200", b"\xff" * 64, b"GET / HTTP/1.1\r\n\r\n", b"\x1b[2J\x1b]0;owned\x07" * 9, bytes(8192)],
    ids=["zero", "mti", "ones", "http", "escapes", "zeroes"],
)
def test_garbage(data):
    """Status 4 and the byte and rule at which it is refused; nothing reaches the screen that could steer it."""
    done = decode(data.hex())
    assert done.exit_code == UNREADABLE
    assert "refused at byte" in done.stdout
    assert not any(character < " " for character in done.stdout.replace("\n", ""))
    assert done.stdout.isascii()


@given(st.binary(min_size=1, max_size=200), st.booleans())
def test_any_bytes(data, as_json):
    """Whatever the bytes: status 0 or 4, printable text, and lawful JSON."""
    done = decode(*(["--json"] if as_json else []), data.hex())
    assert done.exit_code in (OK, UNREADABLE)
    assert done.stdout.isascii()
    if as_json:
        json.loads(done.stdout)


@given(st.data())
def test_nearly_a_message(data):
    """A message with one byte changed is read or refused, never more of it shown than before."""
    raw = bytearray(message())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    done = decode(raw.hex())
    assert done.exit_code in (OK, UNREADABLE)
    assert "4761739001010119" not in done.stdout
