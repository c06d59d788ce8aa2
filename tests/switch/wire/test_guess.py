"""Guessing dialect and framing: the right pair first, with reasons; whatever the bytes, an answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.wire import DIALECTS, FRAMINGS, DecodeError, Dialect, Framing, Message
from switch.wire.guess import guess
from switch.wire.pairing import unfit

VALUES: dict[int | str, str] = {"mti": "0800", 7: "1122110000", 11: "000123", 70: "301"}


PAIRS = [(dialect, None) for dialect in DIALECTS.values()]
PAIRS += [(dialect, framing) for dialect in DIALECTS.values() for framing in FRAMINGS.values() if not unfit(dialect, framing)]


@pytest.mark.parametrize(("dialect", "framing"), PAIRS, ids=lambda entry: getattr(entry, "name", None))
@pytest.mark.parametrize("count", [1, 3])
def test_the_right_pair_comes_first(dialect: Dialect, framing: Framing | None, count: int) -> None:
    """A message of each dialect, bare or in one or several frames, is recognised, and the reasons say by what."""
    raw = dialect.encode(VALUES)
    stream = framing.frame(raw) * count if framing is not None else raw
    best, *others = guess(stream, DIALECTS, FRAMINGS)
    # Where nobody polls, a framing that would let him is not to be told from the one that would not.
    plain = framing and FRAMINGS[framing.name.removesuffix("-poll")]
    assert (best.framing, best.dialect, best.score) == (plain, dialect, 1.0)
    assert isinstance(best.outcome, Message)
    assert best.outcome[70] == "301"
    assert f"all {len(raw)} bytes read, 3 DEs valid" in best.reasons
    assert "MTI 0800 is a network management request" in best.reasons
    assert (framing is None) is not any("length prefix fits" in reason for reason in best.reasons)
    assert all(other.score <= 0.5 and isinstance(other.outcome, DecodeError) for other in others)


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


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_have_an_answer(raw: bytes) -> None:
    """There is a guess for each dialect whatever the bytes, sorted by score."""
    guesses = guess(raw, DIALECTS, FRAMINGS)
    assert len(guesses) >= len(DIALECTS)
    assert [tried.score for tried in guesses] == sorted((tried.score for tried in guesses), reverse=True)
