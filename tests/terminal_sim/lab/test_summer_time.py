"""Clocks that run by local time jump by an hour when summer time begins or ends: messages say so, and no money minds."""

import msgspec
import pytest

from terminal_sim.lab.observer import Observer
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial

CHANGES = {
    "before summer time begins in Europe": ("005959", "020000"),
    "before summer time ends in Europe": ("005959", "000000"),
}
"""By the moment at which a run begins: the latest DE 12 before the change, and the earliest after it, on a clock that jumps."""


class Listener(Observer):
    """Keeps what terminals say of their time: with DE 12 and DE 13, DE 7."""

    def __init__(self):
        self.times = {}

    def said(self, passage):
        if passage.speaker.host.name.startswith("LAB") and passage.message is not None and passage.message.mti == "0200":
            message = passage.message
            self.times.setdefault(passage.speaker.host.name, []).append((message[12], message[13], message[7]))


@pytest.mark.parametrize("moment", CHANGES)
def test_local_times_jump_and_money_does_not_mind(moment):
    """Everybody's clock jumps here. DE 12 and 13 are those of the terminal's clock, DE 7 agrees with them, all ends well."""
    options = draw(3, terminals=6, issuers=1, faults={"summer-time": frozenset()})
    options = msgspec.structs.replace(options, moment=moment, faults={"summer-time": 1})
    listener = Listener()
    trial = hold_trial(options, 60_000, observers=[listener])
    assert trial.violation is None
    hosts = len(trial.run.world.hosts)
    assert trial.run.plan.done == {"summer-time": list(range(1, hosts + 1))}
    last, first = CHANGES[moment]
    day = "0329" if "begins" in moment else "1025"
    for times in listener.times.values():
        jumps = [at for at in range(1, len(times)) if abs(int(times[at][0]) - int(times[at - 1][0])) > 3_000]
        assert len(jumps) == 1
        assert times[jumps[0] - 1][0] <= last
        assert times[jumps[0]][0] >= first
        assert all(local_date == day and sent == day + local_time for local_time, local_date, sent in times)


@pytest.mark.parametrize("moment", CHANGES)
def test_some_clocks_jump_and_others_do_not(moment):
    """Then hosts disagree by an hour about every message, which changes nothing about money either."""
    options = draw(
        8, terminals=8, issuers=2, faults={"summer-time": frozenset(), "late": frozenset(), "kill-later": frozenset()}
    )
    trial = hold_trial(msgspec.structs.replace(options, moment=moment), 60_000)
    assert trial.violation is None
    assert 0 < len(trial.run.plan.done["summer-time"]) < len(trial.run.world.hosts)
