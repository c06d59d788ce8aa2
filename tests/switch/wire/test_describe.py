"""A message in words: every byte named once, every table looked up, nothing secret unless asked."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.domain.request import Original
from switch.wire import DIALECTS, DecodeError, Dialect, Message
from switch.wire.describe import Line, describe, render
from switch.wire.editions.iso1987 import ISO_1987
from switch.wire.subfields import Part, Positional, Tagged
from switch.wire.translate import message_of, original_fields

# The values below are spelled as the table of 1987 has them, which a dialect with longer elements cannot take.
PLAIN = [dialect for dialect in DIALECTS.values() if dialect.edition is ISO_1987 and not dialect.stretched]
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
        "3.1": "goods and services",
        "3.2": "credit account",
        "3.3": "default account",
        4: "12.50 EUR",
        7: "month 11, day 22, 23:59:59 UTC",
        22: "contactless chip; can accept a PIN",
        "22.1": "contactless chip",
        "22.2": "can accept a PIN",
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
    tags = [(line.de, line.name, line.value) for line in lines if str(line.de).startswith("55.")]
    assert tags == [
        ("55.9F26", "Application cryptogram", "AABBCCDDEEFF0011"),
        ("55.5A", "Application PAN", "(16 hidden)"),
        ("55.77", "Response message template 2", ""),
        ("55.77.9F36", "Application transaction counter", "0001"),
        ("55.77.9F10", "Issuer application data", "1122"),
        ("55.DF01", "unknown tag", "(2 hidden)"),
    ]
    start, end = tried.value_extent(55)
    plain = tried.raw.hex().upper()
    counter = line_of(lines, "55.77.9F36")
    assert counter.raw == plain[2 * counter.offset :][: len(counter.raw)]
    assert bytes.fromhex(counter.raw) in (b"9F36020001", bytes.fromhex("9F36020001"))
    assert set(line_of(lines, "55.5A").raw) == {"*"}
    assert line_of(lines, "55.9F26").offset == start
    last = line_of(lines, "55.DF01")
    assert last.offset + len(last.raw) // 2 == end


def test_chip_data_that_is_no_tlv_stays_one_line() -> None:
    """DE 55 that cannot be cut into tags is one hidden value."""
    lines = describe(message(DIALECTS["iso87-ascii"], de55="9F26"))
    assert [line.de for line in lines if str(line.de).startswith("55")] == [55]


@dialects
def test_parts_of_a_de_have_lines_of_their_own(dialect: Dialect) -> None:
    """DE 90 opens into its parts, each with its byte and its bytes, however its digits are laid."""
    tried = message(dialect)
    lines = [line for line in describe(tried) if str(line.de).startswith("90.")]
    assert [(line.de, line.value) for line in lines] == [
        ("90.1", "0200"),
        ("90.2", "000122"),
        ("90.3", "1122235900"),
        ("90.4", "00000123456"),
        ("90.5", "0" * 11),
    ]
    start, end = tried.value_extent(90)
    shown = "".join(line.raw for line in lines)
    assert lines[0].offset == start
    assert lines[-1].offset + len(lines[-1].raw) // 2 == end
    if end - start == 42:
        assert shown == tried.raw[start:end].hex().upper()
    else:
        # Two parts of eleven packed digits share the byte in the middle; each shows its own half of it.
        assert [line.raw for line in lines[3:]] == ["00000123456*", "*" + "0" * 11]


TAGGED = msgspec.structs.replace(
    DIALECTS["iso87-ascii"],
    subfields={
        48: Tagged(
            (
                Part("61", "POS data", 9, "n", clear=True),
                Part("92", "CVC 2", 3, "n"),
                Part("20", "note", 40, "ans", clear=True),
                Part("33", "in parts", 30, "ans", inner=Positional((Part("", "a", 8, "n", clear=True), Part("", "b", 0)))),
            ),
            lead=Part("TCC", "category", 1, "a", clear=True),
        ),
        43: Positional((Part("", "one", 9), Part("", "two", 0))),
    },
)


def inside(de: int, value: str) -> list[tuple[int | str, str, str]]:
    tried = TAGGED.decode(TAGGED.encode({"mti": "0800", de: value}))
    return [(line.de, line.value, line.raw) for line in describe(tried)[2:]]


def test_parts_of_a_sensitive_de_are_hidden_unless_they_are_clear() -> None:
    """Of a DE that may not be shown only those parts are, bytes and value, of which it is said, and unknown ones never."""
    value = TAGGED.print_subfields(48, {"TCC": "R", "61": "001", "92": "123", "99": "?", "33.1": "00000001", "33.2": "xyz"})
    lines = {de: (shown, raw) for de, shown, raw in inside(48, value)}
    assert lines[48] == (f"({len(value)} hidden)", b"035".hex() + "**" * len(value))
    assert lines["48.TCC"] == ("R", "52")
    assert lines["48.61"] == ("001", b"6103001".hex().upper())
    assert lines["48.92"] == ("(3 hidden)", "**" * 7)
    assert lines["48.99"] == ("(1 hidden)", "**" * 5)
    assert lines["48.33"] == ("", b"3311".hex().upper())
    assert lines["48.33.1"] == ("00000001", b"00000001".hex().upper())
    assert lines["48.33.2"] == ("(3 hidden)", "**" * 3)


@pytest.mark.parametrize(
    "secret", ["4761739001010119", "4761 7390 0101 0119", ";476173*****0119=2712", "0123456789ABCDEF", "pan 4761739001010119"]
)
def test_a_secret_in_a_clear_part_is_hidden(secret: str) -> None:
    """A part of free text that holds a card number, a track or a key is hidden although it is said to be clear."""
    lines = inside(48, TAGGED.print_subfields(48, {"TCC": "R", "20": secret}))
    assert lines[-1][:2] == ("48.20", f"({len(secret)} hidden)")
    assert all(secret[:6] not in shown for _, shown, _ in lines)


def test_a_card_number_that_runs_through_two_parts_is_hidden() -> None:
    """Both parts of a clear DE are hidden when a card number begins in one and ends in the other."""
    shown = inside(43, "4761739001010119".ljust(40))
    assert [value for _, value, _ in shown[1:]] == ["(9 hidden)", "(31 hidden)"]
    assert [value.strip() for _, value, _ in inside(43, "HIGH STREET 1".ljust(40))[1:]] == ["HIGH STRE", "ET 1"]


def test_a_broken_inside_shows_nothing_of_itself() -> None:
    """Where one part does not fit its layout no part is shown: what looks like a clear one may be half of another."""
    assert [de for de, _, _ in inside(48, "R6103001" + "92X")] == [48]


def test_parts_are_told_with_what_is_hidden_when_asked() -> None:
    """With `show_secrets` every part has its value."""
    value = TAGGED.print_subfields(48, {"TCC": "R", "92": "123"})
    lines = describe(TAGGED.decode(TAGGED.encode({"mti": "0800", 48: value})), show_secrets=True)
    assert lines[-1] == Line("48.92", 24, b"9203123".hex().upper(), "CVC 2", "123")


@dialects
def test_every_byte_is_in_exactly_one_line(dialect: Dialect) -> None:
    """Lines of the message, tags left aside, follow each other from the first byte to the last, and so do their bytes."""
    tried = message(dialect)
    lines = [line for line in describe(tried, show_secrets=True) if "." not in str(line.de)]
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
        lines = [line for line in describe(tried, show_secrets=True) if "." not in str(line.de)]
        assert "".join(line.raw for line in lines) == raw.hex().upper()


def test_secrets_are_shown_when_asked_for() -> None:
    """With `show_secrets` the values of card data, PIN block and unknown tags are there."""
    lines = describe(message(DIALECTS["iso87-binary"]), show_secrets=True)
    assert line_of(lines, 2).value == "4761739001010119"
    assert line_of(lines, 52).value == "0123456789ABCDEF"
    assert line_of(lines, "55.5A").value == "4761739001010119"


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


LATER = [dialect for dialect in DIALECTS.values() if dialect.edition is not ISO_1987]


@pytest.mark.parametrize("dialect", LATER, ids=[dialect.name for dialect in LATER])
def test_later_editions_have_their_own_meanings(dialect: Dialect) -> None:
    """The point of service, the function, the action code, the amount and the original of 1993 and 2003, in words."""
    local = {"1993": "260101120000", "2003": "20260101120000"}[dialect.edition.name]
    plain = {3: "000000", 4: "000000001250", 11: "000123", 12: "120000", 13: "0101", 22: "071", 39: "51", 49: "978"}
    original = Original("0200", "000122", "0101120000", "12345", local_at=local)
    said = message_of(dialect, "0220", plain | original_fields(dialect, original), 1_767_225_600_000)
    meanings = {line.de: line.meaning for line in describe(said)}
    assert (meanings[4], meanings[39]) == ("12.50 EUR", "not sufficient funds")
    assert str(meanings[22]).startswith("contactless chip; ")
    assert meanings[56] == f"0200 with STAN 000122, at {local} local time"
    echo = message_of(dialect, "0804", {7: "0101120000", 11: "000123", 70: "301"}, 1_767_225_600_000)
    assert next(line.meaning for line in describe(echo) if line.de == 24) == "echo test"
