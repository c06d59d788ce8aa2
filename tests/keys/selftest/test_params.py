"""Proves that a param is read as what it must be, or is told by its name."""

import pytest

from keys.selftest import Params, VectorError
from keys.sensitive import Pan, Secret

PARAMS = Params(
    {
        "key": "00ff",
        "pin": "1234",
        "pan": "4761739001010119",
        "length": 8,
        "index": "07",
        "parts": ["00", "FF"],
        "source": {"key": "11"},
        "direction": "request",
        "wrong": [1],
        "odd": "123",
        "endless": "9" * 5_000,
        "spaced": "12 34",
        "flag": True,
        "none": None,
    }
)


def test_each_kind_is_read():
    """Digits in either case, integers as numbers or digits, lists, and params within params."""
    assert PARAMS.text("pin") == "1234"
    assert PARAMS.octets("key") == b"\x00\xff"
    assert PARAMS.secret() == Secret(b"\x00\xff")
    assert PARAMS.pin() == Secret(b"1234")
    assert PARAMS.pan() == Pan("4761739001010119")
    assert (PARAMS.number("length"), PARAMS.number("index")) == (8, 7)
    assert PARAMS.secrets("parts") == [Secret(b"\x00"), Secret(b"\xff")]
    assert PARAMS.within("source").octets("key") == b"\x11"
    assert PARAMS.choice("direction", {"request": 1, "response": 2}) == 1
    assert "key" in PARAMS
    assert "iv" not in PARAMS


def test_a_default_stands_for_what_is_absent():
    """Only for what is absent: a value of another kind is a fault all the same."""
    assert PARAMS.text("iv", "00") == "00"
    assert PARAMS.octets("iv", "") == b""
    assert PARAMS.number("width", 4) == 4
    assert PARAMS.choice("usage", {"pin": "P"}, "pin") == "P"
    with pytest.raises(VectorError):
        PARAMS.number("key", 4)


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (lambda p: p.text("absent"), "absent"),
        (lambda p: p.text("length"), "length"),
        (lambda p: p.text("none"), "none"),
        (lambda p: p.number("pan2"), "pan2"),
        (lambda p: p.number("flag"), "flag"),
        (lambda p: p.number("key"), "key"),
        (lambda p: p.number("endless"), "endless"),
        (lambda p: p.octets("odd"), "odd"),
        (lambda p: p.octets("spaced"), "spaced"),
        (lambda p: p.secret("direction"), "direction"),
        (lambda p: p.secrets("wrong"), "wrong"),
        (lambda p: p.secrets("key"), "key"),
        (lambda p: p.within("key"), "key"),
        (lambda p: p.choice("direction", {"forth": 1, "back": 2}), "direction"),
        (lambda p: Params({"pan": "12"}).pan(), "pan"),
    ],
)
def test_what_is_not_there_is_told_by_name(read, name):
    """Absent, of another kind, or spelled otherwise: the error names the param and shows no value."""
    with pytest.raises(VectorError, match=f"param '{name}'"):
        read(PARAMS)
