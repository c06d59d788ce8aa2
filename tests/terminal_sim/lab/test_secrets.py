"""What nobody may find: card numbers in every spelling, and PIN blocks and tracks of the latest requests."""

import base64

import pytest

from switch.wire import DIALECTS
from terminal_sim.lab.customers import RANGE
from terminal_sim.lab.secrets import FRESH_MAX, Secrets

NUMBER = RANGE + "0042"


@pytest.mark.parametrize(
    "spelled",
    [
        NUMBER,
        NUMBER[::-1],
        f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:12]} {NUMBER[12:]}",
        f"{NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:12]}-{NUMBER[12:]}",
        f"1111 {NUMBER[:4]} {NUMBER[4:8]}-{NUMBER[8:12]}",
        NUMBER.encode("ascii").hex(),
        NUMBER.encode("cp500").hex().upper(),
        base64.b64encode(NUMBER.encode("ascii")).decode("ascii"),
        base64.b64encode(bytes.fromhex(NUMBER)).decode("ascii"),
    ],
)
def test_a_number_is_found_however_it_is_spelled(spelled: str) -> None:
    """Between other text too; a number that is masked, or of nobody here, is none."""
    secrets = Secrets()
    assert secrets.found_in(f'{{"text":"card {spelled} refused"}}') == "a card number"
    assert secrets.found_in(f"card {NUMBER[:6]}******{NUMBER[-4:]} refused, 4111 1111 1111 1111 too") == ""


def test_the_latest_requests_are_looked_for() -> None:
    """A PIN block and a track in any spelling, until so many others have come."""
    dialect = DIALECTS["iso87-ascii"]
    secrets = Secrets()
    for number in range(FRESH_MAX + 1):
        block, track = f"{number:016X}", f"{NUMBER}=2812{number:013d}"
        secrets.plant(dialect.decode(dialect.encode({"mti": "0100", 35: track, 52: block})))
        for text in (block, track, track.encode("ascii").hex(), base64.b64encode(bytes.fromhex(block)).decode("ascii")):
            assert secrets.authentication_in(f"it is {text}.")
    assert not secrets.authentication_in(f"it was {0:016X}")
    assert secrets.authentication_in(f"it was {1:016X}")
