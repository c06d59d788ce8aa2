"""Proves that a switch whose HSM computes wrongly touches neither disk nor network, and that one without a file says so."""

import msgspec
import pytest
import trio

from keys.errors import SelfTestFailed
from keys.keystore import MemoryKeystore
from keys.lab import lab_key
from keys.terms import KeyState
from switch.app import Configured, run_switch
from switch.compose import compose, make_switch
from switch.core import State
from switch.default_config import default_config
from switch.machine import Moment, Notify, Operate
from terminal_sim.lab.prng import SeededEntropy


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


class Line:
    """A driver whose machine lags behind: it handles what stands in line when somebody waits for that."""

    def __init__(self, switch):
        self.switch, self.waiting, self.told = switch, [], []

    async def operate(self, order):
        self.waiting.append(order)

    async def caught_up(self):
        while self.waiting:
            commands = self.switch.handle(Operate(self.waiting.pop(0)), Moment(0, 0))
            self.told += [command.notice.kind for command in commands if isinstance(command, Notify)]


async def test_a_reading_waits_until_the_one_before_is_in_force(stored):
    """The second one puts a key out of use that the first one has ordered: it was taken, and so the link speaks under it."""
    config, store = stored
    acquirer, *others = config.links
    changed = msgspec.structs.replace(acquirer, mac_key="pos.zak-2", pin_key="pos.zpk-2")
    wanted = msgspec.structs.replace(config, links=(changed, *others))
    composition = compose(config)
    switch = make_switch(composition, entropy=SeededEntropy(2), state=State())
    keystore, line = composition.keystore, Line(switch)
    configured = Configured(
        config, keystore, accepted=lambda: switch.keys_accepted, files=(), read=lambda: wanted, on_keys=keystore.names
    )
    assert (await configured.take_over(line)).kind == "config.read"
    store.replace(msgspec.structs.replace(lab_key("pos.zak-2"), state=KeyState.DISABLED))
    assert (await configured.take_over(line)).kind == "config.read"
    await line.caught_up()
    assert keystore.get("pos.zak-2").state is KeyState.DISABLED
    assert ("keys.changed" in line.told, "order.refused" in line.told) == (True, False)
