"""By what a request is known: outside by whose it is, its STAN and its moment, in the switch's journal by its key."""

from switch.wire.mti import without_repeat
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.recent import Recent
from terminal_sim.lab.turn import Opening

NAMES_KEPT = 5_000
"""Requests that are remembered by name: those of a minute of the busiest world."""


class Names:
    """What the journal calls the requests that were heard on the wire, and the other way round."""

    def __init__(self) -> None:
        self._keys: Recent[str, str] = Recent(NAMES_KEPT)
        self._transactions: Recent[str, Transaction] = Recent(NAMES_KEPT)
        self._transmitted: Recent[tuple[str, str, str, str], str] = Recent(NAMES_KEPT)  # DE 7 of requests, by their moment.

    def opened(self, opening: Opening) -> None:
        """The journal has named a request."""
        self._keys.keep(opening.name, opening.key)
        self._transactions.keep(opening.key, (opening.terminal_id, opening.rrn.rstrip()))

    def heard(self, brief: Brief) -> None:
        """The switch has heard a request."""
        about = (brief.terminal_id, without_repeat(brief.mti), brief.stan, brief.moment)
        self._transmitted.keep(about, brief.transmitted)

    def knows(self, name: str) -> bool:
        """Whether the journal has named the request that is known by this name outside."""
        return name in self._keys

    def key_of(self, name: str) -> str:
        """What the journal calls the transaction that is known by this name outside."""
        return self._keys.get(name, name)

    def original_key_of(self, passage: Passage, brief: Brief) -> str:
        """The same of the request that a reversal names, by the moment of its edition; one never seen is known by that."""
        mti, stan, moment = brief.named
        mti = without_repeat(mti)
        transmitted = self._transmitted.get((brief.terminal_id, mti, stan, moment), moment)
        unseen = _name(passage, mti, brief.terminal_id, stan, moment)
        return self._keys.get(_name(passage, mti, brief.terminal_id, stan, transmitted), unseen)

    def transaction_of(self, key: str) -> Transaction:
        """The transaction that the journal knows by this key; nothing for one that is no longer kept."""
        return self._transactions.get(key, ("", ""))


def name_of(passage: Passage, brief: Brief) -> str:
    """What a request that was said on an acquirer's line is known by; see `turn.Opening.name`."""
    return _name(passage, without_repeat(brief.mti), brief.terminal_id, brief.stan, brief.transmitted)


def _name(passage: Passage, mti: str, terminal_id: str, stan: str, transmitted: str) -> str:
    assert passage.speech is not None, "what was read has a speech"
    return f"{passage.speech.name}/{mti}/{terminal_id}/{stan}/{transmitted}"
