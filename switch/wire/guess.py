"""Which dialect and framing bytes are in: every known pair is tried, and each says why it fits or where it fails."""

import msgspec

from switch.wire.dialect import Dialect
from switch.wire.errors import DecodeError, FrameError
from switch.wire.framing import Frame, Framing
from switch.wire.message import Message
from switch.wire.mti import CLASSES, VERSIONS, mti_words


class Guess(msgspec.Struct, frozen=True):
    """One pair of framing and dialect, tried.

    Args:
        framing: None when the bytes are taken as one message without a length prefix.
        dialect: the dialect that was tried.
        outcome: the first message of the bytes, or why it is none.
        score: from 0 to 1; only pairs that read the message reach more than a half.
        reasons: what speaks for and against it, in words.
    """

    framing: Framing | None
    dialect: Dialect
    outcome: Message | DecodeError
    score: float
    reasons: tuple[str, ...]


def guess(raw: bytes, dialects: dict[str, Dialect], framings: dict[str, Framing]) -> list[Guess]:
    """All pairs whose framing is possible, the best first; of equal ones the first in the tables.

    Args:
        raw: one message, or one or more whole frames.
        dialects: the table to choose from, `DIALECTS` or more.
        framings: the table to choose from, `FRAMINGS` or more.
    """
    guesses = [_try_dialect(None, dialect, raw, ()) for dialect in dialects.values()]
    cuts: set[tuple[bytes, ...]] = set()
    for framing in framings.values():
        frames = _cut(framing, raw)
        # A framing that differs only in what these bytes do not have, such as polls, cuts as one before it did.
        if frames and tuple(frames) not in cuts:
            cuts.add(tuple(frames))
            reason = f"length prefix fits: {len(frames)} frame{'s' if len(frames) > 1 else ''} ({framing.words})"
            guesses.extend(_try_dialect(framing, dialect, frames[0], (reason,)) for dialect in dialects.values())
    return sorted(guesses, key=lambda tried: -tried.score)


def _cut(framing: Framing, raw: bytes) -> list[Frame]:
    """The frames that `raw` is cut into without a rest; none when it cannot be."""
    buffer = framing.buffer()
    try:
        frames = buffer.feed(raw)
    except FrameError:
        return []
    return [] if buffer.pending else frames


def _try_dialect(framing: Framing | None, dialect: Dialect, raw: bytes, reasons: tuple[str, ...]) -> Guess:
    try:
        message = dialect.decode(raw)
    except DecodeError as error:
        read = error.offset / max(len(raw), 1)
        return Guess(framing, dialect, error, round(0.5 * min(read, 1.0), 2), (*reasons, f"refused at {error}"))
    score = 1.0
    found = [*reasons, f"all {len(raw)} bytes read, {len(message.fields)} DEs valid"]
    if message.mti[0] in VERSIONS and message.mti[1] in CLASSES:
        found.append(f"MTI {message.mti} is a {mti_words(message.mti)}")
    else:
        score -= 0.3
        found.append(f"MTI {message.mti} is reserved")
    if not message.fields:
        score -= 0.1
        found.append("no DE at all")
    return Guess(framing, dialect, message, round(score, 2), tuple(found))
