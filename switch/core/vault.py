"""Vaults: the fields that a later message will need, enciphered for the journal. Never a PIN, a track or chip data."""

import msgspec

from switch.core.turn import Turn
from switch.domain.request import Original, Request
from switch.ledger.records import Opening
from switch.wire import Dialect, Message
from switch.wire.edition import plain_mti, plain_stan
from switch.wire.editions import EDITIONS
from switch.wire.translate import local_moment, original_fields

KEPT = (2, 3, 4, 12, 13, 14, 18, 19, 22, 23, 25, 32, 33, 37, 38, 41, 42, 43, 49)
"""DEs of a request that a reversal or a completion repeats (ISO 8583:1987, presence in 0420 and 0220)."""

ORIGINALS = tuple(edition.original.de for edition in EDITIONS.values())
"""DEs that name an original."""

Fields = dict[int, str]
"""Plain values, and the element by which the issuer's edition names an original."""


def reversal_vault(turn: Turn, key: str, outward: Message, request: Request) -> bytes:
    """What a reversal of `outward` toward the issuer would say; its original is named as it was sent to that issuer."""
    fields = _kept(outward, request)
    original = Original(
        mti=plain_mti(outward.mti),
        stan=plain_stan(outward[11]),
        transmitted=outward[7],
        acquirer_id=fields.get(32, ""),
        forwarder_id=fields.get(33, ""),
        local_at=local_moment(outward.dialect, outward),
    )
    return close_vault(turn, key, fields | original_fields(outward.dialect, original))


def completion_fields(turn: Turn, opening: Opening, message: Message, request: Request) -> Fields:
    """What a completion says toward the issuer; the authorisation is named as that issuer knows it."""
    fields = _kept(message, request)
    authorisation = turn.state.transactions.get(opening.original)
    if authorisation is not None and authorisation.vault:
        kept = open_vault(turn, opening.original, authorisation.vault)
        fields |= {de: kept[de] for de in ORIGINALS if de in kept}
    return fields


def naming(dialect: Dialect, fields: Fields, *, mti: str, stan: str, transmitted: str, wall_ms: int) -> Fields:
    """The same fields, naming the message that goes to an issuer of this dialect now, with this MTI, DE 11 and DE 7."""
    worded = dialect.word(fields | {7: transmitted, 11: stan}, mti, wall_ms)
    original = Original(
        mti=mti,
        stan=stan,
        transmitted=transmitted,
        acquirer_id=fields.get(32, ""),
        forwarder_id=fields.get(33, ""),
        local_at=local_moment(dialect, worded),
    )
    return {de: value for de, value in fields.items() if de not in ORIGINALS} | original_fields(dialect, original)


def close_vault(turn: Turn, key: str, fields: Fields) -> bytes:
    """The fields enciphered for the journal, in the vault of the transaction `key`."""
    return turn.hsm.protect(turn.plan.protect_key, msgspec.json.encode(fields), _context(key))


def open_vault(turn: Turn, key: str, vault: bytes) -> Fields:
    """The fields in the vault of the transaction `key`: it opens for that one only."""
    return msgspec.json.decode(turn.hsm.unprotect(turn.plan.protect_key, vault, _context(key)), type=Fields)


def _kept(message: Message, request: Request) -> Fields:
    plain = message.dialect.plain(message.values(), message.mti)
    fields = {de: plain[de] for de in KEPT if de in plain}
    if request.pan is not None:
        fields[2] = request.pan.expose()
    return fields


def _context(key: str) -> bytes:
    """Associated data: ties a vault to its transaction, so that it can be moved to no other record."""
    return b"vault/" + key.encode()
