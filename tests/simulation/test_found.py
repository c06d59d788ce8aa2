"""What the laboratory has found in our own code: the seeds that showed it, and what it was. None may come back.

A seed means what it meant only until something is drawn otherwise; each of these has a dialogue of its own as well, in
`tests/terminal_sim/terminal/test_reversals.py`, `tests/switch/core/test_saf.py`, `tests/switch/core/test_orders.py` and
`tests/switch/core/test_switch_mac.py`. What only longer hunts have seen has no seed here: that one changed bit in a terminal's
log could cut an acknowledged record off, or pass as another spelling of the same digest
(`tests/terminal_sim/terminal/test_record_lines.py`).
"""

import pytest

REVERSAL = "a terminal took the answer that its reversal had a wrong MAC, or could not be read, for an acknowledgement"
COMPLETION = "a completion that the host could not keep came back as declined, and was never reported again"
TURNED_AWAY = "what a low disk had refused was approved when a peer said it once more, though its terminal was told no"
OVERTAKEN = "a copy of an approved request, under keys that had ended since, was told no, and its terminal believed that"

FOUND = {1: REVERSAL, 15: REVERSAL, 3: COMPLETION, 22: COMPLETION, 27: COMPLETION, 36: TURNED_AWAY, 312: OVERTAKEN}


@pytest.mark.parametrize("seed", FOUND)
def test_it_does_not_come_back(hold, seed):
    """The run that convicted it holds now, to its end."""
    assert hold(seed, liveness=True).verdict == "", FOUND[seed]
