"""Message type indicators: only four digits are one, and each digit says what ISO 8583:1987 gives it."""

import pytest

from switch.wire import mti


@pytest.mark.parametrize("text", ["", "020", "02000", "02A0", "٠٢٠٠", "+200", " 200", "0²00"])
def test_only_four_ascii_digits_are_an_mti(text: str) -> None:
    """Signs, blanks, letters and digits of other scripts make no MTI."""
    assert not mti.is_mti(text)
    assert mti.is_mti("0200")


@pytest.mark.parametrize(
    ("request_mti", "response"),
    [
        *[("0100", "0110"), ("0101", "0110"), ("0120", "0130"), ("0121", "0130"), ("0200", "0210"), ("0201", "0210")],
        *[("0202", "0212"), ("0203", "0212"), ("0205", "0214"), ("0220", "0230"), ("0400", "0410"), ("0401", "0410")],
        *[("0420", "0430"), ("0421", "0430"), ("0800", "0810"), ("0820", "0830"), ("1804", "1814"), ("2240", "2250")],
    ],
)
def test_a_response_has_the_next_function_and_no_repeat(request_mti: str, response: str) -> None:
    """The MTI of an answer is that of its request with the function counted up and the repeat taken off."""
    assert mti.response_mti(request_mti) == response
    assert mti.is_response(response)
    assert not mti.is_response(request_mti)


def test_a_response_is_not_answered() -> None:
    """Asking for the answer of an answer is our own mistake."""
    with pytest.raises(AssertionError):
        mti.response_mti("0210")


@pytest.mark.parametrize(("first", "repeat"), [("0200", "0201"), ("0220", "0221"), ("0422", "0423"), ("0104", "0105")])
def test_repeats_come_and_go(first: str, repeat: str) -> None:
    """A repeat differs from its original in the last digit only, and repeating it again changes nothing."""
    assert mti.repeat_of(first) == mti.repeat_of(repeat) == repeat
    assert mti.without_repeat(repeat) == mti.without_repeat(first) == first
    assert mti.is_repeat(repeat)
    assert not mti.is_repeat(first)


def test_functions_are_told_apart() -> None:
    """0200 asks, 0220 reports, 0210 and 0230 answer."""
    assert [mti.is_request(each) for each in ("0200", "0220", "0210", "0230")] == [True, False, False, False]
    assert [mti.is_advice(each) for each in ("0200", "0220", "0210", "0230")] == [False, True, False, False]
    assert [mti.is_response(each) for each in ("0200", "0220", "0210", "0230")] == [False, False, True, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0200", "financial request"),
        ("0421", "reversal advice, repeat"),
        ("0810", "network management response"),
        ("1100", "authorisation request, ISO 8583:1993"),
        ("4998", "reserved class of a reserved function, of a reserved origin, reserved version"),
    ],
)
def test_words(text: str, words: str) -> None:
    """Every four digits have words, reserved ones too."""
    assert mti.mti_words(text) == words
