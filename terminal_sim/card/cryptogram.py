"""The card's side of EMV cryptography: make ARQC, TC and AAC, check the issuer's ARPC. Real keys, no simulation of results.

Which tags are covered and how keys are derived stands in `keys.emv.profiles`, where the issuer reads the same rows.
"""

from collections.abc import Mapping
from enum import Enum

import msgspec

from keys.emv.cryptogram import application_cryptogram, arpc_method_2
from keys.emv.profiles import cryptogram_input
from keys.sensitive import constant_time_equal
from terminal_sim.card.memory import Memory

ARPC_BYTES = 4
CSU_BYTES = 4
ISSUER_AUTHENTICATION_BYTES = range(ARPC_BYTES + CSU_BYTES, 17)
"""Length of tag 91: ARPC, card status update, and up to 8 bytes of the issuer's own (EMV Book 2 8.2.2)."""


class CryptogramKind(Enum):
    """What a cryptogram says; the value is its cryptogram information data (tag 9F27, EMV Book 3 table 14)."""

    AAC = 0x00
    """Declined."""
    TC = 0x40
    """Approved."""
    ARQC = 0x80
    """Ask the issuer."""


class Cryptogram(msgspec.Struct, frozen=True):
    """What GENERATE AC gives.

    Args:
        kind: what it says.
        atc: tag 9F36, 2 bytes.
        value: tag 9F26, 8 bytes.
        iad: tag 9F10, what the issuer needs to verify it.
    """

    kind: CryptogramKind
    atc: bytes
    value: bytes
    iad: bytes

    @property
    def elements(self) -> dict[str, bytes]:
        """Its data objects in the order of EMV Book 3 6.5.5.4."""
        return {"9F27": bytes((self.kind.value,)), "9F36": self.atc, "9F26": self.value, "9F10": self.iad}


def generate_cryptogram(
    memory: Memory, kind: CryptogramKind, *, atc: bytes, aip: bytes, cvr: bytes, terminal: Mapping[str, bytes]
) -> Cryptogram:
    """The cryptogram of the transaction with counter `atc`.

    Args:
        memory: the card.
        kind: what it shall say.
        atc: 2 bytes.
        aip: tag 82 as the card gave it out.
        cvr: card verification results, 4 bytes.
        terminal: the terminal's values by tag, as its DOL answer brought them.
    """
    row = memory.version
    iad = bytes((3 + len(cvr) - 1, memory.profile.key_index, row.cvn)) + cvr
    data = cryptogram_input(row, {**terminal, "82": aip, "9F36": atc, "9F10": iad})
    return Cryptogram(kind, atc, application_cryptogram(memory.session(atc), data, row.padding), iad)


def issuer_authenticates(memory: Memory, *, atc: bytes, arqc: bytes, data: bytes) -> bool:
    """Whether issuer authentication data (tag 91, method 2) answers the ARQC of this very transaction."""
    arpc, csu, proprietary = data[:ARPC_BYTES], data[ARPC_BYTES : ARPC_BYTES + CSU_BYTES], data[ARPC_BYTES + CSU_BYTES :]
    return constant_time_equal(arpc_method_2(memory.session(atc), arqc, csu, proprietary), arpc)


def issuer_approves(data: bytes) -> bool:
    """Whether the card status update in issuer authentication data approves (EMV Book 3 annex C10, byte 2 bit 8)."""
    return bool(data[ARPC_BYTES + 1] & 0x80)
