"""Proves that the report's figures are right."""

import io

import pytest
from rich.console import Console

from terminal_sim.demo.report import percentile, show_table
from terminal_sim.demo.run import Timed
from terminal_sim.terminal import Outcome, Receipt, TransactionKind


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


def receipt(entry: str) -> Receipt:
    """An approved purchase."""
    texts = dict.fromkeys(("terminal_id", "stan", "transmitted", "merchant_id", "words", "masked_pan", "rrn"), "")
    return Receipt(
        number=1,
        kind=TransactionKind.PURCHASE,
        outcome=Outcome.APPROVED,
        minor=1,
        currency="978",
        local_time="",
        local_date="",
        entry=entry,
        **texts,
    )


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_figure_is_cut_off(width):
    """However narrow the terminal is: a figure may be folded, never shortened."""
    written = io.StringIO()
    show_table(Console(file=written, width=width), [Timed(receipt("chip"), 1234.5), Timed(receipt("nfc"), 9876.5)], 1.0)
    assert "…" not in written.getvalue()
    assert max(map(len, written.getvalue().splitlines())) <= width
