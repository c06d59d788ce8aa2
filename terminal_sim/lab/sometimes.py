"""Rare branches: what a set of runs must have seen to have tested anything. A set that misses one fails, and says which."""

from collections.abc import Iterable

from terminal_sim.lab.run import Run

NOTICES: dict[str, str] = {
    "advice.refused": "an issuer says that it has not taken an advice",
    "advice.repeated": "an advice goes out again, marked as a repeat",
    "answer.contradicts": "an issuer's answer does not fit its request",
    "answer.dropped": "an answer with a wrong MAC, or at a wrong time, is dropped",
    "answer.late": "an answer comes after its exchange has ended",
    "answer.unmatched": "an answer to nothing that was asked",
    "copy.unanswered": "a copy of an open or approved request has a wrong MAC, cannot be read or comes at a wrong time",
    "day.closed": "the business day ends in mid-traffic",
    "duplicate.answered_repeat": "a repeat of what has its answer",
    "duplicate.open_repeat": "a repeat of what is still open",
    "duplicate.undone": "a repeat of what was reversed",
    "exchange.expired": "an issuer does not answer in time",
    "exchange.orphaned": "an exchange was open when the switch died",
    "exchange.undelivered": "an approval is known not to have left",
    "frame.error": "a stream cannot be read any further",
    "journal.low": "the journal's disk has little room, and new work is refused",
    "keys.changed": "a link speaks under new keys in mid-traffic",
    "keys.former": "a message is under the former keys, within their grace",
    "keys.outdated": "a message is under keys that are not accepted any more",
    "keys.refused": "an issuer does not take its new keys yet",
    "link.down": "an issuer cannot be reached",
    "link.given_up": "a connection is given up for its silence",
    "mac.bad": "a message with a wrong MAC",
    "message.unreadable": "a message that cannot be read",
    "order.refused": "an operator asks for what cannot be done",
    "reversal.again": "a reversal of what is reversed already",
    "reversal.crossing": "a reversal crosses the answer to its request",
    "reversal.first": "a reversal comes before its request",
    "routes.overtaken": "routes change while exchanges are open",
    "switch.draining": "the switch is told to stop while there is traffic",
    "terminal.advice-refused": "a terminal's reversal is damaged on its way",
    "terminal.late": "an answer comes after the terminal has given up",
    "terminal.stans-begin-again": "after STAN 999999 comes 000001",
}
"""Kinds of notices, and what has happened when one is told."""

FAULTS_DONE: dict[str, str] = {
    "torn-tail": "a journal ends in the middle of a record",
    "unheard-sync": "a record is durable that nobody was told of",
    "part": "an issuer grants a part of what was asked",
    "wrong-arpc": "an issuer authenticates itself wrongly to a card",
    "crossed": "an issuer answers on another one's line",
    "impatience": "lines break while a slow disk holds what is to be said on them",
    "no-space": "a disk is full",
    "bit-flip": "a journal is not what was written",
    "kill-again": "a host dies while it begins again",
    "swizzle-clog": "all lines of the switch stop",
    "power-cut": "a host loses what it was about to write",
    "power-off": "a host is gone without a word",
    "summer-time": "a clock jumps by an hour because summer time begins or ends",
}
"""Faults that leave no notice behind, and what has happened when one was done."""


def seen_in(run: Run) -> dict[str, int]:
    """What a run has seen, with how often: kinds of notices and faults."""
    return {**run.ear.notices, **{name: len(numbers) for name, numbers in run.plan.done.items()}}


def missing(seen: Iterable[dict[str, int]]) -> dict[str, str]:
    """What none of some runs has seen."""
    found = {name for counts in seen for name in counts}
    return {name: words for name, words in (NOTICES | FAULTS_DONE).items() if name not in found}
