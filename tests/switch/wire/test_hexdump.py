"""Hex dumps: each tool's form gives back the bytes, text beside them is never taken for bytes, lost lines are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.wire import HexError
from switch.wire.hexdump import looks_like_dump, read_dump

# Bytes whose text looks like hexadecimal digits are what a careless reader takes in.
dumped = st.one_of(st.binary(min_size=1, max_size=70), st.text("0123456789abcdef |", min_size=1, max_size=70).map(str.encode))


def beside(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)


def rows_of(data: bytes, size: int = 16) -> list[tuple[int, bytes]]:
    return [(at, data[at : at + size]) for at in range(0, len(data), size)]


def xxd(data: bytes) -> str:
    return "".join(f"{at:08x}: {row.hex(' ', -2):<39}  {beside(row)}\n" for at, row in rows_of(data))


def hexdump_canonical(data: bytes) -> str:
    text = "".join(f"{at:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  |{beside(row)}|\n" for at, row in rows_of(data))
    return text + f"{len(data):08x}\n"


def hexdump_words(data: bytes) -> str:
    def words(row: bytes) -> str:
        padded = row + b"\x00" * (len(row) % 2)
        return " ".join(padded[at : at + 2][::-1].hex() for at in range(0, len(padded), 2))

    return "".join(f"{at:07x} {words(row):<39}\n" for at, row in rows_of(data)) + f"{len(data):07x}\n"


def od_octal(data: bytes) -> str:
    return "".join(f"{at:07o} {row.hex(' ')}\n" for at, row in rows_of(data)) + f"{len(data):07o}\n"


def wireshark(data: bytes) -> str:
    return "".join(f"{at:04x}   {row.hex(' '):<47}   {beside(row)}\n" for at, row in rows_of(data))


def wireshark_bytes(data: bytes) -> str:
    return "\n".join(f"{at:04x}   {row.hex(' ')}" for at, row in rows_of(data))


def tcpdump(data: bytes) -> str:
    return "".join(f"\t0x{at:04x}:  {row.hex(' ', -2):<39}  {beside(row)}\n" for at, row in rows_of(data))


FORMS = {
    "xxd": xxd,
    "hexdump -C": hexdump_canonical,
    "wireshark": wireshark,
    "tcpdump -X": tcpdump,
}
LONG_FORMS = {"hexdump": hexdump_words, "od": od_octal, "wireshark bytes": wireshark_bytes}
"""Those whose lines do not show that they are of a dump, as long as there is only one of them."""


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(data=dumped)
def test_bytes_come_back(form, data: bytes) -> None:
    """What a tool printed is read back, whatever stands in the column of text."""
    text = form(data)
    assert looks_like_dump(text)
    assert read_dump(text) == data


@pytest.mark.parametrize("form", LONG_FORMS.values(), ids=LONG_FORMS)
@given(data=st.binary(min_size=17, max_size=70))
def test_bytes_come_back_from_lines_without_text(form, data: bytes) -> None:
    """The same for forms without a column of text; words are read in the order of the machine that printed them."""
    assert looks_like_dump(form(data))
    assert read_dump(form(data)) == data


def test_repeated_lines() -> None:
    """A `*` stands for the line before it, as often as the next offset asks for."""
    text = "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000040  31  |1|\n00000041\n"
    assert read_dump(text) == bytes(64) + b"1"


def test_several_dumps() -> None:
    """Offsets that begin again begin the next dump; the bytes follow each other."""
    assert read_dump(wireshark(b"0800" * 5) + "\n" + wireshark(b"0810")) == b"0800" * 5 + b"0810"


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("00000000: 3030\n00000010: 3030\n", 0),
        ("00000000: 3030\n00000001: 3030\n00000002: 30", 0),
        ("0000  30 30\nrubbish\n", 12),
        ("0000  30 30\n0001 zz\n", 0),
        ("0000  30 30\n0002 zz\n", 12),
        ("00000000  30  |0|\n*\n00000010\n", 20),
        ("00000000  " + "00 " * 16 + "\n*\nffffffff\n", 61),
        ("00000000: " + "3030 " * 8 + "\n00000020: 3030\n", 0),
    ],
    ids=["lost line", "long line", "rubbish", "no bytes, next", "no bytes", "short repeat", "bomb", "gap"],
)
def test_bytes_and_offsets_that_do_not_agree(text: str, offset: int) -> None:
    """A lost, doubled or spoilt line is refused at its first character, and a `*` cannot ask for any amount of memory."""
    with pytest.raises(HexError) as refused:
        read_dump(text)
    assert refused.value.offset == offset


@pytest.mark.parametrize("text", ["", "0800822000", "0000 0000", "0037 0800\n8220 0000", "0000000000000000"])
def test_digits_that_are_no_dump(text: str) -> None:
    """Digits in groups and lines are no dump as long as nothing says that the first ones are an offset."""
    assert not looks_like_dump(text)
