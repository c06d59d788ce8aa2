"""The one marker of this folder."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: waits for real seconds that a limit of the switch asks for")
