"""Proves that the report's figures are right."""

import pytest

from terminal_sim.demo.report import percentile


@pytest.mark.parametrize(
    ("times", "share", "expected"),
    [
        ([7.0], 99, 7.0),
        ([1.0, 2.0, 3.0, 4.0], 50, 2.0),
        ([4.0, 3.0, 2.0, 1.0], 95, 4.0),
        (list(map(float, range(1, 101))), 95, 95.0),
        (list(map(float, range(1, 101))), 99, 99.0),
    ],
)
def test_percentile(times, share, expected):
    """Nearest rank: the smallest time that the share does not exceed, whatever the order."""
    assert percentile(times, share) == expected
