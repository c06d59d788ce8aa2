"""A card is valid through the last moment of its month, in UTC."""

from datetime import UTC, datetime

import pytest

from switch.issuer.dates import expired


def at(*when):
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("expiry", "when", "over"),
    [
        ("2601", at(2026, 1, 31, 23, 59, 59), False),
        ("2601", at(2026, 2, 1), True),
        ("2512", at(2025, 12, 31, 23, 59, 59), False),
        ("2512", at(2026, 1, 1), True),
        ("2802", at(2028, 2, 29, 23, 59, 59), False),
        ("0001", at(2026, 1, 1), True),
        ("9912", at(2026, 1, 1), False),
    ],
)
def test_the_last_moment_of_the_month_is_the_last(expiry, when, over):
    """Month ends, New Year, a leap day; two-digit years are of this century."""
    assert expired(expiry, when) is over
