"""What the laboratory has found in our own code: the seed that showed it, and what it was. None may come back."""

import pytest

FOUND = {
    2: "a terminal took the answer that its reversal had a wrong MAC for an acknowledgement; the cardholder went on paying",
    26: "the same of a reversal that had been damaged so that it could not be read",
}


@pytest.mark.parametrize("seed", FOUND)
def test_it_does_not_come_back(hold, seed):
    """The run that convicted it holds now, to its end."""
    assert hold(seed, liveness=True).verdict == "", FOUND[seed]
