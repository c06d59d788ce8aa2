"""Nothing that looks like card data or a key gets through, in any spelling; and nothing a peer sends moves the cursor."""

import base64
from enum import Enum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch import limits
from switch.shell.redaction import redact_text, redact_value

PANS = ("4761739001010119", "5413330089010434", "378282246310005", "4222222222222", "30569309025904", "6205500000000000004")
"""Published test numbers of 13 to 19 digits."""


def packed(pan: str) -> str:
    return pan if len(pan) % 2 == 0 else pan + "F"


SPELLINGS = {
    "plain": lambda pan: pan,
    "hex of ASCII": lambda pan: pan.encode().hex(),
    "hex of ASCII, upper case": lambda pan: pan.encode().hex().upper(),
    "packed": lambda pan: bytes.fromhex(packed(pan)).hex(),
    "hex dump": lambda pan: pan.encode().hex(" "),
    "packed hex dump": lambda pan: "00 00 " + bytes.fromhex(packed(pan)).hex(" "),
    "base64": lambda pan: base64.b64encode(pan.encode()).decode(),
    "base64 of a packed number in a message": lambda pan: base64.b64encode(b"0200" + bytes.fromhex(packed(pan)) * 2).decode(),
    "base64 within a message": lambda pan: base64.b64encode(b"x2=" + pan.encode() + b";").decode(),
    "base64 behind one letter": lambda pan: "x" + base64.b64encode(pan.encode()).decode(),
    "base64 behind two letters": lambda pan: "xy" + base64.b64encode(pan.encode()).decode(),
    "base64 behind three letters": lambda pan: "xyz" + base64.b64encode(pan.encode()).decode(),
    "url-safe base64": lambda pan: base64.urlsafe_b64encode(b"\xff\xfe\xfd" + pan.encode()).decode(),
    "track 2": lambda pan: f";{pan}=24122011234567890?",
    "track 2 with D": lambda pan: f"{pan}D24122011234567890F",
    "track 1": lambda pan: f"%B{pan}^DOE/JANE^24122011234567890?",
    "repeated": lambda pan: pan * 3,
    "within digits": lambda pan: f"0200{pan}000000",
    "other digits": lambda pan: "".join(chr(0x660 + int(digit)) for digit in pan),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("pan", PANS)
def test_a_card_number_is_hidden_in_every_spelling(pan, spelling):
    """Whether in words, between other characters or alone, neither the text nor its middle digits remain."""
    spelt = SPELLINGS[spelling](pan)
    for text in (spelt, f"card {spelt} seen", f"a={spelt},b", f"«{spelt}»"):
        redacted = redact_text(text)
        assert spelt not in redacted
        assert pan not in redacted
        assert pan[:-4] not in redacted.replace(" ", "")
        assert pan[6:] not in redacted.replace(" ", "")


@pytest.mark.parametrize("pan", PANS)
def test_of_a_track_nothing_is_shown(pan):
    """Neither the mask of its number nor what follows it: expiry, service code, the holder's name."""
    assert redact_text(f"read ;{pan}=24122011234? at the slot") == "read [track hidden] at the slot"
    assert redact_text(f"read {pan}D24122011234F at the slot") == "read [track hidden] at the slot"
    assert redact_text(f"read %B{pan}^DOE/JANE^24122011234? at the slot") == "read [track hidden] at the slot"


@pytest.mark.parametrize("separator", [" ", "-", "."])
@pytest.mark.parametrize("pan", PANS)
def test_a_card_number_in_groups_is_hidden(pan, separator):
    """As people write it: four by four, or as American Express and Diners Club print it."""
    groups = [pan[:4], pan[4:10], pan[10:]] if pan[0] == "3" else [pan[start : start + 4] for start in range(0, len(pan), 4)]
    redacted = redact_text(f"card {separator.join(groups)} seen")
    assert redacted == f"card {pan[:6]}{'*' * (len(pan) - 10)}{pan[-4:]} seen"


@given(st.text(max_size=30), st.sampled_from(PANS), st.text(max_size=30))
def test_no_surroundings_let_a_card_number_through(before, pan, after):
    """Whatever stands around it, the number does not come out whole."""
    assert pan not in redact_text(before + pan + after)


@given(st.text())
def test_redacting_twice_changes_nothing_more(text):
    """What was redacted is clean: masks and escapes are not taken for card data."""
    once = redact_text(text)
    assert redact_text(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "0123456789ABCDEF",
        "0123456789abcdeffedcba9876543210",
        "PIN block 0412AC89ABCDEF67 refused",
        "key 0123456789ABCDEFFEDCBA9876543210 of zpk",
        "key 01 23 45 67 89 AB CD EF",
    ],
)
def test_keys_and_pin_blocks_are_hidden(text):
    """Eight bytes or more of hexadecimal text are never shown."""
    assert "0123456789ABCDEF" not in redact_text(text).upper().replace(" ", "")
    assert "0412AC89ABCDEF67" not in redact_text(text)
    assert "hidden" in redact_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "link acquirer: connection 12 was closed by the peer after 3 messages",
        "amount 000000001250, STAN 000123, RRN 532611000123, DE 7 1122110000",
        "2025-11-22T11:00:00.123456Z",
        "listening on 127.0.0.1:8583 and [::1]:8583",
        "state directory /var/lib/pointsman/state-of-the-acquirer/journal.db",
        "550e8400-e29b-41d4-a716-446655440000",
        "card 476173******0119 was refused",
        "message 0200, bitmap 3020058020C0",
        "the MAC 1A2B3C4D does not match",
        "größer, naïve, 日本語",
        "",
    ],
)
def test_ordinary_texts_pass_unchanged(text):
    """What the house itself writes is readable."""
    assert redact_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("two\r\nlines\tand\x00more", r"two\x0d\x0alines\x09and\x00more"),
        ("\x9b2J", r"\x9b2J"),
        ("\u202eTNATROPMI", r"\u202eTNATROPMI"),
        ("\u2028next", r"\u2028next"),
        ("half \ud800", r"half \ud800"),
        ("tag \U000e0041", r"tag \U000e0041"),
    ],
)
def test_control_characters_are_spelt_out(text, shown):
    """Nothing clears the screen, starts a line, turns the text round or hides in it."""
    assert redact_text(text) == shown


@given(st.text(alphabet=st.characters()))
def test_the_result_is_one_printable_line(text):
    """Whatever comes in, what comes out can be printed and is one line."""
    redacted = redact_text(text)
    redacted.encode()  # A lone half of a surrogate pair could not be encoded.
    assert len(redacted.splitlines()) <= 1
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in redacted)


@pytest.mark.parametrize("pan", PANS)
def test_a_cut_leaves_no_part_of_a_card_number(pan):
    """A text too long is cut, and what the cut would leave of a number is cut with it."""
    for shift in range(40):
        text = "x, " * 2_000
        text = text[: limits.LOG_TEXT_CHARS_MAX - shift] + f" {pan} " + text
        redacted = redact_text(text)
        assert redacted.endswith("... (cut)")
        assert len(redacted) <= limits.LOG_TEXT_CHARS_MAX + len("... (cut)")
        assert pan[:8] not in redacted


def test_hostile_texts_cost_little():
    """Text made to please every pattern at once is still read in a bounded number of steps."""
    for text in ("1" * 100_000, "1 " * 50_000, "MTEx" * 25_000, "0" * 13 + "." * 100_000, "4111-" * 20_000, "^" * 100_000):
        assert len(redact_text(text)) <= limits.LOG_TEXT_CHARS_MAX + 100


class Colour(Enum):
    RED = "4761739001010119"


class Card(msgspec.Struct):
    number: str


@pytest.mark.parametrize(
    "value", [Card("1"), b"1", bytearray(b"1"), memoryview(b"1"), object(), {1}, (x for x in "1"), Exception("1")]
)
def test_unknown_types_are_hidden(value):
    """What is not text, number or collection is named by its type and not shown."""
    assert redact_value(value) == f"[{type(value).__name__} hidden]"


@pytest.mark.parametrize("value", [None, True, False, 0, -1, 12, 1.5, "text", [], {}])
def test_plain_values_pass(value):
    """Numbers stay numbers, so that programs can count with them."""
    assert redact_value(value) == value
    assert type(redact_value(value)) is type(value)


def test_numbers_that_are_card_numbers_are_masked():
    """A number's type is no disguise."""
    assert redact_value(4761739001010119) == "476173******0119"
    assert redact_value([{"n": (4761739001010119,)}]) == [{"n": ["476173******0119"]}]
    assert "4761739001010119" not in str(redact_value(4761739001010119.0))


def test_an_enum_is_its_name():
    """The value behind a name may be anything."""
    assert redact_value(Colour.RED) == "RED"


@pytest.mark.parametrize("name", ["pan", "PAN", "expected_cvv", "clear-pin", "pin_block", "track2", "icc", "card.pan"])
@pytest.mark.parametrize("value", ["1234", 1234, "123", "4761739001010119", "9F2608A1", "12 34", ["12"], {"a": "1234"}])
def test_names_of_card_data_hide_their_values(name, value):
    """A PIN or a CVV looks like any number; its name tells."""
    assert "1" not in str(redact_value(value, name)).replace("*", "")


def test_masks_and_words_under_such_names_are_shown():
    """A mask is what these names should hold, and words hold no digits."""
    assert redact_value("476173******0119", "pan") == "476173******0119"
    assert redact_value("wrong, two tries left", "pin") == "wrong, two tries left"
    assert redact_value("visa-chip", "card") == "visa-chip"


@pytest.mark.parametrize("name", ["password", "lmk_passphrase", "client-secret"])
@pytest.mark.parametrize("value", ["correct horse battery staple", 1, None, True, ["x"]])
def test_names_of_secrets_hide_everything(name, value):
    """Even words."""
    assert redact_value(value, name) == "[hidden]"


def test_digests_are_shown_under_their_names_only():
    """A digest is long hexadecimal text like a key; only its name lets it through, and not if a card number is in it."""
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    assert redact_value(digest, "digest") == digest
    assert redact_value(digest, "value") == "[64 hex digits hidden]"
    assert redact_value("4761739001010119" + digest[:16], "digest") == "[32 hex digits hidden]"


def test_depth_is_bounded():
    """Values within values within values are not followed for ever."""
    value: object = "bottom"
    for _ in range(limits.LOG_DEPTH_MAX + 1):
        value = [value]
    assert "bottom" not in str(redact_value(value))
    assert "[hidden]" in str(redact_value(value))


def test_names_are_redacted_too():
    """A card number may come as a key."""
    assert redact_value({"4761739001010119": 1}) == {"476173******0119": 1}
