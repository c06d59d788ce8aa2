"""Dates and times that can be, and those that cannot."""

import pytest

from switch.wire.moments import PICTURES, impossible

POSSIBLE = {7: "1231235959", 12: "000000", 13: "0229", 14: "9912"}


def test_what_can_be() -> None:
    """The edges of the calendar and of the clock; 29 February, since there is no year; and nothing at all."""
    assert impossible(POSSIBLE) is None
    assert impossible({7: "0101000000", 13: "0430", 14: "0001"}) is None
    assert impossible({}) is None
    assert set(POSSIBLE) == set(PICTURES)


@pytest.mark.parametrize(
    ("de", "value"),
    [
        (7, "0230000000"),
        (7, "0431000000"),
        (7, "0001000000"),
        (7, "1301000000"),
        (7, "0100000000"),
        (7, "0101240000"),
        (7, "0101006000"),
        (7, "0101000060"),
        (12, "240000"),
        (12, "246060"),
        (13, "0132"),
        (13, "0000"),
        (14, "3100"),
        (14, "3113"),
        (14, "311"),
    ],
)
def test_what_cannot_be(de: int, value: str) -> None:
    """It is found in its DE, whatever the others hold."""
    assert impossible(POSSIBLE | {de: value}) == de
