"""Proves that `decode` says something useful of whatever it is given, never a traceback, and by its exit status what it was."""

import base64
import contextlib
import json
import os

import iso8583
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from switch.cli.decode import app
from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire import DIALECTS, FRAMINGS, DecodeError
from switch.wire.pairing import unfit

OK, USAGE, UNREADABLE = 0, 2, 4
PAIRS = [(dialect, None) for dialect in DIALECTS]
PAIRS += [(dialect, name) for dialect in DIALECTS for name in FRAMINGS if not unfit(DIALECTS[dialect], FRAMINGS[name])]

VALUES = {"2": "4761739001010119", "3": "000000", "4": "000000001250", "7": "1122101500", "11": "000001", "49": "978"}
NOW_MS = 1_795_344_900_000
"""2026-11-22, the day of the message."""


def message(dialect: str = "iso87-ascii", **changes: str) -> bytes:
    """A purchase, as pyiso8583 writes it."""
    spoken = DIALECTS[dialect]
    plain = {int(de): value for de, value in VALUES.items()}
    values = {str(de): value for de, value in spoken.word(plain, "0200", NOW_MS).items()}
    head = {"t": spoken.edition.mti("0200"), "h": spoken.header}
    return bytes(iso8583.encode(head | values | changes, spoken.spec)[0])


def twin(raw: bytes, edition) -> str:
    """The first dialect of the edition that reads the message whole: some differ only in elements that it does not have."""
    for name, dialect in DIALECTS.items():
        if dialect.edition is not edition:
            continue
        with contextlib.suppress(DecodeError):
            dialect.decode(raw)
            return name
    raise AssertionError("no dialect reads its own message")


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
    first, dialect = done.stdout.splitlines()[0], twin(message(dialect), DIALECTS[dialect].edition)
    assert first.startswith(dialect if framing is None else f"{dialect} in {framing.partition('-poll')[0]} ")
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


PURCHASE, ANSWER = "0200", "0210"


def conversation(wiretap, framing="len2-big"):
    """The packets of two purchases and their answers, one of them torn over three packets and sent twice."""
    asked = FRAMINGS[framing].frame(message())
    answered = FRAMINGS[framing].frame(message(t=ANSWER, **{"39": "00"}))
    client, host = 40000, 8583
    return [
        (client, 99, wiretap.SYN, b""),
        (host, 999, wiretap.SYN | wiretap.ACK, b""),
        (client, 100, wiretap.ACK, asked),
        (host, 1000, wiretap.ACK, answered),
        (client, 100 + len(asked), wiretap.ACK, asked[:5]),
        (client, 100 + len(asked) + 30, wiretap.ACK, asked[30:]),
        (client, 100 + len(asked) + 5, wiretap.ACK, asked[5:40]),
        (host, 1000 + len(answered), wiretap.ACK | wiretap.FIN, answered),
    ]


@pytest.mark.parametrize("write", ["pcap", "pcapng"])
def test_a_capture(wiretap, tmp_path, write):
    """Every message of both directions in the order in which they were said, each with its packet; what came twice is told."""
    file = tmp_path / "trace.cap"
    file.write_bytes(getattr(wiretap, write)(conversation(wiretap)))
    done = decode(str(file))
    assert done.exit_code == OK
    heads = [line for line in done.stdout.splitlines() if line.startswith("message ")]
    asked, answered = "10.0.0.2:40000 to 10.0.0.1:8583", "10.0.0.1:8583 to 10.0.0.2:40000"
    assert heads == [
        f"message 1 of 4, packet 3, {asked}",
        f"message 2 of 4, packet 4, {answered}",
        f"message 3 of 4, packet 6, {asked}",
        f"message 4 of 4, packet 8, {answered}",
    ]
    assert f"{asked}: iso87-ascii in len2-big 1.00: length prefix fits: 4 frames" in done.stdout
    assert f"note: {asked}: 1 segment sent again, taken once" in done.stdout
    assert "4761739001010119" not in done.stdout
    trees = [json.loads(line) for line in decode("--json", str(file)).stdout.splitlines()]
    assert trees[0] == {"notes": [f"{asked}: 1 segment sent again, taken once"]}
    assert [(tree["message"], tree["packet"], tree["direction"]) for tree in trees[1:]] == [
        (1, 3, asked),
        (2, 4, answered),
        (3, 6, asked),
        (4, 8, answered),
    ]


def test_a_capture_with_other_talk(wiretap, tmp_path):
    """A connection that speaks something else is named and left aside; the one after it is read."""
    talk = [(50000, 1, wiretap.ACK, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), *conversation(wiretap)]
    file = tmp_path / "trace.cap"
    file.write_bytes(wiretap.pcap(talk))
    done = decode(str(file))
    assert done.exit_code == OK
    assert "10.0.0.2:50000 to 10.0.0.1:8583: no dialect that is known" in done.stdout
    assert "message 4 of 4" in done.stdout
    file.write_bytes(wiretap.pcap(talk[:1]))
    assert decode(str(file)).exit_code == UNREADABLE


def test_a_capture_of_nothing(wiretap, tmp_path):
    """Status 4: no packet carries data; the file breaks off at once."""
    file = tmp_path / "trace.cap"
    file.write_bytes(wiretap.pcap([(40000, 1, wiretap.SYN, b"")]))
    done = decode(str(file))
    assert (done.exit_code, "none of them carries data over TCP" in done.stderr) == (UNREADABLE, True)
    file.write_bytes(wiretap.pcap([(40000, 1, wiretap.SYN, b"")])[:30])
    done = decode(str(file))
    assert (done.exit_code, "byte 24: " in done.stderr) == (UNREADABLE, True)


@pytest.mark.parametrize("write", ["pcap", "pcapng"])
@given(data=st.data())
def test_any_capture(wiretap, tmp_path_factory, write, data):
    """Whatever bytes of a capture are changed: status 0 or 4, printable text, and no card."""
    raw = bytearray(getattr(wiretap, write)(conversation(wiretap)))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.mktemp("captures") / "trace.cap"
    file.write_bytes(raw)
    done = decode(str(file))
    assert done.exit_code in (OK, UNREADABLE)
    assert done.stdout.isascii()
    assert "4761739001010119" not in done.output


def test_a_packet_as_wireshark_copies_it(wiretap):
    """A dump of a whole packet is read down to what it carries, and a note says so."""
    frame = wiretap.frame(wiretap.ip(wiretap.segment(40000, 1, data=FRAMINGS["len2-big"].frame(message()))))[1]
    rows = [f"{at:04x}   {frame[at : at + 16].hex(' ')}" for at in range(0, len(frame), 16)]
    done = decode("\n".join(rows))
    assert done.exit_code == OK
    assert done.stdout.startswith("note: read as a packet from 10.0.0.2:40000 to 10.0.0.1:8583 as a hex dump\n")
    assert "12.50 EUR" in done.stdout


def test_other_shapes():
    """Arrays, dumps and base64 are read too, and a note says as what; a message in ASCII may be pasted as it is."""
    raw = message()
    shown = decode(raw.hex()).stdout
    assert decode(base64.b64encode(raw).decode()).stdout == "note: read as base64\n" + shown
    assert decode(str(list(raw))).stdout == "note: read as an array\n" + shown
    assert decode(raw.decode()).stdout == "note: read as the message itself\n" + shown
    assert decode("-", stdin=raw + b"\n").stdout == shown


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_text_as_windows_saves_it(encoding):
    """Digits and dumps behind a byte order mark are read; other text of such a file is no traceback."""
    done = decode("-", stdin=message().hex().encode(encoding))
    assert done.exit_code == OK
    assert done.output.startswith("iso87-ascii 1.00")
    assert decode("-", stdin="\u00e9\U0001f600".encode(encoding)).exit_code == UNREADABLE
    assert decode("-", stdin=b"\xff\xfe0").exit_code == UNREADABLE


def test_a_spoilt_dump(tmp_path):
    """A dump in a file that lost a line is not silently taken for bytes: the note names the line."""
    raw = message()
    rows = [f"{at:08x}: {raw[at : at + 16].hex()}" for at in range(0, len(raw), 16)]
    file = tmp_path / "dump"
    file.write_text("\n".join(rows[:1] + rows[2:]))
    done = decode(str(file))
    assert done.exit_code == UNREADABLE
    assert "note: as text it is refused: character 0: the next line is 32 bytes on" in done.stdout


def test_several_messages_of_one_stream():
    """All messages of a stream are shown, one after the other, and one refused among them gives status 4."""
    frame = FRAMINGS["len2-big"].frame
    done = decode((frame(message()) * 2).hex())
    assert done.exit_code == OK
    assert "\nmessage 1 of 2\n" in done.stdout
    assert done.stdout.count("12.50 EUR") == 2
    bad = bytearray(message())
    bad[-1] = ord("x")
    assert decode((frame(message()) + frame(bytes(bad))).hex()).exit_code == UNREADABLE


def test_one_framing():
    """`--framing` tries that one only; none takes the bytes as they are; what it cannot cut has status 4, a wrong name 2."""
    framed = FRAMINGS["len2-big"].frame(message()).hex()
    assert decode("--framing", "len2-big", framed).exit_code == OK
    assert decode("--framing", "none", framed).exit_code == UNREADABLE
    assert decode("--framing", "none", message().hex()).exit_code == OK
    done = decode("--framing", "len2-big", message().hex())
    assert (done.exit_code, "cannot be cut by len2-big" in done.stderr) == (UNREADABLE, True)
    wrong = decode("--framing", "len2-bug", framed)
    assert (wrong.exit_code, 'did you mean "len2-big"?' in wrong.stderr) == (USAGE, True)


def test_lenient():
    """What only a forgiving peer takes is refused without `--lenient`, and with it read and told as a warning."""
    raw = message(**{"4": "00000000125x"})
    assert decode(raw.hex()).exit_code == UNREADABLE
    done = decode("--lenient", raw.hex())
    assert done.exit_code == OK
    assert "DE 4: the value must hold digits only [FLD-N-01]" in done.stdout
    assert "no amount" in decode("--lenient", "--show-secrets", raw.hex()).stdout
    assert decode("--lenient", "--json", raw.hex()).exit_code == OK
    assert decode("--lenient", message().hex()).stdout.splitlines()[1:] == decode(message().hex()).stdout.splitlines()[1:]


def test_findings():
    """What is doubtful is said below the fields, without a value."""
    done = decode(message(**{"2": "4761739001010118"}).hex())
    assert done.exit_code == OK
    assert done.stdout.splitlines()[-1] == "warning: DE 2: the check digit is wrong"
    (finding,) = json.loads(decode("--json", message(**{"2": "4761739001010118"}).hex()).stdout)["findings"]
    assert finding == {"severity": "warning", "words": "DE 2: the check digit is wrong", "rule": ""}


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
        assert all(json.loads(line) for line in done.stdout.splitlines())


@given(st.data(), st.booleans())
def test_nearly_a_message(data, lenient):
    """A message with one byte changed is read or refused, never more of it shown than before."""
    raw = bytearray(message())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    mode = ["--lenient"] if lenient else []
    done = decode(*mode, raw.hex())
    assert done.exit_code in (OK, UNREADABLE)
    assert "4761739001010119" not in done.stdout
    assert decode(*mode, "--show-secrets", raw.hex()).exit_code == done.exit_code
