"""Proves that a switch whose HSM computes wrongly touches neither disk nor network."""

import msgspec
import pytest
import trio

from keys.errors import SelfTestFailed
from switch.app import run_switch
from switch.default_config import default_config


async def test_a_failed_self_test_starts_nothing(tmp_path):
    """The error leaves before the journal is made; nothing is noticed."""
    notices = []

    def fail() -> None:
        raise SelfTestFailed("the self-test of the HSM failed for cvv: nothing is started")

    state = tmp_path / "state"
    config = msgspec.structs.replace(default_config(), state_dir=str(state))
    # The bound is for a switch that starts all the same: it would run for ever.
    with trio.fail_after(30), pytest.raises(SelfTestFailed, match="cvv"):
        await run_switch(config, on_notice=notices.append, self_test=fail)
    assert (state.exists(), notices) == (False, [])
