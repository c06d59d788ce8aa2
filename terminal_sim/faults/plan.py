"""The table of faults, and the plan that decides when each happens: drawn from a seed, fault by fault, numbered from 1.

Each fault has dice of its own, so that leaving one out changes nothing about the others: a failing run can be tried again with
fewer. How a fault is carried out is the world's business.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Protocol

import msgspec


class Family(Enum):
    """Whom a fault befalls."""

    STREAM = "stream"
    PEER = "peer"
    DISK = "disk"
    HOST = "host"
    CLOCK = "clock"
    OPERATOR = "operator"


class Fault(msgspec.Struct, frozen=True):
    """One row of the table.

    Args:
        family: whom it befalls.
        mean: opportunities between two of them, on average, when a swarm draws nothing else. An opportunity is a message, a
            commit, an event, an attempt to connect, a host or a second of the run, whatever the fault is about.
        words: what happens.
        survivable: False for what no program could outlive: it happens only where it is asked for by name.
    """

    family: Family
    mean: int
    words: str
    survivable: bool = True


FAULTS: dict[str, Fault] = {
    "chunks": Fault(Family.STREAM, 12, "a message arrives in several reads"),
    "lag": Fault(Family.STREAM, 150, "a message and all behind it are late by up to three seconds"),
    "trickle": Fault(Family.STREAM, 40, "a line carries ten or a hundred bytes a second for a while, a few at a time"),
    "clog": Fault(Family.STREAM, 40, "a line carries nothing for a while, in one direction"),
    "swizzle-clog": Fault(
        Family.STREAM, 90, "all lines of the switch stop one after the other, and come back in another order"
    ),
    "partition": Fault(Family.STREAM, 60, "a line carries nothing in one direction for so long that it may be given up"),
    "half-open": Fault(Family.STREAM, 60, "one end of a line is gone, and the other does not hear of it for a long time"),
    "black-hole": Fault(
        Family.STREAM, 60, "a line takes everything and brings nothing, in both directions, until it is given up"
    ),
    "impatience": Fault(Family.STREAM, 2, "lines break while what is to be said on them waits for a slow disk"),
    "reset": Fault(Family.STREAM, 12, "a line breaks, and what was under way on it is lost"),
    "refused": Fault(Family.STREAM, 12, "an attempt to connect fails"),
    "duplicate": Fault(Family.PEER, 60, "a message is said twice"),
    "replay": Fault(Family.PEER, 25, "a message is said once more when all that it was about has ended"),
    "late": Fault(Family.PEER, 120, "a message is said after everybody has stopped waiting for it"),
    "reorder": Fault(Family.PEER, 60, "a message is said after the one that should follow it"),
    "corrupt": Fault(Family.PEER, 90, "a byte of a message is another one"),
    "no-mac": Fault(Family.PEER, 400, "a message has no MAC"),
    "truncate": Fault(Family.PEER, 400, "a message lacks its end, and says so in its length"),
    "garbage": Fault(Family.PEER, 700, "bytes are said that are no frame of anybody's"),
    "wrong-key": Fault(Family.PEER, 120, "a message is signed under a key of nobody's"),
    "old-key": Fault(Family.PEER, 120, "a message is signed under a key that belongs to another link"),
    "wrong-stan": Fault(Family.PEER, 120, "an answer has another STAN than its request"),
    "wrong-amount": Fault(Family.PEER, 120, "an answer has another amount than its request"),
    "wrong-currency": Fault(Family.PEER, 120, "an answer has another currency than its request"),
    "wrong-terminal": Fault(Family.PEER, 120, "an answer names another terminal than its request"),
    "not-taken": Fault(Family.PEER, 30, "an answer to an advice says that it could not be kept"),
    "part": Fault(Family.PEER, 60, "an answer grants a part of what was asked, some with the smaller amount"),
    "wrong-arpc": Fault(Family.PEER, 40, "an approval authenticates its issuer wrongly to the card"),
    "crossed": Fault(Family.PEER, 40, "an issuer's answer is said on another issuer's line, and not on its own"),
    "poll": Fault(Family.PEER, 40, "a message is said behind a poll, where the framing has polls"),
    "changed-repeat": Fault(Family.PEER, 120, "a request is said again, with another amount"),
    "forged-copy": Fault(Family.PEER, 90, "a payment is said again, signed under a key of nobody's"),
    "replayed-chip": Fault(Family.PEER, 60, "a payment is said again under another STAN, with a cryptogram that was used"),
    "hasty": Fault(Family.PEER, 4, "a payment is said on a connection whose sign-on is still to come"),
    "silence": Fault(Family.PEER, 80, "a message is never said"),
    "flood": Fault(Family.PEER, 500, "a message is said twenty times"),
    "torn-tail": Fault(Family.DISK, 2, "of what a host was writing when it died, a part is on the disk"),
    "unheard-sync": Fault(Family.DISK, 2, "what a host was writing when it died is on the disk, and nobody was told"),
    "lying-sync": Fault(
        Family.DISK, 2, "the disk says that it has written what a loss of power will take from it", survivable=False
    ),
    "bit-flip": Fault(Family.DISK, 2, "a bit of a journal is another one when its host begins again"),
    "io-error": Fault(Family.DISK, 4_000, "the disk refuses a commit, and its host stops"),
    "no-space": Fault(Family.DISK, 6_000, "the disk is full, and its host stops until there is room again"),
    "slow-sync": Fault(Family.DISK, 400, "a commit takes half a second or more"),
    "kill": Fault(Family.HOST, 600, "a host dies after an event, before anything of what it decided is carried out"),
    "kill-later": Fault(Family.HOST, 500, "a host dies after an event whose outcome was said as far as it could be"),
    "power-cut": Fault(Family.HOST, 400, "the power of a host goes right after an event, and with it what was not synced yet"),
    "kill-again": Fault(Family.HOST, 2, "a host that has just begun again dies once more"),
    "power-off": Fault(Family.HOST, 40, "a host is gone without a word to those who are connected to it"),
    "stall": Fault(Family.HOST, 60, "a host does nothing for two seconds, and then everything at once"),
    "step": Fault(Family.CLOCK, 30, "the wall clock jumps by up to an hour, ahead or back"),
    "drift": Fault(Family.CLOCK, 1, "the wall clock runs fast or slow, by up to a second in a minute"),
    "skew": Fault(Family.CLOCK, 1, "each host has a wall clock of its own, up to five minutes off"),
    "summer-time": Fault(
        Family.CLOCK, 2, "a wall clock that runs by local time jumps by an hour when summer time begins or ends in Europe"
    ),
    "low-space": Fault(Family.OPERATOR, 60, "the disk of the switch's journal has little room left for a while"),
    "close-day": Fault(Family.OPERATOR, 25, "the operator closes the business day, some also twice or with a day that is over"),
    "change-routes": Fault(
        Family.OPERATOR, 15, "the operator moves cards from one issuer to another, some also to where none can be"
    ),
    "change-keys": Fault(Family.OPERATOR, 12, "the operators of a link change its keys, each at a moment of his own"),
    "drain": Fault(Family.OPERATOR, 90, "the operator stops the switch and starts it again"),
}
"""Every fault by the name that commands and reports use."""


_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class Dice(Protocol):
    """Where a plan's numbers come from; the lab's seeded entropy is one."""

    def draw(self, n: int) -> bytes:
        """Return `n` bytes."""

    def below(self, bound: int) -> int:
        """An integer from 0 to `bound` - 1."""


class FaultPlan:
    """Decides when faults happen.

    Args:
        means: the faults that are on, with the opportunities between two of them on average.
        dice: makes the dice of a fault from its name.
        kept: the numbers of a fault that alone shall happen; a fault that is absent here happens every time.
    """

    def __init__(
        self, means: Mapping[str, int], dice: Callable[[str], Dice], kept: Mapping[str, frozenset[int]] | None = None
    ) -> None:
        self.means = {name: means[name] for name in FAULTS if name in means}  # Whoever asks them in turn asks in this order.
        self.dice = {name: dice(name) for name in FAULTS}
        self.done: dict[str, list[int]] = {}
        self._kept = dict(kept or {})
        self._drawn = dict.fromkeys(self.means, 0)
        self._left = {name: self._gap(name) for name in self.means}
        self._calm = False

    def fires(self, name: str) -> bool:
        """Whether a fault happens at this opportunity for it."""
        left = self._left.get(name)
        if left is None:
            return False
        if left > 1:
            self._left[name] = left - 1
            return False
        self._left[name] = self._gap(name)
        if self._calm:
            return False
        self._drawn[name] += 1
        number = self._drawn[name]
        if name in self._kept and number not in self._kept[name]:
            return False
        self.done.setdefault(name, []).append(number)
        return True

    def calm(self) -> None:
        """From here on nothing happens any more."""
        self._calm = True

    def _gap(self, name: str) -> int:
        """Opportunities up to the next one, that one included."""
        return 1 + self.dice[name].below(2 * self.means[name] - 1)


def parse_faults(text: str) -> dict[str, frozenset[int]]:
    """Faults as commands name them: "duplicate,late:3+7" is all duplicates, and the third and the seventh late message.

    Raises:
        ValueError: for a fault that is not in the table or named twice, or a number that is none.
    """
    found: dict[str, frozenset[int]] = {}
    for entry in text.split(","):
        name, colon, numbers = entry.strip().partition(":")
        if name not in FAULTS:
            raise ValueError(f'"{name}" is no fault{_meant(name)}')
        if name in found:
            raise ValueError(f'"{name}" is there twice; join its numbers by +')
        if colon and not all(_NUMBER.fullmatch(number) for number in numbers.split("+")):
            raise ValueError(f'"{entry}": numbers from 1 behind a colon, joined by +')
        found[name] = frozenset(int(number) for number in numbers.split("+") if colon)
    return found


def print_faults(faults: Mapping[str, frozenset[int]]) -> str:
    """The text that `parse_faults` reads."""
    return ",".join(name + (":" + "+".join(map(str, sorted(numbers))) if numbers else "") for name, numbers in faults.items())


def _meant(name: str) -> str:
    near = get_close_matches(name, FAULTS, 1)
    return f"; {near[0]} is one" if near else ""
