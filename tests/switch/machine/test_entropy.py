"""Draws that are remembered come again, in order and size; anything else is a difference."""

import pytest

from switch.machine.entropy import RecordedEntropy, RecordingEntropy


class Counting:
    """Entropy that counts."""

    def __init__(self):
        self.count = 0

    def draw(self, n):
        self.count += 1
        return bytes([self.count]) * n


def test_what_was_drawn_is_drawn_again():
    """Each draw by itself."""
    recording, recorded = RecordingEntropy(Counting()), RecordedEntropy()
    drawn = [recording.draw(2), recording.draw(3)]
    draws = recording.take()
    assert drawn == [b"\x01\x01", b"\x02\x02\x02"]
    assert recording.take() == ()
    recorded.load(draws)
    assert [recorded.draw(2), recorded.draw(3)] == drawn
    assert recorded.empty


@pytest.mark.parametrize(("draws", "why"), [((), "no draw"), ((b"\x01",), "has 1")])
def test_another_draw_is_a_difference(draws, why):
    """One more, or of another size."""
    recorded = RecordedEntropy()
    recorded.load(draws)
    with pytest.raises(AssertionError, match=why):
        recorded.draw(2)
