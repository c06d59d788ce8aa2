"""Each rule of strict reading, one message that breaks it, and the place that the refusal names."""

from typing import NamedTuple

import iso8583
import pytest

from switch.wire import DIALECTS, DecodeError, Dialect
from switch.wire.bitmap import des_of
from switch.wire.layout import Layout, compile_scan
from switch.wire.rules import RULES

ASCII, BINARY = DIALECTS["iso87-ascii"], DIALECTS["iso87-binary"]


class Case(NamedTuple):
    """A message that is refused.

    Args:
        what: what is wrong with it.
        raw: its bytes, or the text that they are in ASCII.
        de, offset, rule: what the refusal must name.
        lenient: True when pyiso8583 4.0.1 accepts it, which is why the case is here.
    """

    what: str
    raw: str | bytes
    de: int | str | None
    offset: int
    rule: str
    lenient: bool = False


def text(de: int, element: str) -> str:
    """A message in ASCII with one DE below 65, its bytes given as they are."""
    return f"0200{1 << (64 - de):016X}{element}"


def packed(de: int, element: str) -> bytes:
    """A message in packed digits with one DE below 65, its bytes given in hexadecimal."""
    return bytes.fromhex(f"0200{1 << (64 - de):016X}{element}")


ASCII_CASES = (
    Case("length prefix with a plus sign", text(32, "+41234"), 32, 20, "FLD-LL-01", lenient=True),
    Case("length prefix with a leading blank", text(32, " 41234"), 32, 20, "FLD-LL-01", lenient=True),
    Case("length prefix with a trailing blank", text(32, "4 1234"), 32, 20, "FLD-LL-01", lenient=True),
    Case("length prefix with a tab", text(32, "\t41234"), 32, 20, "FLD-LL-01", lenient=True),
    Case("length prefix with an underscore", text(48, "1_0ABCDEFGHIJ"), 48, 20, "FLD-LL-01", lenient=True),
    Case("length prefix with a minus sign", text(32, "-11234"), 32, 20, "FLD-LL-01"),
    Case("length prefix with a letter", text(32, "0B12345678901"), 32, 20, "FLD-LL-01"),
    Case("blanks in the bitmap", "0200" + "200000000000 00 " + "000000", "bitmap", 16, "BMP-HEX-01", lenient=True),
    Case(
        "lower case in the bitmap",
        "0200" + "0a00000000000000" + "0" * 12 + "1122110000",
        "bitmap",
        5,
        "BMP-HEX-01",
        lenient=True,
    ),
    Case("no hexadecimal digit in the bitmap", "0200" + "G000000000000000", "bitmap", 4, "BMP-HEX-01"),
    Case("empty secondary bitmap", "0200" + "A" + "0" * 15 + "0" * 16 + "000000", "bitmap", 20, "BMP-EMP-01", lenient=True),
    Case("empty tertiary bitmap", "0200" + ("8" + "0" * 15) * 2 + "0" * 16, "bitmap", 36, "BMP-EMP-01", lenient=True),
    Case("DE 65 alone: a tertiary bitmap is missing", "0200" + ("8" + "0" * 15) * 2, "bitmap", 36, "BMP-LEN-01"),
    Case("a letter in the MTI", "02A0" + "0" * 16, "MTI", 0, "MTI-CHR-01", lenient=True),
    Case("no hexadecimal text in a binary element", text(52, "Z" * 16), 52, 20, "FLD-B-01", lenient=True),
    Case("lower case in a binary element", text(52, "0123456789abcdef"), 52, 30, "FLD-B-01", lenient=True),
    Case("lower case in DE 55", text(55, "0049f26"), 55, 24, "FLD-B-01", lenient=True),
    Case("empty variable element", text(2, "00"), 2, 20, "FLD-LL-02", lenient=True),
    Case("blank in a number", text(11, "12 456"), 11, 22, "FLD-N-01", lenient=True),
    Case("letter in a number", text(4, "00000000125O"), 4, 31, "FLD-N-01", lenient=True),
    Case("escape character in text", text(41, "TERM\x1b[1m"), 41, 24, "FLD-ANS-01", lenient=True),
    Case("punctuation in an alphanumeric element", text(38, "A1_2C3"), 38, 22, "FLD-AN-01", lenient=True),
    Case("letter in DE 34", text(34, "03A12"), 34, 22, "FLD-NS-01", lenient=True),
    Case("sentinel in a track", text(35, "05;1=2?"), 35, 22, "FLD-Z-01", lenient=True),
    Case("amount with a sign that is none", text(28, "E00000000"), 28, 20, "FLD-XN-01", lenient=True),
    Case("second letter in a signed amount", text(28, "CD0000000"), 28, 21, "FLD-XN-01", lenient=True),
    Case("byte that is no ASCII", b"0200" + b"0000000000800000" + b"TERM000\xe9", 41, 27, "FLD-ANS-01"),
    Case("DE that the dialect does not have", "0200" + ("8" + "0" * 15) * 3, 129, 52, "FLD-UNK-01"),
    Case("bytes after the last element", text(3, "0000000"), None, 26, "MSG-END-01"),
    Case("length over the longest", text(2, "20" + "4" * 20), 2, 20, "FLD-LL-03"),
    Case("value past the end", text(2, "16411111"), 2, 20, "FLD-END-01"),
    Case("fixed element past the end", text(4, "00000000125"), 4, 20, "FLD-END-01"),
    Case("length prefix cut", text(48, "01"), 48, 20, "FLD-LL-05"),
    Case("nothing at all", "", "MTI", 0, "MTI-LEN-01"),
    Case("MTI cut", "020", "MTI", 0, "MTI-LEN-01"),
    Case("bitmap cut", "0200F00", "bitmap", 4, "BMP-LEN-01"),
    Case("secondary bitmap missing", "0200" + "8" + "0" * 15, "bitmap", 20, "BMP-LEN-01"),
    Case("all-ones bitmap", "0200" + "F" * 16, "bitmap", 20, "BMP-LEN-01"),
    Case("all-ones bitmaps", "0200" + "F" * 48, 2, 52, "FLD-LL-05"),
    Case("EBCDIC where ASCII must be", "0100".encode("cp500") + b"7000000000000000", "MTI", 0, "MTI-CHR-01"),
)

BINARY_CASES = (
    Case(
        "empty packed secondary bitmap",
        bytes.fromhex("0200" + "A0" + "00" * 15 + "000000"),
        "bitmap",
        10,
        "BMP-EMP-01",
        lenient=True,
    ),
    Case("a packed letter in the MTI", bytes.fromhex("02A0" + "00" * 8), "MTI", 0, "MTI-CHR-01", lenient=True),
    Case("half byte A in packed digits", packed(3, "00A000"), 3, 11, "FLD-BCD-01", lenient=True),
    Case("half byte F in a variable number", packed(2, "164111111111111F11"), 2, 17, "FLD-BCD-01", lenient=True),
    Case("half byte D in packed digits that are no track", packed(4, "00000D000000"), 4, 12, "FLD-BCD-01", lenient=True),
    Case("half byte E in a packed track", packed(35, "0412E4"), 35, 12, "FLD-Z-01", lenient=True),
    Case("half byte F where the odd count is filled", packed(22, "F051"), 22, 10, "FLD-PAD-01"),
    Case("filling digit of a variable odd count", packed(32, "031123"), 32, 11, "FLD-PAD-01"),
    Case("empty packed variable element", packed(2, "00"), 2, 10, "FLD-LL-02", lenient=True),
    Case("NUL in text", packed(41, "5445524D30303000"), 41, 17, "FLD-ANS-01", lenient=True),
    Case("byte above 7E in latin-1 text", packed(41, "5445524D303030E9"), 41, 17, "FLD-ANS-01", lenient=True),
    Case("bytes after the last packed element", packed(3, "00000000"), None, 13, "MSG-END-01"),
    Case("packed length over the longest", packed(2, "20" + "44" * 10), 2, 10, "FLD-LL-03"),
    Case("half byte A in a packed length", packed(2, "1A4111111111111111"), 2, 10, "FLD-LL-04"),
    Case("packed value past the end", packed(2, "16411111"), 2, 10, "FLD-END-01"),
)


cases = pytest.mark.parametrize(
    ("dialect", "case"),
    [*((ASCII, case) for case in ASCII_CASES), *((BINARY, case) for case in BINARY_CASES)],
    ids=[case.what for case in (*ASCII_CASES, *BINARY_CASES)],
)


@cases
def test_a_broken_rule_is_refused_at_its_place(dialect: Dialect, case: Case) -> None:
    """Each message is refused with the DE, the byte and the rule it breaks; pyiso8583 accepts those that we call lenient."""
    raw = case.raw.encode("ascii") if isinstance(case.raw, str) else case.raw
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw)
    error = refused.value
    assert (error.de, error.offset, error.rule) == (case.de, case.offset, case.rule)
    assert error.rule in RULES
    if case.lenient:
        iso8583.decode(raw, dialect.spec)
    else:
        with pytest.raises((iso8583.DecodeError, KeyError)):
            iso8583.decode(raw, dialect.spec)


@cases
def test_generated_code_refuses_what_the_careful_reading_refuses(dialect: Dialect, case: Case) -> None:
    """The compiled scan of a case's bitmap, where it has one, says no to the case."""
    raw = case.raw.encode("ascii") if isinstance(case.raw, str) else case.raw
    codec = dialect.codec
    try:
        mask = codec.bitmaps.decode(raw, codec.mti_bytes)
    except DecodeError:
        assert case.de in ("bitmap", "MTI")
        return
    if case.de != "MTI" and case.rule != "FLD-UNK-01" and len(des_of(mask)) == 1:
        layout = Layout(codec.elements, mask, codec.bitmaps.encode(mask))
        assert compile_scan(layout, codec.elements)(raw, codec.mti_bytes + len(layout.bitmap)) is None


def test_the_second_reading_of_a_bitmap_refuses_as_the_first() -> None:
    """Once a bitmap is compiled, a message that breaks a rule is refused with the same place and rule as before."""
    bad = text(11, "12 456").encode()
    refusals = []
    for _ in range(2):
        with pytest.raises(DecodeError) as refused:
            ASCII.decode(bad)
        refusals.append((refused.value.de, refused.value.offset, refused.value.rule))
        ASCII.decode(text(11, "123456").encode())
    assert refusals[0] == refusals[1] == (11, 22, "FLD-N-01")


def test_a_wrong_value_hides_only_itself() -> None:
    """Where lengths are true, a partial message has all DEs but the one whose content is wrong, those after it too."""
    good = ASCII.encode({"mti": "0200", 2: "4761739001010119", 4: "000000001250", 11: "000123", 41: "TERM0001", 70: "301"})
    bad = good.replace(b"000000001250", b"00000000125O")
    with pytest.raises(DecodeError) as refused:
        ASCII.decode(bad)
    partial = refused.value.partial
    assert partial is not None
    assert partial.fields == (2, 11, 41, 70)
    assert (partial[11], partial[41], partial[70]) == ("000123", "TERM0001", "301")
    assert 4 not in partial
    assert partial.get(4) is None
    answer = partial.with_fields({39: "30"}, mti="0210", drop=(2,))
    assert answer == ASCII.decode(ASCII.encode({"mti": "0210", 11: "000123", 39: "30", 41: "TERM0001", 70: "301"}))


def test_a_false_length_ends_what_is_believed() -> None:
    """Where lengths cannot be true, a partial message has the DEs before the first doubtful one and no others."""
    good = ASCII.encode({"mti": "0200", 2: "4761739001010119", 11: "000123", 32: "123456", 41: "TERM0001"})
    bad = good.replace(b"06123456", b"09123456")
    with pytest.raises(DecodeError) as refused:
        ASCII.decode(bad)
    assert refused.value.partial is not None
    assert refused.value.partial.fields == (2, 11)
    assert (refused.value.de, refused.value.rule) == (32, "FLD-N-01")
    assert refused.value.partial.with_fields({11: "000124"}) == ASCII.decode(
        ASCII.encode({"mti": "0200", 2: "4761739001010119", 11: "000124"})
    )


@pytest.mark.parametrize(("raw", "mti"), [(b"02A0" + b"0" * 16, None), (b"0200XX", "0200"), (b"", None)])
def test_what_is_left_when_the_head_is_wrong(raw: bytes, mti: str | None) -> None:
    """Without an MTI there is no partial message; without a bitmap there is one with an MTI and no DE."""
    with pytest.raises(DecodeError) as refused:
        ASCII.decode(raw)
    partial = refused.value.partial
    assert (partial.mti if partial is not None else None) == mti
    assert partial is None or partial.fields == ()


def test_the_text_of_a_refusal_holds_no_value() -> None:
    """Card number and track of a refused message are not in the text, the representation or the arguments of the error."""
    raw = ASCII.encode({"mti": "0200", 2: "4761739001010119", 35: "4761739001010119=28122010000012300000"})
    for bad in (raw.replace(b"=", b"?"), raw[:-1], raw + b"4761739001010119"):
        with pytest.raises(DecodeError) as refused:
            ASCII.decode(bad)
        shown = f"{refused.value} {refused.value!r} {refused.value.args} {refused.value.partial!r}"
        assert "4761739001010119" not in shown
        assert "2812201" not in shown
