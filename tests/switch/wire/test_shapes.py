"""Pasted text: every shape gives the bytes that its tool printed, and what is of no shape is refused by character."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire import HexError
from switch.wire.rules import RULES
from switch.wire.shapes import read_literally, read_text

some_bytes = st.binary(min_size=1, max_size=80)


def signed(data: bytes) -> list[int]:
    return [byte - 256 if byte > 127 else byte for byte in data]


def c_array(data: bytes) -> str:
    rows = [", ".join(f"0x{byte:02x}" for byte in data[at : at + 12]) for at in range(0, len(data), 12)]
    return "unsigned char message[] = {\n  " + ",\n  ".join(rows) + f"\n}};\nunsigned int message_len = {len(data)};\n"


ARRAYS = {
    "java": lambda data: "byte[] m = new byte[] { " + ", ".join(f"(byte) {number}" for number in signed(data)) + " };",
    "java hex": lambda data: "{" + ",".join(f"(byte)0x{byte:02X}" for byte in data) + "}",
    "java printed": lambda data: str(signed(data)),
    "json": lambda data: str(list(data)),
    "c": c_array,
    "c suffixed": lambda data: "{ " + ", ".join(f"0x{byte:02X}u" for byte in data) + ", }",
    "go": lambda data: "[]byte{" + ", ".join(f"0x{byte:x}" for byte in data) + "}",
    "kotlin": lambda data: f"val m = byteArrayOf({', '.join(map(str, signed(data)))})",
    "commented": lambda data: "{ /* [message] */ " + ", ".join(f"{byte} " for byte in data) + "} // 12",
}


@pytest.mark.parametrize("spell", ARRAYS.values(), ids=ARRAYS)
@given(data=some_bytes)
def test_arrays_of_programs(spell, data: bytes) -> None:
    """Numbers of either base, signed or not, cast or not, in the brackets of any language."""
    read = read_text(spell(data))
    assert (read.shape, read.data) == ("an array", data)


@given(some_bytes)
def test_literals_of_programs(data: bytes) -> None:
    """Escaped characters as C and Wireshark write them, in one string or several lines, and what Python prints."""
    escaped = "".join(f"\\x{byte:02x}" for byte in data)
    rows = '" \\\n"'.join(escaped[at : at + 32] for at in range(0, len(escaped), 32))
    for text in (escaped, f'"{escaped}"', f'"{rows}";\n'):
        assert read_text(text).data == data
    assert read_text(f"  {data!r}\n").data == data


def test_an_array_of_digits_with_zeroes_in_front_is_hexadecimal() -> None:
    """No program prints 02 for a decimal two; without such a number decimal ones are decimal."""
    assert read_text("[02 00 40 10]").data == b"\x02\x00\x40\x10"
    assert read_text("[12, 20, 40, 10]").data == bytes((12, 20, 40, 10))


AROUND = {
    "BitConverter": lambda data: data.hex("-").upper(),
    "dots": lambda data: data.hex("."),
    "underscores": lambda data: data.hex("_") + "_",
    "semicolons": lambda data: data.hex(";") + "\n",
    "strokes": lambda data: data.hex("|"),
    "angles": lambda data: f"<{data.hex(' ', 4)}>",
    "quotes": lambda data: f' "{data.hex()}";',
    "SQL": lambda data: f"X'{data.hex().upper()}'",
    "fence": lambda data: f"```\n{data.hex()}\n```\n",
    "call": lambda data: f"raw = bytes.fromhex('{data.hex()}')",
    "bytearray": lambda data: "bytearray(b'" + "".join(f"\\x{byte:02x}" for byte in data) + "')",
    "log": lambda data: f"2026-11-22 10:15:00,123 [main] INFO sent: {data.hex()}",
    "log after a word": lambda data: f"[10:15:00] TX {data.hex()}.",
    "declared": lambda data: 'static char m[] =\n "' + "".join(f"\\x{byte:02x}" for byte in data) + '";',
}


@pytest.mark.parametrize("spell", AROUND.values(), ids=AROUND)
@given(data=st.binary(min_size=16, max_size=60))
def test_what_people_copy_along_is_passed_over(spell, data: bytes) -> None:
    """Marks between the digits, quotation marks, a call, the beginning of a line of a log: the bytes are the same."""
    assert read_text(spell(data)).data == data


@pytest.mark.parametrize("text", ["sent: 0800 " + "82" * 20, "0800 " + "82" * 20, "0x0800 0x" + "82" * 20, "12-34.56"])
def test_nothing_is_dropped_of_digits_in_groups(text: str) -> None:
    """The last of several groups is not taken for all: either all groups are read, or the text is refused."""
    try:
        read = read_text(text)
    except HexError:
        return
    assert read.data == b"\x08\x00" + b"\x82" * 20


@pytest.mark.parametrize(
    "unit", [" ", "x", '"', "'", "(", "[", "00-", "g00", "a=", "`", "\\x", "byteArrayOf(", "0x", "{ ", "<0"]
)
def test_hostile_text_is_judged_in_bounded_steps(unit: str) -> None:
    """As long as text may be, of one thing over and over: an answer comes, whichever it is."""
    text = unit * (HEX_TEXT_CHARS_MAX // len(unit))
    with contextlib.suppress(HexError):
        read_text(text)
    with contextlib.suppress(HexError):
        read_text(text + "g")


@given(st.binary(min_size=18, max_size=90))
def test_base64_is_told_from_words(data: bytes) -> None:
    """Base64 of a message is read, in lines too; what could be plain digits or a word is none."""
    text = base64.b64encode(b"0800\x82\x20" + data).decode()
    assert read_text(text).data == b"0800\x82\x20" + data
    assert read_text(text.rstrip("=")).data == b"0800\x82\x20" + data
    assert read_text("\n".join(text[at : at + 76] for at in range(0, len(text), 76))).data == b"0800\x82\x20" + data
    assert read_text(data.hex()).shape == "hexadecimal digits"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{ 1, 2, three }", "HEX-NUM-01"),
        ("{ 1, 256 }", "HEX-NUM-01"),
        ("[1, -129]", "HEX-NUM-01"),
        ("{}", "HEX-NUM-01"),
        ("[]", "HEX-NUM-01"),
        ("{ ٣ }", "HEX-NUM-01"),
        ("b''", "HEX-LIT-01"),
        ("b'\\x4'", "HEX-LIT-01"),
        ("b'\\q' b'", "HEX-LIT-01"),
        ("MDgwMIIgAAAAAAAABAAAAAAAAR==", "HEX-BAS-01"),
        ("somelongwordthatisnobase64ok", "HEX-CHR-01"),
        ("ZZ", "HEX-CHR-01"),
        ("{ 0 }" + " " * HEX_TEXT_CHARS_MAX, "HEX-LEN-01"),
    ],
)
def test_what_is_refused(text: str, rule: str) -> None:
    """A text that is nearly of a shape is refused by the rule of that shape, and is not repeated."""
    with pytest.raises(HexError) as refused:
        read_text(text)
    assert refused.value.rule == rule
    assert rule in RULES
    assert "three" not in str(refused.value)


def test_a_message_pasted_as_it_is() -> None:
    """Text that begins with an MTI may be the message itself; what does not is not taken for one."""
    read = read_literally("0800822000000000000004000000000000001122101500000001301\r\n")
    assert read is not None
    assert read.data.startswith(b"08008220")
    assert not read.data.endswith(b"\n")
    assert read_literally("dump.hex") is None
    assert read_literally("0800") is None
    assert "1122101500" not in repr(read)


@given(st.one_of(st.text(max_size=60), st.text(alphabet="0123456789abcdefx[]{}(),;:|*\\'\"b=+/-\n \t", max_size=60)))
def test_any_text_gives_bytes_or_an_error(text: str) -> None:
    """Nothing but HexError comes out, whatever the text."""
    refused = None
    try:
        read_text(text)
    except HexError as error:
        refused = error
    assert refused is None or refused.rule in RULES
