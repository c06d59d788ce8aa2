"""Which dialect and framing bytes are in: every known pair is tried, and each says why it fits or where it fails.

What is judged is a whole conversation: all messages of both directions, each cut and read. The best pair is the one that reads
the most of them and finds the most sensible values in them. Where a pair reads nothing, what peers leave out or put before is
tried too (`variants`). The work is bounded: framings x starts x dialects x variants, and `JUDGED_MAX` messages for each.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

import msgspec

from switch.wire.conversation import Chunk, Connection, pasted
from switch.wire.dialect import Dialect, Mode
from switch.wire.errors import DecodeError, FrameError
from switch.wire.findings import doubts_about
from switch.wire.framing import Framing
from switch.wire.message import Message
from switch.wire.mti import mti_words
from switch.wire.variants import STARTS, Start, variants_of

JUDGED_MAX = 24
"""Messages of a conversation by which a pair is judged: each one tells nearly all that there is to tell."""

_RESERVED_COST, _DOUBT_COST, _DOUBTS_COST_MAX = 0.3, 0.1, 0.4
_VARIANT_COST = 0.05
_READ_LEAST = 0.5

_CONTENT_MIN, _CONTENT_MAX = 0.3, 0.5
"""For a message whose lengths and bitmap add up and whose values are not all lawful."""

_HEAD, _BODY_MAX = 0.1, 0.2
"""For another one: for an MTI and a bitmap that can be, and for the share of its bytes before the fault."""

_FOREIGN_SHARE = 0.5
"""What is left of that when all bytes are printable and the dialect has raw ones: eight raw bytes of bitmap hardly ever are."""

_PRINTABLE = bytes(range(0x20, 0x7F))


class Heard(msgspec.Struct, frozen=True):
    """One message as it was cut out of a conversation.

    Args:
        direction: which of the directions it came in.
        packet: number of the packet that completed it, 0 where there was none.
        data: its bytes without the framing.
    """

    direction: int
    packet: int
    data: bytes

    def __repr__(self) -> str:
        return f"<Heard in packet {self.packet}, {len(self.data)} bytes>"


class Cut(msgspec.Struct, frozen=True):
    """A conversation cut by one framing.

    Args:
        frames: the messages, in the order in which they were complete.
        lost: bytes that are in no message.
        faults: where the framing did not fit, in words.
    """

    frames: tuple[Heard, ...]
    lost: int
    faults: tuple[str, ...]


class Guess(msgspec.Struct, frozen=True):
    """One pair of framing and dialect, tried.

    Args:
        framing: None when each chunk is taken as one message without a length prefix.
        dialect: the dialect that was tried.
        cut: what the framing makes of the bytes.
        outcome: the first message, or why it is none.
        score: from 0 to 1; only pairs that read all messages they were judged by reach more than a half surely.
        reasons: what speaks for and against it, in words.
        mode: how messages were read.
        variant: how what was read departs from the pair, in words; "" where it does not.
    """

    framing: Framing | None
    dialect: Dialect
    cut: Cut
    outcome: Message | DecodeError
    score: float
    reasons: tuple[str, ...]
    mode: Mode = "strict"
    variant: str = ""

    def decode(self, raw: bytes) -> Message | DecodeError:
        """One of the messages, read as it was for the guess; or why it is none."""
        return _decode(self.dialect, raw, self.mode)


def guess(raw: bytes, dialects: Mapping[str, Dialect], framings: Mapping[str, Framing]) -> list[Guess]:
    """All pairs whose framing is possible, the best first; of equal ones the first in the tables.

    Args:
        raw: one message, or one or more whole frames.
        dialects: the table to choose from, `DIALECTS` or more.
        framings: the table to choose from, `FRAMINGS` or more.
    """
    return guess_connection(pasted(raw), dialects, (None, *framings.values()))


def guess_connection(
    connection: Connection,
    dialects: Mapping[str, Dialect],
    framings: Sequence[Framing | None],
    *,
    torn: bool = False,
    mode: Mode = "strict",
) -> list[Guess]:
    """The same for a conversation.

    Args:
        framings: those to choose from, None for messages without a length prefix.
        mode: how messages are read; whatever is then forgiven costs points.
        torn: True when bytes may be missing at either end, as in a capture; otherwise a framing must leave no rest.
    """
    cuts: dict[tuple[Heard, ...], tuple[Framing | None, Cut]] = {}
    for framing in framings:
        cut = cut_connection(connection, framing)
        # A framing that differs only in what these bytes do not have, such as polls, cuts as one before it did.
        if cut.frames and (torn or not (cut.lost or cut.faults)):
            cuts.setdefault(cut.frames, (framing, cut))
    guesses: list[Guess] = []
    for framing, cut in tuple(cuts.values()):
        judged = _judge(framing, dialects, cut, mode)
        guesses.extend(judged)
        if not _is_read(judged):
            for start in STARTS:
                behind = _begin_behind(start, cut)
                if behind is not None and cuts.setdefault(behind.frames, (framing, behind))[1] is behind:
                    guesses.extend(_judge(framing, dialects, behind, mode, start.words))
    return sorted(guesses, key=lambda tried: -tried.score)


def cut_connection(connection: Connection, framing: Framing | None) -> Cut:
    """The messages of a conversation; after a fault cutting goes on with the next chunk, where a message often begins."""
    frames: list[Heard] = []
    faults: list[str] = []
    lost = 0
    for direction, said in enumerate(connection.directions):
        for piece in said.pieces:
            if framing is None:
                frames.extend(Heard(direction, chunk.packet, chunk.data) for chunk in piece)
            else:
                lost += _cut_piece(piece, framing, direction, frames, faults)
    # The order in which they were said; within a packet, and without packets, that of the stream.
    frames.sort(key=lambda frame: frame.packet)
    return Cut(tuple(frames), lost, tuple(faults))


def _cut_piece(piece: Sequence[Chunk], framing: Framing, direction: int, frames: list[Heard], faults: list[str]) -> int:
    """Add the messages and faults of one piece; the bytes that are in no message."""
    buffer = framing.buffer()
    lost = fed = 0
    for chunk in piece:
        fed += len(chunk.data)
        try:
            found = buffer.feed(chunk.data)
        except FrameError as error:
            found = list(error.frames)
            where = f"packet {chunk.packet}: " if chunk.packet else ""
            faults.append(f"{where}{error}")
            lost += fed - min(error.offset, fed)
            buffer, fed = framing.buffer(), 0
        frames.extend(Heard(direction, chunk.packet, data) for data in found)
    if buffer.pending:
        faults.append(f"the last message is not complete: {buffer.pending} bytes of it are there")
    return lost + buffer.pending


def _begin_behind(start: Start, cut: Cut) -> Cut | None:
    """The same messages without what stands before each of them; None where one has nothing of the kind before it."""
    frames = []
    for frame in cut.frames:
        end = start.find_end(frame.data)
        if end is None or end >= len(frame.data):
            return None
        frames.append(Heard(frame.direction, frame.packet, frame.data[end:]))
    return Cut(tuple(frames), cut.lost, cut.faults)


def _judge(framing: Framing | None, dialects: Mapping[str, Dialect], cut: Cut, mode: Mode, start: str = "") -> list[Guess]:
    """What each dialect makes of the messages, or a variant of it where all that any dialect makes of them is little."""
    judged = [_try(framing, dialect, cut, mode, start) for dialect in dialects.values()]
    return judged if _is_read(judged) else [_vary(tried, start) for tried in judged]


def _is_read(judged: list[Guess]) -> bool:
    return any(tried.score > _READ_LEAST for tried in judged)


def _vary(best: Guess, start: str) -> Guess:
    """The same guess, or that of a variant which makes more of the first message and of all of them."""
    first = best.cut.frames[0].data
    least = _score(best.dialect, best.outcome, first)
    for variant in variants_of(best.dialect):
        if _score(variant.dialect, _decode(variant.dialect, first, best.mode), first) > least:
            words = f"{start}, {variant.words}" if start else variant.words
            tried = _try(best.framing, variant.dialect, best.cut, best.mode, words)
            best = max(best, tried, key=lambda each: each.score)
    return best


def _try(framing: Framing | None, dialect: Dialect, cut: Cut, mode: Mode, variant: str) -> Guess:
    outcomes = [_decode(dialect, frame.data, mode) for frame in islice(cut.frames, JUDGED_MAX)]
    total = sum(len(frame.data) for frame in cut.frames)
    scores = (_score(dialect, outcome, frame.data) for outcome, frame in zip(outcomes, cut.frames, strict=False))
    score = max(sum(scores) / len(outcomes) - (_VARIANT_COST if variant else 0.0), 0.0)
    share = total / (total + cut.lost) if cut.lost else 1.0
    reasons = _reasons(framing, cut, outcomes)
    if variant:
        reasons.append(variant)
    return Guess(framing, dialect, cut, outcomes[0], round(score * share, 2), tuple(reasons), mode, variant)


def _decode(dialect: Dialect, raw: bytes, mode: Mode) -> Message | DecodeError:
    try:
        return dialect.decode(raw, mode)
    except DecodeError as error:
        return error


def _score(dialect: Dialect, outcome: Message | DecodeError, raw: bytes) -> float:
    """From 0.6 to 1 for a message that was read, up to a half for one that was not."""
    if isinstance(outcome, Message):
        cost = sum(_RESERVED_COST if "MTI" in doubt else _DOUBT_COST for doubt in doubts_about(outcome))
        cost += _DOUBT_COST * len(outcome.findings)
        return 1.0 - min(cost, _DOUBTS_COST_MAX)
    share = 1.0 if dialect.spec["p"]["data_enc"] != "b" or raw.translate(None, _PRINTABLE) else _FOREIGN_SHARE
    forgiven = _decode(dialect, raw, "lenient")
    if isinstance(forgiven, Message):
        good = 1.0 - min(len(forgiven.findings) / max(len(forgiven.fields), 1), 1.0)
        return share * (_CONTENT_MIN + (_CONTENT_MAX - _CONTENT_MIN) * good)
    head = _HEAD if outcome.partial is not None and outcome.de not in ("MTI", "bitmap") and _may_be(outcome.partial) else 0.0
    return share * (head + _BODY_MAX * min(outcome.offset / max(len(raw), 1), 1.0))


def _may_be(message: Message) -> bool:
    """True when nothing is to be said against its MTI."""
    return not any("MTI" in doubt for doubt in doubts_about(message))


def _reasons(framing: Framing | None, cut: Cut, outcomes: list[Message | DecodeError]) -> list[str]:
    reasons = []
    count = len(cut.frames)
    if framing is not None:
        fits = "length prefix fits" if not cut.faults else "length prefix fits in part"
        reasons.append(f"{fits}: {count} frame{'s' if count > 1 else ''} ({framing.words})")
    read = [outcome for outcome in outcomes if isinstance(outcome, Message)]
    first = outcomes[0]
    if len(outcomes) > 1:
        reasons.append(f"{len(read)} of {len(outcomes)} messages read, {sum(len(one.fields) for one in read)} DEs valid")
    elif read:
        reasons.append(f"all {len(read[0].raw)} bytes read, {len(read[0].fields)} DEs valid")
    refused = next((outcome for outcome in outcomes if isinstance(outcome, DecodeError)), None)
    if refused is not None:
        reasons.append(f"refused at {refused}")
    if isinstance(first, Message):
        doubts = doubts_about(first)
        if not any("MTI" in doubt for doubt in doubts):
            reasons.append(f"MTI {first.mti} means {mti_words(first.mti)}")
        reasons.extend(doubts)
    return reasons
