"""What the tests of this folder share: the configuration, a switch that runs by it, and a till on each of its listeners."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.parties import Till, Tree, card_of, open_till, printed, with_two_wires, write
from tests.peers.processes import RunningSwitch


@pytest.fixture(scope="session")
def configuration() -> Tree:
    """The printed configuration with a second listener, which speaks packed digits."""
    return with_two_wires(printed())


@pytest.fixture(scope="session")
def card(configuration: Tree) -> Tree:
    """The card that pays."""
    return card_of(configuration)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the configuration and the state of one switch."""
    return tmp_path_factory.mktemp("switch")


@pytest.fixture(scope="module")
def switch(configuration: Tree, place: Path) -> Iterator[RunningSwitch]:
    """A switch with both listeners."""
    with RunningSwitch("--config", write(configuration, place), state=place / "state") as running:
        yield running


@pytest.fixture(scope="module", params=["pos", "pos-binary"])
def till(request: pytest.FixtureRequest, configuration: Tree, switch: RunningSwitch) -> Iterator[Till]:
    """A till on each of the two listeners."""
    with open_till(configuration, switch.port(request.param), request.param) as opened:
        yield opened
