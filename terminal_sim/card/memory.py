"""What a card never forgets: its keys, its data objects and its transaction counter. Shared by its applications."""

from collections.abc import Mapping

from keys.sensitive import Secret
from terminal_sim.card.profile import CardProfile

ATC_MAX = 0xFFFF
"""The counter has two bytes; a card that has used them up makes no more cryptograms (EMV Book 3 annex A, tag 9F36)."""


class Memory:
    """The non-volatile memory of one chip.

    Args:
        profile: the kind of card.
        elements: data objects by tag, as the chip application gives them out.
        master_key: the card's own key for cryptograms (EMV Book 2 A1.4), 16 bytes.
        atc: counter of the last transaction, 0 for a new card.
    """

    __slots__ = ("_atc", "elements", "master_key", "profile")

    def __init__(self, profile: CardProfile, elements: Mapping[str, bytes], master_key: Secret, atc: int = 0) -> None:
        assert 0 <= atc <= ATC_MAX, f"ATC {atc}"
        self.profile = profile
        self.elements = dict(elements)
        self.master_key = master_key
        self._atc = atc

    @property
    def atc(self) -> int:
        """Counter of the last transaction."""
        return self._atc

    @property
    def used_up(self) -> bool:
        """True when the counter stands at its end."""
        return self._atc >= ATC_MAX

    def advance_atc(self) -> bytes:
        """Count a new transaction; its counter, two bytes."""
        assert not self.used_up, "the card's counter is used up"
        self._atc += 1
        return self._atc.to_bytes(2, "big")

    def remember_atc(self, atc: int) -> None:
        """Take over a counter that was reached before; it only moves forward."""
        assert 0 <= atc <= ATC_MAX, f"ATC {atc}"
        self._atc = max(self._atc, atc)
