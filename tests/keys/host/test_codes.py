"""Proves that every refusal of the HSM has an error code, and every code a meaning."""

from keys.errors import Reason
from keys.host.codes import ERROR_CODES, REASON_CODES, ErrorCode


def test_every_reason_has_a_code_that_is_no_success():
    """Nothing that the HSM refuses is answered as good, or not at all."""
    assert set(REASON_CODES) == set(Reason)
    assert ErrorCode.GOOD not in REASON_CODES.values()


def test_every_code_has_two_characters_and_a_meaning():
    """What stands on the wire stands on the page."""
    assert set(ERROR_CODES) == set(ErrorCode)
    assert all(len(code.value) == 2 for code in ErrorCode)
