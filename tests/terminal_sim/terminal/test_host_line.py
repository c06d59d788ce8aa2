"""The line to the host: what is no authentic answer is a complaint, also what the network gives back."""

import pytest

from keys.lab import lab_keystore
from switch.wire import DIALECTS, FRAMINGS
from terminal_sim.terminal.host_line import Complaint, HostLine
from terminal_sim.terminal.pin_pad import PinPad


class NoEntropy:
    """The line draws nothing."""

    def draw(self, n: int) -> bytes:
        """Fail."""
        raise AssertionError(f"{n} random bytes were asked for")


@pytest.mark.parametrize("name", ["len2-big-tpdu", "visa", "stx-etx"])
def test_what_is_spelled_is_heard(name: str) -> None:
    """A signed message in any framing, its header left aside, is authentic at the other end."""
    line = HostLine(DIALECTS["iso87-ascii"], FRAMINGS[name], PinPad(lab_keystore(), NoEntropy()))
    raw = line.spell({"t": "0810", "7": "0101000000", "11": "000001", "39": "00", "70": "301"}, 0)
    [answer] = line.hear(line.frame(raw)).messages
    assert not isinstance(answer, Complaint)
    assert (answer.mti, answer.response_code) == ("0810", "00")


def test_a_rejection_is_no_answer() -> None:
    """A reject header before our own message: a complaint with the code, however good the message behind it is."""
    line = HostLine(DIALECTS["iso87-ascii"], FRAMINGS["visa"], PinPad(lab_keystore(), NoEntropy()))
    framed = FRAMINGS["visa"].frame(line.spell({"t": "0810", "11": "000001", "39": "00", "70": "301"}, 0))
    reject = bytes.fromhex("1A0102") + bytes(19) + bytes.fromhex("80000533")
    [complaint] = line.hear((len(framed) + 22).to_bytes(2, "big") + bytes(2) + reject + framed[4:]).messages
    assert isinstance(complaint, Complaint)
    assert complaint.kind == "terminal.rejected"
    assert "0533" in complaint.text
