"""Vaults: the fields that a later message will need, enciphered for the journal. Never a PIN, a track or chip data."""

import msgspec

from switch.core.turn import Turn
from switch.domain.request import Request
from switch.ledger.records import Opening
from switch.wire import Message
from switch.wire.translate import original_data

KEPT = (2, 3, 4, 12, 13, 14, 18, 19, 22, 23, 25, 32, 33, 37, 38, 41, 42, 43, 49)
"""DEs of a request that a reversal or a completion repeats (ISO 8583:1987, presence in 0420 and 0220)."""

Fields = dict[int, str]


def reversal_vault(turn: Turn, key: str, outward: Message, request: Request) -> bytes:
    """What a reversal of `outward` toward the issuer would say; DE 90 is built from what was sent to that issuer."""
    fields = naming(_kept(outward, request), mti=outward.mti, stan=outward[11], transmitted=outward[7])
    return close_vault(turn, key, fields)


def completion_fields(turn: Turn, opening: Opening, message: Message, request: Request) -> Fields:
    """What a completion says toward the issuer; DE 90 names the authorisation as that issuer knows it."""
    fields = _kept(message, request)
    authorisation = turn.state.transactions.get(opening.original)
    if authorisation is not None and authorisation.vault:
        fields[90] = open_vault(turn, opening.original, authorisation.vault)[90]
    return fields


def naming(fields: Fields, *, mti: str, stan: str, transmitted: str) -> Fields:
    """The same fields with a DE 90 for the message that went to the issuer with this MTI, DE 11 and DE 7."""
    original = original_data(
        mti=mti,
        stan=stan,
        transmitted=transmitted,
        acquirer_id=fields.get(32, ""),
        forwarder_id=fields.get(33, ""),
    )
    return {**fields, 90: original}


def close_vault(turn: Turn, key: str, fields: Fields) -> bytes:
    """The fields enciphered for the journal, in the vault of the transaction `key`."""
    return turn.hsm.protect(turn.plan.protect_key, msgspec.json.encode(fields), _context(key))


def open_vault(turn: Turn, key: str, vault: bytes) -> Fields:
    """The fields in the vault of the transaction `key`: it opens for that one only."""
    return msgspec.json.decode(turn.hsm.unprotect(turn.plan.protect_key, vault, _context(key)), type=Fields)


def _kept(message: Message, request: Request) -> Fields:
    fields = {de: message[de] for de in KEPT if de in message}
    if request.pan is not None:
        fields[2] = request.pan.expose()
    return fields


def _context(key: str) -> bytes:
    """Associated data: ties a vault to its transaction, so that it can be moved to no other record."""
    return b"vault/" + key.encode()
