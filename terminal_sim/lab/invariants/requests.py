"""What must hold of each message that a terminal says, and of all that ask for something, the switch among them."""

from switch.core.numbers import STAN_LAST
from switch.wire.mti import is_response, without_repeat
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.terminal import DEFAULT

PAUSE_MIN_MS = DEFAULT.retry_ms * 3 // 4
"""Between two times that a terminal says an advice: a first pause, shortened by a quarter at most."""


LAST = f"{STAN_LAST:06d}"
"""The last STAN that the switch spends on transactions."""


def terminals_journal_first(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I11."""
    if brief.mti[2] != "0" or brief.mti[1] not in "124":
        return ""
    terminal = passage.speaker.host.name
    good = evidence.durables.has_request(terminal, brief)
    return "" if good else f"a {brief.mti} of {terminal} left before a record of its DE 11 and DE 37 was durable"


def marks_repeats(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I4: an advice that is said again says so, and one that is not does not."""
    if brief.mti[2] != "2":
        return ""
    who, plain = _spoken_to(evidence, passage), without_repeat(brief.mti)
    said_before = evidence.stans.get((who, brief.stan)) == (plain, brief.transmitted)
    if said_before and brief.mti == plain:
        return f"a {brief.mti} STAN {brief.stan} was said again, and was not marked as a repeat"
    if not said_before and brief.mti != plain and evidence.attempts.get((who, brief.stan)) == 1:
        return f"a {brief.mti} STAN {brief.stan} was said for the first time, and was marked as a repeat"
    return ""


def pauses_before_it_repeats(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I19: what was in vain is not said again at once, or a fleet would hammer at whoever has trouble."""
    terminal = passage.speaker.host.name
    if brief.mti[2] != "2" or not evidence.durables.reads(terminal):
        return ""
    paused_ms = evidence.patience.paused_ms(terminal, brief, passage.at_ms)
    if paused_ms is None or paused_ms >= PAUSE_MIN_MS:
        return ""
    return f"{terminal} says a {brief.mti} STAN {brief.stan} again after {paused_ms} ms"


def spends_no_stan_twice(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I13."""
    who = _spoken_to(evidence, passage)
    if is_response(brief.mti) or brief.mti[1] == "8":
        return ""
    if brief.stan and not brief.stan.strip("0"):
        return f"a {brief.mti} has STAN {brief.stan}, and 000001 follows 999999"
    if who in evidence.references and brief.stan > LAST:
        return f"a {brief.mti} has STAN {brief.stan}, which is one of network management's: 000001 follows {LAST}"
    used = evidence.stans.get((who, brief.stan))
    name = (without_repeat(brief.mti), brief.transmitted)
    return "" if used is None or used == name else f"STAN {brief.stan} is spent on a {used[0]} and on a {name[0]}"


def _spoken_to(evidence: Evidence, passage: Passage) -> str:
    """Whose STANs a message spends: the terminal's own, or those that the switch spends toward an issuer."""
    return (passage.speaker if passage.hearer.host is evidence.run.switch else passage.hearer).host.name
