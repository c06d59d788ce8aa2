"""Guessing dialect and framing: the right pair first, with reasons; whatever the bytes, an answer."""

import contextlib
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.wire import DIALECTS, FRAMINGS, DecodeError, Dialect, Framing, Message
from switch.wire.conversation import Chunk, Connection, Direction, Party
from switch.wire.guess import guess, guess_connection
from switch.wire.pairing import unfit

VALUES: dict[int | str, str] = {"mti": "0800", 7: "1122110000", 11: "000123", 70: "301"}


PAIRS = [(dialect, None) for dialect in DIALECTS.values()]
PAIRS += [(dialect, framing) for dialect in DIALECTS.values() for framing in FRAMINGS.values() if not unfit(dialect, framing)]


def greeting(dialect: Dialect) -> dict[int | str, str]:
    """A network message of the edition of the dialect, its elements as long as they are there."""
    elements = dialect.codec.elements
    return {
        "mti": edition_digit(dialect) + "800",
        7: "1122110000",
        11: "123".rjust(elements[11].units_max, "0"),
        41: "TERM0001".ljust(elements[41].units_max),
    }


def edition_digit(dialect: Dialect) -> str:
    """The first digit of its MTIs."""
    return next(iter(dialect.required))[0]


def twin(raw: bytes, version: str) -> Dialect:
    """The first dialect of the edition that reads the message: some differ only in elements that it does not have."""
    for dialect in [each for each in DIALECTS.values() if edition_digit(each) == version]:
        with contextlib.suppress(DecodeError):
            dialect.decode(raw)
            return dialect
    raise AssertionError("no dialect reads its own message")


@pytest.mark.parametrize(("dialect", "framing"), PAIRS, ids=lambda entry: getattr(entry, "name", None))
@pytest.mark.parametrize("times", [1, 3])
def test_the_right_pair_comes_first(dialect: Dialect, framing: Framing | None, times: int) -> None:
    """A message of each dialect, bare or in one or several frames, is recognised, and the reasons say by what."""
    values = greeting(dialect)
    mti = values["mti"]
    raw = dialect.encode(values)
    stream = framing.frame(raw) * times if framing is not None else raw
    best, *others = guess(stream, DIALECTS, FRAMINGS)
    # Where nobody polls, a framing that would let him is not to be told from the one that would not.
    plain = framing and FRAMINGS[framing.name.split("-poll")[0]]
    assert (best.framing, best.dialect, best.score) == (plain, twin(raw, mti[0]), 1.0)
    assert any((other.framing, other.dialect, other.score) == (plain, dialect, 1.0) for other in (best, *others))
    assert isinstance(best.outcome, Message)
    assert best.outcome[41].strip() == "TERM0001"
    read = f"all {len(raw)} bytes read, 3 DEs valid" if times == 1 or framing is None else "3 of 3 messages read, 9 DEs valid"
    assert read in best.reasons
    assert [heard.data for heard in best.cut.frames] == ([raw] * times if framing is not None else [raw])
    assert any(reason.startswith(f"MTI {mti} means network management request") for reason in best.reasons)
    assert (framing is None) is not any("length prefix fits" in reason for reason in best.reasons)
    wrong = [other for other in others if isinstance(other.outcome, DecodeError)]
    assert all(other.score <= 0.5 for other in wrong)
    assert {other.framing for other in others if other not in wrong} <= {plain}
    assert all(other.score < 1.0 for other in others if edition_digit(other.dialect) != mti[0])


@pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
def test_half_a_frame_is_no_frame(framing: Framing) -> None:
    """Bytes that a framing does not cut without a rest are not said to be in it."""
    raw = framing.frame(DIALECTS["iso87-ascii"].encode(VALUES))
    alone = {framing.name: framing}
    assert all(tried.framing is None for tried in guess(raw + raw[:-1], DIALECTS, alone))
    assert any(tried.framing is framing for tried in guess(raw + raw, DIALECTS, alone))


def test_framings_that_cut_alike_are_tried_once() -> None:
    """Of framings that make the same frames of the bytes the first of the table speaks; a poll between them decides."""
    raw = FRAMINGS["len2-big"].frame(DIALECTS["iso87-ascii"].encode(VALUES))
    names = [tried.framing.name for tried in guess(raw, DIALECTS, FRAMINGS) if tried.framing is not None]
    assert "len2-big" in names
    assert "len2-big-poll" not in names
    best = guess(raw + b"\x00\x00" + raw, DIALECTS, FRAMINGS)[0]
    assert best.framing is FRAMINGS["len2-big-poll"]


def test_doubts_cost_points() -> None:
    """A reserved MTI and a message without any DE are possible, and less likely."""
    (reserved, *_) = guess(b"4900" + b"2" + b"0" * 15 + b"000000", DIALECTS, FRAMINGS)
    assert (reserved.score, "MTI 4900 is reserved" in reserved.reasons) == (0.7, True)
    (empty, *_) = guess(b"0800" + b"0" * 16, DIALECTS, FRAMINGS)
    assert (empty.score, "no DE at all" in empty.reasons) == (0.9, True)


def conversation(*pieces: list[bytes], answers: list[bytes] | None = None) -> Connection:
    """What a client said, piece by piece in chunks, and what it was answered; packets are numbered as they stand here."""
    numbers = count(1)
    asked = tuple(tuple(Chunk(next(numbers), data) for data in piece) for piece in pieces)
    answered = (tuple(Chunk(next(numbers), data) for data in answers or ()),)
    client, host = Party("10.0.0.2", 40000), Party("10.0.0.1", 8583)
    return Connection((Direction(client, host, asked), Direction(host, client, answered)))


def test_a_whole_conversation_is_judged() -> None:
    """Messages that are cut anywhere, in both directions, are read by the pair that fits all of them; each knows its packet."""
    framing, dialect = FRAMINGS["len2-big"], DIALECTS["iso87-binary"]
    asked = framing.frame(dialect.encode(VALUES)) * 2
    answered = framing.frame(dialect.encode({**VALUES, "mti": "0810", 39: "00"}))
    said = conversation([asked[:1], asked[1:40], asked[40:]], answers=[answered])
    best = guess_connection(said, DIALECTS, (None, *FRAMINGS.values()), torn=True)[0]
    assert (best.framing, best.dialect, best.score) == (framing, dialect, 1.0)
    assert [(heard.direction, heard.packet) for heard in best.cut.frames] == [(0, 2), (0, 3), (1, 4)]
    assert (best.cut.lost, best.cut.faults) == (0, ())


def test_cutting_goes_on_after_a_fault() -> None:
    """Rubbish, half a message before a gap and one at the end cost their own bytes, are told, and cost no other message."""
    framing, dialect = FRAMINGS["len2-big"], DIALECTS["iso87-ascii"]
    one = framing.frame(dialect.encode(VALUES))
    said = conversation([one, b"\xff\xffrubbish", one, one[:10]], [one[3:], one])
    cut = guess_connection(said, DIALECTS, (framing,), torn=True)[0].cut
    assert [heard.packet for heard in cut.frames][:2] == [1, 3]
    assert "packet 2: " in cut.faults[0]
    assert any("the last message is not complete: 10 bytes" in fault for fault in cut.faults)
    assert cut.lost >= 9 + 10
    best = guess_connection(said, DIALECTS, (framing,), torn=True)[0]
    assert best.dialect is dialect
    assert best.score < 1.0
    assert guess_connection(said, DIALECTS, (framing,)) == []


def test_messages_without_a_length() -> None:
    """Without a framing each chunk is taken as one message."""
    dialect = DIALECTS["iso87-ascii"]
    said = conversation([dialect.encode(VALUES)] * 3)
    best = guess_connection(said, DIALECTS, (None, *FRAMINGS.values()), torn=True)[0]
    assert (best.framing, len(best.cut.frames), best.score) == (None, 3, 1.0)


def test_what_was_said_is_not_printed() -> None:
    """The values of this file show sizes, not bytes."""
    said = conversation([b"4761739001010119"])
    assert "4761739001010119" not in repr(said)
    assert "4761739001010119" not in repr(guess_connection(said, DIALECTS, (None,))[0].cut)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_have_an_answer(raw: bytes) -> None:
    """There is a guess for each dialect whatever the bytes, sorted by score."""
    guesses = guess(raw, DIALECTS, FRAMINGS)
    assert len(guesses) >= len(DIALECTS)
    assert [tried.score for tried in guesses] == sorted((tried.score for tried in guesses), reverse=True)
