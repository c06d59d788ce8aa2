"""Guessing dialect and framing: the right pair first, with reasons; whatever the bytes, an answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.wire import DIALECTS, FRAMINGS, DecodeError, Dialect, Framing, Message
from switch.wire.guess import guess

VALUES: dict[int | str, str] = {"mti": "0800", 7: "1122110000", 11: "000123", 70: "301"}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("framing", [None, *FRAMINGS.values()], ids=["none", *FRAMINGS])
@pytest.mark.parametrize("count", [1, 3])
def test_the_right_pair_comes_first(dialect: Dialect, framing: Framing | None, count: int) -> None:
    """A message of each dialect, bare or in one or several frames, is recognised, and the reasons say by what."""
    raw = dialect.encode(VALUES)
    stream = framing.frame(raw) * count if framing is not None else raw
    best, *others = guess(stream, DIALECTS, FRAMINGS)
    assert (best.framing, best.dialect, best.score) == (framing, dialect, 1.0)
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
    assert all(tried.framing is not framing for tried in guess(raw + raw[:-1], DIALECTS, FRAMINGS))
    assert any(tried.framing is framing for tried in guess(raw + raw, DIALECTS, FRAMINGS))


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
