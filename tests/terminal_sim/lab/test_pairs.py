"""Every dialect as an acquirer's with every one as an issuer's: what people do at the tills ends as it does in one dialect."""

import msgspec
import pytest

from switch.machine import Severity
from switch.wire import DIALECTS
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.run import acquirer_links, issuer_links
from terminal_sim.lab.swarm import Wire, draw
from terminal_sim.lab.traffic import Mix
from terminal_sim.lab.trial import hold_trial

NAMES = tuple(DIALECTS)
GROUPS = [NAMES[at : at + 4] for at in range(0, len(NAMES), 4)]
"""Issuers of one world: with the one inside the switch five, which has no divisor in common with fourteen acquirers."""

UNTIL_MS = 2_500

EVERYTHING = Mix(
    pause_ms=300, entries=(30, 40, 30), wrong_pin=10, too_much=5, authorised=30, voided=30, bad_mac=0, minor_max=8_000
)

EXPECTED = ("advice.owed", "exchange.reversed", "terminal.reversal")
"""Beginnings of warnings that people themselves give reason for: they take payments back, and complete them."""


class Listener(Observer):
    """Keeps which links have spoken of the same transaction, what receipts say, and what was warned of."""

    def __init__(self):
        self.hops, self.outcomes, self.warnings = {}, [], []

    def said(self, passage):
        if passage.brief is None:
            self.warnings.append(f"{passage.speaker.host.name} says what cannot be read")
        elif passage.brief.mti[1] in "12" and passage.brief.mti[2] == "0":
            self.hops.setdefault(passage.brief.transaction, set()).add(passage.speech.name)

    def noticed(self, host, notice):
        if notice.kind == "terminal.receipt":
            facts = dict(notice.facts)
            self.outcomes.append((host.name, facts["key"], facts["kind"], facts["outcome"]))
        elif notice.severity is not Severity.INFO and not notice.kind.startswith(EXPECTED):
            self.warnings.append(f"{host.name}: {notice.kind}: {notice.text}")


def live(acquirers, issuers):
    """A calm world with these dialects."""
    listener = Listener()
    options = draw(1, terminals=len(NAMES) * (len(issuers) + 1), issuers=len(issuers), faults={})
    options = msgspec.structs.replace(
        options,
        acquirer_wires=tuple(Wire(name, "len2-big", sign_on=True) for name in acquirers),
        issuer_wires=tuple(Wire(name, "len2-big", sign_on=True) for name in issuers),
        mix=EVERYTHING,
        moment="before New Year",
        latency_max_ms=3,
    )
    trial = hold_trial(options, UNTIL_MS, observers=[listener])
    assert trial.violation is None, str(trial.violation)
    return options, listener


@pytest.fixture(scope="module")
def alone():
    """What happens where all speak one dialect, by the number of issuers."""
    counts = dict.fromkeys(len(group) for group in GROUPS)
    return {count: live(("iso87-ascii",) * len(NAMES), ("iso87-ascii",) * count)[1].outcomes for count in counts}


@pytest.mark.parametrize("issuers", GROUPS, ids="-".join)
def test_nobody_notices_what_the_other_side_speaks(alone, issuers):
    """Receipts are the same ones, nothing is warned of, and each acquirer was at each of the issuers."""
    options, listener = live(NAMES, issuers)
    assert listener.warnings == []
    assert listener.outcomes == alone[len(issuers)]
    met = {tuple(sorted(links)) for links in listener.hops.values() if len(links) == 2}
    assert met == {(bank, pos) for bank in issuer_links(options) for pos in acquirer_links(options)}
