"""What a card never forgets: its keys, its data objects and its transaction counter. Shared by its applications."""

from collections.abc import Mapping

from keys.ciphers import Tdes, tdes
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, CvnProfile, session_key
from keys.sensitive import Secret
from switch.wire.tlv import encode
from terminal_sim.card.profile import RECORDS, CardProfile

ATC_MAX = 0xFFFF
"""The counter has two bytes; a card that has used them up makes no more cryptograms (EMV Book 3 annex A, tag 9F36)."""


class Memory:
    """The non-volatile memory of one chip.

    `files` has its records as READ RECORD gives them, by file and number; `version` is how its cryptograms are made.

    Args:
        profile: the kind of card.
        elements: data objects by tag, as the chip application gives them out.
        master_key: the card's own key for cryptograms (EMV Book 2 A1.4), 16 bytes.
        atc: counter of the last transaction, 0 for a new card.
    """

    __slots__ = ("_atc", "_master", "_session", "elements", "files", "profile", "version")

    def __init__(self, profile: CardProfile, elements: Mapping[str, bytes], master_key: Secret, atc: int = 0) -> None:
        assert 0 <= atc <= ATC_MAX, f"ATC {atc}"
        self.profile = profile
        self.version: CvnProfile = CVN_PROFILES[Scheme.VISA, profile.cvn]
        self.elements = dict(elements)
        self.files = {
            (record.sfi, record.number): encode([("70", encode([(tag, self.elements[tag]) for tag in record.tags]))])
            for record in RECORDS
        }
        self._master = Tdes(master_key)
        self._session: tuple[bytes, Tdes] = (b"", self._master)
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

    def session(self, atc: bytes) -> Tdes:
        """The key of the transaction with this counter, kept for its next cryptogram: a chip makes up to three of them."""
        if self._session[0] != atc:
            self._session = (atc, tdes(session_key(self.version, self._master, atc)))
        return self._session[1]

    def remember_atc(self, atc: int) -> None:
        """Take over a counter that was reached before; it only moves forward."""
        assert 0 <= atc <= ATC_MAX, f"ATC {atc}"
        self._atc = max(self._atc, atc)
