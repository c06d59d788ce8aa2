"""What the tests of the host port share: machines over the lab keys, and clients that speak to them without sockets."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from keys.host.audit_file import HostEvent
from keys.host.machine import HostMachine, Options
from keys.host.service import AUDIT_FILE, open_machine
from keys.keystore import MemoryKeystore
from keys.lab import lab_keystore
from keys.material import Key

HEADER = b"0042"


class Client:
    """Somebody who sends commands to a machine, a second apart, and looks at answers."""

    def __init__(self, machine: HostMachine, state: Path, caller: str = "192.0.2.1") -> None:
        self.machine = machine
        self.state = state
        self.caller = caller
        self.now_ms = 0

    def raw(self, command: bytes | str) -> bytes:
        """The whole answer behind the header, which must be the one that was sent."""
        data = command.encode("latin-1") if isinstance(command, str) else command
        self.now_ms += 1_000
        answer = self.machine.answer(HEADER + data, self.caller, self.now_ms)
        assert answer[:4] == HEADER
        return answer[4:]

    def ask(self, command: bytes | str) -> tuple[str, str]:
        """Error code, and what stands behind it."""
        answer = self.raw(command).decode("latin-1")
        return answer[2:4], answer[4:]

    def good(self, command: bytes | str) -> str:
        """What stands behind a good error code."""
        code, body = self.ask(command)
        assert code == "00", code
        return body

    def events(self) -> list[HostEvent]:
        """What the audit file says."""
        lines = (self.state / AUDIT_FILE).read_bytes().splitlines()
        return [msgspec.convert(msgspec.json.decode(line.partition(b" ")[2])["event"], HostEvent) for line in lines]


@pytest.fixture
def open_client(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """A maker of clients, each of a machine of its own over the lab keys and any others."""
    with ExitStack() as machines:
        count = 0

        def make(*keys: Key, caller: str = "192.0.2.1", tries_max: int = 3, **options: object) -> Client:
            nonlocal count
            count += 1
            state = tmp_path / f"machine{count}"
            lab = lab_keystore()
            store = MemoryKeystore([*(lab.get(name) for name in lab.names()), *keys])
            settings = msgspec.convert({"authorised": True} | options, Options)
            machine = machines.enter_context(open_machine(store, state, settings, lab=True, tries_max=tries_max))
            return Client(machine, state, caller)

        yield make


@pytest.fixture
def client(open_client: Callable[..., Client]) -> Client:
    """A client of a machine over the lab keys."""
    return open_client()
