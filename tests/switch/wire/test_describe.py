"""A message in words: every byte named once, every table looked up, nothing secret unless asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.wire import DIALECTS, DecodeError, Dialect, Message
from switch.wire.describe import Line, describe, render

# The values below are spelled as the table of the edition has them, which a dialect with longer elements cannot take.
PLAIN = [dialect for dialect in DIALECTS.values() if not dialect.stretched]
dialects = pytest.mark.parametrize("dialect", PLAIN, ids=[dialect.name for dialect in PLAIN])

VALUES: dict[int | str, str] = {
    "mti": "0200",
    2: "4761739001010119",
    3: "003000",
    4: "000000001250",
    7: "1122235959",
    11: "000123",
    22: "071",
    39: "51",
    41: "TERM0001",
    49: "978",
    52: "0123456789ABCDEF",
    55: "9F2608AABBCCDDEEFF00115A084761739001010119770A9F360200019F10021122DF0101AA",
    70: "301",
    90: "0200" + "000122" + "1122235900" + "00000123456" + "0" * 11,
}


def message(dialect: Dialect, **changes: str) -> Message:
    return dialect.decode(dialect.encode({**VALUES, **{int(de[2:]): value for de, value in changes.items()}}))


def line_of(lines: list[Line], de: int | str) -> Line:
    (line,) = [line for line in lines if line.de == de]
    return line


@dialects
def test_each_value_has_its_meaning(dialect: Dialect) -> None:
    """MTI, processing code, amount, time, entry mode, response code, currency, network code and original are put into words."""
    lines = describe(message(dialect))
    meanings = {line.de: line.meaning for line in lines if line.meaning}
    assert meanings == {
        "MTI": "financial request",
        "bitmap": "DEs 2 3 4 7 11 22 39 41 49 52 55 70 90",
        3: "goods and services; from credit account to default account",
        4: "12.50 EUR",
        7: "month 11, day 22, 23:59:59 UTC",
        22: "contactless chip; can accept a PIN",
        39: "not sufficient funds",
        49: "EUR, 2 decimals",
        70: "echo test",
        90: "0200 with STAN 000122, sent 1122235900 (MMDDhhmmss)",
    }
    assert line_of(lines, 2).value == "476173******0119"
    assert line_of(lines, 52).value == "(16 hidden)"
    assert line_of(lines, 41).name == "Card acceptor terminal identification"


@dialects
def test_codes_that_no_table_has_are_said_to_be_unknown(dialect: Dialect) -> None:
    """Unknown codes, and an amount without a known currency, have words too."""
    lines = describe(message(dialect, de3="99XX00"[:2] + "9900", de22="664", de39="ZZ", de49="000", de70="777"))
    assert line_of(lines, 3).meaning == "unknown transaction type; from unknown account to default account"
    assert line_of(lines, 4).meaning == "minor units; no known currency in DE 49"
    assert line_of(lines, 22).meaning == "unknown entry mode; unknown PIN capability"
    assert line_of(lines, 39).meaning == "not a code of the standard"
    assert line_of(lines, 49).meaning == "no currency of ISO 4217"
    assert line_of(lines, 70).meaning == "not a code of the standard"


@dialects
def test_tags_are_named_to_the_leaves(dialect: Dialect) -> None:
    """DE 55 opens into its tags with their place in the message; card data and unknown tags are hidden."""
    tried = message(dialect)
    lines = describe(tried)
    tags = [(line.de, line.name, line.value) for line in lines if str(line.de).startswith("55/")]
    assert tags == [
        ("55/9F26", "Application cryptogram", "AABBCCDDEEFF0011"),
        ("55/5A", "Application PAN", "(16 hidden)"),
        ("55/77", "Response message template 2", ""),
        ("55/77/9F36", "Application transaction counter", "0001"),
        ("55/77/9F10", "Issuer application data", "1122"),
        ("55/DF01", "unknown tag", "(2 hidden)"),
    ]
    start, end = tried.value_extent(55)
    plain = tried.raw.hex().upper()
    counter = line_of(lines, "55/77/9F36")
    assert counter.raw == plain[2 * counter.offset :][: len(counter.raw)]
    assert bytes.fromhex(counter.raw) in (b"9F36020001", bytes.fromhex("9F36020001"))
    assert set(line_of(lines, "55/5A").raw) == {"*"}
    assert line_of(lines, "55/9F26").offset == start
    last = line_of(lines, "55/DF01")
    assert last.offset + len(last.raw) // 2 == end


def test_chip_data_that_is_no_tlv_stays_one_line() -> None:
    """DE 55 that cannot be cut into tags is one hidden value."""
    lines = describe(message(DIALECTS["iso87-ascii"], de55="9F26"))
    assert [line.de for line in lines if str(line.de).startswith("55")] == [55]


@dialects
def test_every_byte_is_in_exactly_one_line(dialect: Dialect) -> None:
    """Lines of the message, tags left aside, follow each other from the first byte to the last, and so do their bytes."""
    tried = message(dialect)
    lines = [line for line in describe(tried, show_secrets=True) if "/" not in str(line.de)]
    assert "".join(line.raw for line in lines) == tried.raw.hex().upper()
    at = 0
    for line in lines:
        assert line.offset == at
        at += len(line.raw) // 2


@dialects
@given(data=st.data())
def test_a_partial_message_is_described_whole(dialect: Dialect, data: st.DataObject) -> None:
    """Of a refused message every byte is in one line too, readable or not."""
    raw = bytearray(message(dialect).raw)
    raw[data.draw(st.integers(4, len(raw) - 1))] ^= data.draw(st.sampled_from([1, 4, 0x40, 0x80]))
    try:
        tried: Message | None = dialect.decode(raw)
    except DecodeError as error:
        tried = error.partial
    if tried is not None:
        lines = [line for line in describe(tried, show_secrets=True) if "/" not in str(line.de)]
        assert "".join(line.raw for line in lines) == raw.hex().upper()


def test_secrets_are_shown_when_asked_for() -> None:
    """With `show_secrets` the values of card data, PIN block and unknown tags are there."""
    lines = describe(message(DIALECTS["iso87-binary"]), show_secrets=True)
    assert line_of(lines, 2).value == "4761739001010119"
    assert line_of(lines, 52).value == "0123456789ABCDEF"
    assert line_of(lines, "55/5A").value == "4761739001010119"


def test_a_header_is_hidden() -> None:
    """A header is of unknown content, so it has its line and no value."""
    spec = {**DIALECTS["iso87-ascii"].spec, "h": {**DIALECTS["iso87-ascii"].spec["h"], "max_len": 3}}
    dialect = Dialect.from_spec("with-header", spec)
    lines = describe(dialect.decode(dialect.encode({"h": "ISO", "mti": "0800", 70: "301"})))
    assert lines[0] == Line("header", 0, "******", "Message header", "(3 hidden)")
    assert [line.meaning for line in lines] == ["", "network management request", "DEs 70", ""]


def test_the_table_is_aligned_and_wraps_long_bytes() -> None:
    """Columns stand below their heads, long elements run over several rows, and no line ends in blanks."""
    text = render(describe(message(DIALECTS["iso87-ascii"])))
    rows = text.split("\n")
    assert rows[0].split() == ["byte", "DE", "bytes", "name", "value", "meaning"]
    column = rows[0].index("name")
    assert all(row[column - 1 : column] in ("", " ") for row in rows)
    assert all(row == row.rstrip() for row in rows)
    assert any(row.strip() == "****30313139" for row in rows)
