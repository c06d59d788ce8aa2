"""What may be shown of a message: planted secrets are in no output, in any spelling, and control characters stay harmless."""

import base64
import contextlib

import iso8583.specs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.domain.reasons import Reason
from switch.wire import DIALECTS, DecodeError, Dialect, EncodeError
from switch.wire.describe import describe, render
from switch.wire.dialect import make_codec
from switch.wire.redact import clean, mask_numbers, mask_pan, masked_fields, masked_raw, masked_value

dialects = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)

PAN = "4761739001010119"
SECRETS = {
    2: PAN,
    14: "2812",
    34: "9876543210123456",
    35: f"{PAN}D28122010000077700000",
    45: "B4761739001010119^PLANTEDNAME/JANE^28122010000077700000",
    48: "CVV2=917",
    52: "0F1E2D3C4B5A6978",
    53: "7766554433221100",
    55: "5A084761739001010119" + "57124761739001010119D28122010000077700" + "5F2004" + b"JANE".hex().upper() + "9F36020001",
    61: "SECRETNOTE 4761739001010119",
    96: "8899AABBCCDDEEFF",
    120: "FREE TEXT WITH A KEY 0123456789ABCDEFFEDCBA9876543210",
}
PLANTED = (
    *(
        "4761739001010119",
        "173900101",
        "9876543210123456",
        "28122010000077700000",
        "PLANTEDNAME",
        "CVV2=917",
        "0F1E2D3C4B5A6978",
    ),
    *("7766554433221100", "8899AABBCCDDEEFF", "FREE TEXT", "0123456789ABCDEFFEDCBA9876543210", "SECRETNOTE"),
)


def spellings(secret: str) -> set[str]:
    """A secret as text (which packed digits in hexadecimal look like), in hexadecimal of ASCII and EBCDIC, and in base64."""
    raw = secret.encode("ascii")
    forms = {secret, raw.hex(), secret.encode("cp500").hex()}
    forms |= {base64.b64encode(b"\x00" * shift + raw).decode()[4:-4] for shift in range(3)}
    return {form.upper() for form in forms if len(form) >= 6}


def secrets_for(dialect: Dialect) -> dict[int, str]:
    """The secrets as the dialect can spell them: as they are, as bytes, as digits only; left out where it has no room."""
    values: dict[int, str] = {}
    for de, secret in SECRETS.items():
        for spelled in (secret, secret.replace("D", "="), secret.encode("ascii").hex().upper(), PAN):
            if de == 35 and dialect.packs_track2 != ("D" in spelled):
                continue
            with contextlib.suppress(EncodeError):
                dialect.codec.encode_element(de, spelled)
                values[de] = spelled
                break
    assert {2, 35, 45, 52, 55} <= values.keys()
    return values


def assert_nothing_planted(shown: str) -> None:
    text = shown.upper()
    for secret in PLANTED:
        for form in spellings(secret):
            assert form not in text, secret


@dialects
def test_planted_secrets_are_in_no_output(dialect: Dialect) -> None:
    """Card numbers, tracks, PIN blocks, keys and free text are in no form in fields, bytes and descriptions."""
    values = secrets_for(dialect)
    stan = dialect.edition.stan("000123")
    message = dialect.decode(dialect.encode({"mti": "0200", **dialect.suit({11: stan, 41: "TERM0001", **values})}))
    for shown in (
        str(masked_fields(message)),
        masked_raw(message),
        render(describe(message)),
        str(describe(message)),
        repr(message),
    ):
        assert_nothing_planted(shown)
    assert "476173******0119" in str(masked_fields(message))
    assert "000123" in str(masked_fields(message))
    approved = dialect.codes.code(Reason.APPROVED)
    assert_nothing_planted(masked_raw(message.with_fields({39: approved})))


@dialects
def test_a_refused_message_shows_no_planted_secret(dialect: Dialect) -> None:
    """Cut at any byte, or with a bit of any byte turned over, what is left of a refused message shows none of its secrets."""
    values = secrets_for(dialect)
    raw = dialect.encode({"mti": "0200", 11: dialect.edition.stan("000123"), **values})
    forms = set().union(*(spellings(secret) for secret in PLANTED))
    refused = 0
    leaks: list[str] = []
    for at in range(len(raw)):
        for damaged in (raw[:at], *(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :] for bit in (0x01, 0x04, 0x40))):
            try:
                dialect.decode(damaged)
            except DecodeError as error:
                refused += 1
                shown = f"{error} {error!r}"
                if error.partial is not None:
                    shown += render(describe(error.partial)) + masked_raw(error.partial) + str(masked_fields(error.partial))
                leaks += [f"{error}: {form}" for form in forms if form in shown.upper()]
    assert not leaks
    assert refused > len(raw)


def test_a_message_that_does_not_close_shows_no_value() -> None:
    """A bit turned over in the bitmap makes a card number read as an amount; since the lengths then fail, nothing is shown."""
    dialect = DIALECTS["iso87-ascii"]
    raw = dialect.encode({"mti": "0200", 2: PAN, 11: "000123", 41: "TERM0001"})
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw.replace(b"40200000", b"10200000"))
    partial = refused.value.partial
    assert partial is not None
    assert 4 in partial
    assert masked_fields(partial)["4"] == "(12 hidden)"
    assert {line.meaning for line in describe(partial) if isinstance(line.de, int)} == {""}
    assert set(masked_raw(partial)[40:]) == {"*"}
    whole = dialect.decode(dialect.encode({"mti": "0200", 2: PAN, 11: "000123", 55: "9F36020001", 61: "CUT"}))
    with pytest.raises(DecodeError) as refused:
        dialect.decode(whole.raw[:-1])
    partial = refused.value.partial
    assert partial is not None
    assert partial.fields == (2, 11, 55)
    assert set(masked_raw(partial)[40:]) == {"*"}
    assert [line.value for line in describe(partial)[2:]] == ["(16 hidden)", "(6 hidden)", "(10 hidden)", "(5 hidden)"]
    assert [line.de for line in describe(whole)[2:]] == [2, 11, 55, "55.9F36", 61]


def test_an_unknown_dialect_shows_nothing() -> None:
    """Of a dialect that is only a spec no value is shown, not even of elements that are harmless elsewhere."""
    foreign = Dialect.from_spec("foreign", iso8583.specs.default_ascii)
    message = foreign.decode(foreign.encode({"mti": "0200", 2: PAN, 3: "476173", 11: "000123"}))
    assert masked_fields(message) == {"mti": "0200", "2": "(16 hidden)", "3": "(6 hidden)", "11": "(6 hidden)"}
    assert masked_raw(message)[40:] == "3136" + "**" * 16 + "**" * 12


def test_bytes_are_masked_one_by_one() -> None:
    """The PAN keeps its outer digits in the bytes too: packed, a byte with one hidden digit is hidden."""
    values: dict[int | str, str] = {"mti": "0200", 2: "378282246310005", 11: "000123", 52: "0F1E2D3C4B5A6978"}
    head = "4020000000001000"
    packed, text = DIALECTS["iso87-binary"], DIALECTS["iso87-ascii"]
    shown = masked_raw(packed.decode(packed.encode(values)))
    # The digits are 0378282*****0005; the byte of the shown 2 and the first hidden digit is hidden.
    assert shown == "0200" + head + "15" + "037828" + "**" * 3 + "0005" + "000123" + "**" * 8
    shown = masked_raw(text.decode(text.encode(values)))
    pan = "333738323832" + "**" * 5 + "30303035"
    assert shown == "30323030" + head.encode().hex() + "3135" + pan + "303030313233" + "**" * 16


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("4761739001010119", "476173******0119"),
        ("4222222222222", "422222***2222"),
        ("123456789012", "********9012"),
        ("12345678", "****5678"),
        ("1234567", "(7 hidden)"),
        ("", "(0 hidden)"),
        ("47617390X1010119", "(16 hidden)"),
        ("1" * 20, "(20 hidden)"),
    ],
)
def test_a_pan_shows_its_ends_or_nothing(digits: str, shown: str) -> None:
    """First six and last four of a full number, last four of a short one, nothing of what is none."""
    assert mask_pan(digits) == shown


def test_a_card_number_in_clear_text_is_masked() -> None:
    """A digit run with a card number's check digit is masked even where text is shown; other runs are not."""
    assert mask_numbers("SHOP 4111111111111111 X") == "SHOP 411111******1111 X"
    assert mask_numbers("SHOP 4111111111111112 X") == "SHOP 4111111111111112 X"
    assert mask_numbers("0" * 42) == "0" * 42
    dialect = DIALECTS["iso87-ascii"]
    message = dialect.decode(dialect.encode({"mti": "0200", 42: "378282246310005"}))
    assert masked_value(message, 42) == "378282*****0005"
    assert "333738323832" not in masked_raw(message)


@pytest.mark.parametrize(
    "text",
    [
        *(f"{PAN}=28122010000077700000", f"{PAN}^28122010000", f"B{PAN}^DOE/J^2812201", f"{PAN} = 2812201"),
        *("4761 7390 0101 0119", "4761-7390-0101-0119", "47617390 01010119", "4761-7390 0101-0119", "4761_7390_0101_0119"),
        *("3782  822463  10005", "4761, 7390, 0101, 0119", f"{PAN}2812"),
        *("0F1E2D3C4B5A6978", "0F1E 2D3C 4B5A 6978", "0F:1E:2D:3C:4B:5A:69:78"),
        *("CVV2=917", "cvc 917", "CVC2: 917", "PIN=1234", "X CID#1234"),
    ],
)
@pytest.mark.parametrize(
    "dialect", [each for each in DIALECTS.values() if each.content[43] == "ans"], ids=lambda each: each.name
)
def test_free_text_with_more_than_a_card_number_is_hidden(dialect: Dialect, text: str) -> None:
    """A track, a card number in groups and a key are not shown in part; an honest name and address is shown whole."""
    for shown, place in ((False, f"{text:40}"), (True, f"{'CAFE 1900, MAIN ST 4711  BERLIN  0123DE':40}")):
        message = dialect.decode(dialect.encode({"mti": "0200", 43: place}))
        assert masked_value(message, 43) == (place if shown else "(40 hidden)")
        start, end = message.value_extent(43)
        assert masked_raw(message)[2 * start : 2 * end] == (message.raw[start:end].hex().upper() if shown else "**" * 40)


def test_a_card_number_between_filling_is_masked() -> None:
    """DE 90 is longer than any card number: one that stands in it between zeroes is masked, an original is not."""
    dialect = DIALECTS["iso87-ascii"]
    original = "0200654321112210150000000423451" + "0" * 11
    for value, shown in (
        (PAN.ljust(42, "0"), "476173******0119".ljust(42, "0")),
        (PAN.rjust(42, "0"), "476173******0119".rjust(42, "0")),
        ("4000000000000002".rjust(42, "0"), "400000******0002".rjust(42, "0")),
        ("4111111111110030".ljust(42, "0"), "411111******0030".ljust(42, "0")),
        (original, original),
    ):
        message = dialect.decode(dialect.encode({"mti": "0420", 90: value}))
        assert masked_value(message, 90) == shown
        assert (PAN.encode().hex() in masked_raw(message)) == (PAN in shown)


def test_a_card_number_in_an_emv_tag_that_is_clear_is_hidden() -> None:
    """Packed or one digit to a byte, a card number in a tag whose value is shown otherwise is hidden."""
    dialect = DIALECTS["iso87-ascii"]
    inside = {"9F10": f"{PAN}FF", "50": PAN.encode().hex(), "9F36": "0001", "84": "A0000000031010"}
    inside = {tag: value.upper() for tag, value in inside.items()}
    icc = "".join(f"{tag}{len(value) // 2:02X}{value}" for tag, value in inside.items())
    shown = {str(line.de): line.value for line in describe(dialect.decode(dialect.encode({"mti": "0200", 55: icc})))}
    assert shown["55.9F10"] == "(18 hidden)"
    assert shown["55.50"] == "(32 hidden)"
    assert shown["55.9F36"] == "0001"
    assert shown["55.84"] == "A0000000031010"


def test_text_whose_content_nobody_has_stated_is_searched_too() -> None:
    """A dialect file may call a DE clear and say nothing of its content: a track in it is hidden all the same."""
    spec = DIALECTS["iso87-ascii"].spec
    foreign = Dialect("shown", "", spec, {}, {43: "Name"}, make_codec(spec, {}), clear=(43,))
    message = foreign.decode(foreign.encode({"mti": "0200", 43: f"{f'B{PAN}^DOE^2812201':40}"}))
    assert masked_value(message, 43) == "(40 hidden)"


@given(st.text(max_size=30))
def test_cleaned_text_is_printable_ascii(text: str) -> None:
    """No control character, escape, line end or foreign character survives; plain text is unchanged."""
    cleaned = clean(text)
    assert cleaned.isascii()
    assert cleaned.isprintable()
    if text.isascii() and text.isprintable():
        assert cleaned == text


def test_escapes_are_neutralised() -> None:
    """An ANSI escape, a line end and an override of the writing direction are written out."""
    assert clean("\x1b[31mred\r\n\u202e") == "\\x1b[31mred\\r\\n\\u202e"
    spec = DIALECTS["iso87-ascii"].spec
    foreign = Dialect("shown", "", spec, {}, {41: "Terminal"}, make_codec(spec, {}), clear=(41,))
    message = foreign.decode(foreign.encode({"mti": "0200", 41: "\x1b[2J\r\nX "}))
    assert masked_value(message, 41) == "\\x1b[2J\\r\\nX "
    assert "\x1b" not in render(describe(message, show_secrets=True))
