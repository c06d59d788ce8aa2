import pytest

from terminal_sim.terminal.timestamps import local, retrieval_reference, transmitted


@pytest.mark.parametrize(
    ("wall_ms", "de_7", "de_37"),
    [
        (0, "0101000000", "000100000001"),
        (1_772_366_400_000, "0301120000", "606012000001"),
        (1_767_225_599_999, "1231235959", "536523000001"),
        (1_709_164_800_000, "0229000000", "406000000001"),
    ],
)
def test_times_are_utc_and_without_a_year(wall_ms: int, de_7: str, de_37: str) -> None:
    """DE 7 is MMDDhhmmss; DE 37 has the year's last digit, the day of the year, the hour and the STAN."""
    assert (transmitted(wall_ms), retrieval_reference(wall_ms, "000001")) == (de_7, de_37)


def test_local_time_follows_the_terminal() -> None:
    """The offset moves hour and date, over the end of a year too."""
    assert local(1_767_225_599_000, 60) == ("260101", "005959")
    assert local(1_767_225_600_000, -30) == ("251231", "233000")
