"""What must hold of each message that a terminal says, and of all that ask for something, the switch among them."""

from switch.wire.mti import is_response, without_repeat
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.network import Brief, Passage


def terminals_journal_first(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I11."""
    if brief.mti[2] != "0" or brief.mti[1] not in "124":
        return ""
    terminal = passage.speaker.host.name
    good = evidence.is_recorded(terminal, brief)
    return "" if good else f"a {brief.mti} of {terminal} left before a record of its DE 11 and DE 37 was durable"


def spends_no_stan_twice(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I13."""
    to_switch = passage.hearer.host is evidence.run.switch
    who = passage.speaker.host.name if to_switch else passage.hearer.host.name
    if is_response(brief.mti) or brief.mti[1] == "8":
        return ""
    used = evidence.stans.get((who, brief.stan))
    name = (without_repeat(brief.mti), brief.transmitted)
    return "" if used is None or used == name else f"STAN {brief.stan} is spent on a {used[0]} and on a {name[0]}"
