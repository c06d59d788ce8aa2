"""Proves that a switch whose HSM computes wrongly touches neither disk nor network, and that one without a file says so."""

import msgspec
import pytest
import trio

from keys.errors import SelfTestFailed
from keys.keystore import MemoryKeystore
from switch.app import Configured, run_switch
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


async def test_a_switch_without_a_file_has_nothing_to_read_again():
    """It is told, and nothing is asked of anybody: a lost terminal, which is the same signal, does not end it."""
    keystore = MemoryKeystore(())
    configured = Configured(default_config(), keystore, accepted=tuple, files=(), read=None, on_keys=keystore.names)
    notice = await configured.take_over(driver=None)
    assert (notice.kind, "no configuration file to read again" in notice.text) == ("config.none", True)
