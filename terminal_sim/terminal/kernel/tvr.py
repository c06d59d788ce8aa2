"""Terminal verification results (tag 95): what was not done or went wrong, for the issuer to judge (EMV Book 3 annex C5)."""

from enum import Enum


class Finding(Enum):
    """One bit of the TVR: its byte, counted from 0, and its mask. Only those that this kernel can find."""

    NO_OFFLINE_AUTHENTICATION = (0, 0x80)
    DATA_MISSING = (0, 0x20)
    EXPIRED = (1, 0x40)
    VERIFICATION_FAILED = (2, 0x80)
    VERIFICATION_UNKNOWN = (2, 0x40)
    PIN_PAD_MISSING = (2, 0x10)
    PIN_NOT_ENTERED = (2, 0x08)
    ONLINE_PIN_ENTERED = (2, 0x04)
    ABOVE_FLOOR_LIMIT = (3, 0x80)
    ISSUER_AUTHENTICATION_FAILED = (4, 0x40)


class Tvr:
    """The five bytes, growing as the transaction goes on."""

    __slots__ = ("_bytes",)

    def __init__(self) -> None:
        self._bytes = bytearray(5)

    def note(self, finding: Finding) -> None:
        """Set the bit of a finding."""
        place, mask = finding.value
        self._bytes[place] |= mask

    @property
    def value(self) -> bytes:
        """Tag 95 as it stands."""
        return bytes(self._bytes)
