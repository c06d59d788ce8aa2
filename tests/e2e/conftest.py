"""What the tests of this folder share: the strangers' configuration, and a place where it may be tried."""

from pathlib import Path

import pytest

from tests.peers.parties import Tree, printed


def pytest_configure(config: pytest.Config) -> None:
    """Name the one marker of this folder."""
    config.addinivalue_line("markers", "slow: waits for real seconds that a limit of the switch asks for")


@pytest.fixture
def configuration() -> Tree:
    """The printed configuration, on a free port; a copy that may be changed."""
    return printed()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory for the configuration and the state of one switch."""
    return tmp_path
