"""Proves that random bytes are as many as were asked for and new each time, and that the time of day is the world's."""

from datetime import UTC, datetime

from keys.system import SystemEntropy, wall_ms


def test_random_bytes():
    """As many as were asked for; no two draws are alike."""
    entropy = SystemEntropy()
    assert [len(entropy.draw(count)) for count in (0, 1, 32)] == [0, 1, 32]
    assert entropy.draw(32) != entropy.draw(32)


def test_the_time_of_day():
    """Milliseconds, as another clock of the library has them."""
    before = datetime.now(UTC)
    between = datetime.fromtimestamp((wall_ms() + 1) / 1000, UTC)
    assert (between - before).total_seconds() < 60
    assert wall_ms() <= int(datetime.now(UTC).timestamp() * 1000) + 1
