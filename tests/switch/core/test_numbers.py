"""Numbers that are given out: STANs that come round, references that say when, UTC in DE 7."""

import pytest

from switch.core.numbers import STAN_LAST, network_stan, next_stan, rrn, transmitted
from switch.core.state import State

NEW_YEAR = 1_767_225_600_000
"""2026-01-01 00:00 UTC."""


@pytest.mark.parametrize(
    ("last", "following"), [(None, "000001"), (1, "000002"), (STAN_LAST - 1, "899999"), (STAN_LAST, "000001")]
)
def test_stans_go_up_and_come_round(last, following):
    """Six digits, from 000001 to 899999, then again; 000000 is never given out."""
    state = State()
    if last is not None:
        state.stans["bank"] = last
    assert next_stan(state, "bank") == following
    assert next_stan(state, "other") == "000001"


def test_stans_of_advices_still_owed_are_passed_over():
    """Also where they come round."""
    state = State()
    state.stans["bank"] = STAN_LAST - 1
    state.saf["bank"] = dict.fromkeys(["899999", "000001", "000003"])
    assert next_stan(state, "bank") == "000002"


@pytest.mark.parametrize("conn", [1, 2, 99, 10_000])
@pytest.mark.parametrize("count", [0, 1, 86_400_000, 10**12])
def test_network_stans_are_apart_from_those_of_transactions(conn, count):
    """900000 to 999999, always six digits."""
    assert STAN_LAST < int(network_stan(conn, count)) <= 999_999


@pytest.mark.parametrize(
    ("wall_ms", "text"), [(NEW_YEAR, "0101000000"), (NEW_YEAR - 1, "1231235959"), (1_709_164_800_000, "0229000000")]
)
def test_de_7_is_utc(wall_ms, text):
    """New Year, the second before it, and a leap day."""
    assert transmitted(wall_ms) == text


def test_a_reference_says_when():
    """Last digit of the year, day of the year, hour, STAN: twelve characters."""
    assert rrn(NEW_YEAR + 3_600_000, "000042") == "600101000042"
    assert rrn(NEW_YEAR - 1, "999999") == "536523999999"
