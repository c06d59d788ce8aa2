"""Proves that Secret and Pan open only by expose(), and refuse what they should."""

import copy
import json
import pickle
import traceback

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import MalformedInput
from keys.sensitive import Pan, Secret, constant_time_equal, constant_time_equal_text

CANARY = b"\xc0\xff\xee\x5e\xc2\xe7"
NUMBER = "4761739001010119"


def leaks(text):
    forms = [repr(CANARY)[2:-1], CANARY.hex(), CANARY.hex().upper(), NUMBER, NUMBER[6:-4]]
    return [form for form in forms if form in text]


@pytest.mark.parametrize("show", [repr, str, format, "{:>40}".format, "%s".__mod__, lambda value: f"{value!r:.60}"])
@pytest.mark.parametrize("value", [Secret(CANARY), Pan(NUMBER)])
def test_nothing_that_prints_shows_the_value(show, value):
    """No way of printing shows more than the mask."""
    assert not leaks(show(value))


@pytest.mark.parametrize("value", [Secret(CANARY), Pan(NUMBER)])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_is_refused(value, protocol):
    """A sensitive value cannot slip into a file or another process, by any protocol, and says so without itself."""
    with pytest.raises(TypeError) as caught:
        pickle.dumps(value, protocol)
    assert not leaks(str(caught.value))
    with pytest.raises(TypeError):
        value.__getstate__()


@pytest.mark.parametrize("value", [Secret(CANARY), Pan(NUMBER)])
def test_a_copy_is_the_object_itself(value):
    """Copying makes no second place that holds the value."""
    assert copy.copy(value) is value
    assert copy.deepcopy(value) is value


@pytest.mark.parametrize("value", [Secret(CANARY), Pan(NUMBER)])
@pytest.mark.parametrize("open_it", [vars, bytes, json.dumps, msgspec.json.encode, msgspec.to_builtins, iter, list])
def test_no_general_door_opens_it(value, open_it):
    """vars, bytes, iteration and the serialisers do not know how to reach the value."""
    with pytest.raises(TypeError) as caught:
        open_it(value)
    assert not leaks(str(caught.value))


@pytest.mark.parametrize("value", [Secret(CANARY), Pan(NUMBER)])
def test_a_traceback_with_locals_shows_the_mask(value):
    """A traceback that prints locals prints the mask."""
    try:
        raise RuntimeError
    except RuntimeError as error:
        held = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert not leaks("".join(held.format()).replace(f'"{NUMBER}"', ""))


@pytest.mark.parametrize("value", [Secret(CANARY), Pan(NUMBER)])
def test_it_does_not_change(value):
    """Neither kind can be changed after it is made."""
    for name in ("_value", "_digits", "other"):
        with pytest.raises(AttributeError):
            setattr(value, name, b"")
        with pytest.raises(AttributeError):
            delattr(value, name)


def test_secrets_are_equal_by_value_and_unhashable():
    """Equality is by value, against Secrets only, and a Secret is no dictionary key."""
    assert Secret(b"1234") == Secret(b"1234")
    assert Secret(b"1234") != Secret(b"1235")
    assert Secret(b"1234") != b"1234"
    assert len(Secret(b"1234")) == 4
    with pytest.raises(TypeError):
        hash(Secret(b"1234"))


def test_a_secret_is_of_bytes_only():
    """A number does not quietly become that many zeroes."""
    with pytest.raises(AssertionError):
        Secret(4)


@given(st.binary(max_size=16), st.binary(max_size=16))
def test_constant_time_equal_is_equality(one, other):
    """The one comparison agrees with ==, lengths included."""
    assert constant_time_equal(one, other) == (one == other)
    assert constant_time_equal(one, bytes(one))


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("4761739001010119", "476173******0119"),
        ("6759649826438453000", "675964*********3000"),
        ("4222222222222", "422222***2222"),
        ("420000000000", "********0000"),
        ("42000000", "****0000"),
    ],
)
def test_pan_is_masked_by_its_length(number, masked):
    """First six and last four, or only the last four of a short number."""
    pan = Pan(number)
    assert (pan.masked, str(pan), f"{pan}", repr(pan)) == (masked, masked, masked, f"Pan({masked})")
    assert (pan.expose(), len(pan)) == (number, len(number))


@pytest.mark.parametrize(
    "number",
    ["", "4761739", "47617390010101190000", "4761 7390 0101 0119", "476173900101011A", "+4761739001010119",
     "4761739001010119\n", "4761739_01010119", "٤٧٦١٧٣٩٠٠١٠١٠١١٩", "476173900101011²"],
)  # fmt: skip
def test_pan_refuses_what_is_not_8_to_19_ascii_digits(number):
    """Signs, spaces, underscores and the digits of other scripts are refused, and the text is not repeated."""
    with pytest.raises(ValueError, match="8 to 19 decimal digits") as caught:
        Pan(number)
    assert isinstance(caught.value, MalformedInput)
    assert not number or number not in str(caught.value)


def test_pans_are_looked_up_by_value():
    """Equal numbers are one dictionary key; a number is not equal to its digits."""
    assert {Pan(NUMBER): "card"}[Pan(NUMBER)] == "card"
    assert Pan(NUMBER) != Pan("4111111111111111")
    assert Pan(NUMBER) != NUMBER


@given(st.text("0123456789", min_size=8, max_size=19))
def test_a_mask_never_shows_more_than_ten_digits(number):
    """A long number shows ten of its digits, a short one four; the mask keeps the length."""
    shown = sum(character.isdigit() for character in Pan(number).masked)
    assert shown == (10 if len(number) >= 13 else 4)
    assert len(Pan(number).masked) == len(number)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1234", "1234", True),
        ("1234", "1235", False),
        ("1234", "123", False),
        ("1234", "123٤", False),
        ("1234", "123\ud834", False),
    ],
)
def test_texts_in_constant_time(one, other, same):
    """Texts are equal by their characters; none that is not ASCII, whole or not, is an error or somebody's digit."""
    assert constant_time_equal_text(one, other) is same
