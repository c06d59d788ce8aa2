"""A host at the far end of memory streams, and terminals opened onto it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import iso8583
import msgspec
import pytest
import trio
from trio.testing import memory_stream_pair

from keys.lab import lab_key, lab_keystore
from keys.mac import retail_mac
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Notice
from switch.wire import DIALECTS
from terminal_sim.card import IssuerKeys, personalise
from terminal_sim.shell import Session, open_terminal
from terminal_sim.terminal import DEFAULT


class CountingEntropy:
    """The same bytes in each run."""

    def draw(self, n: int) -> bytes:
        """Return `n` bytes."""
        return bytes(range(n))


class Host:
    """Answers every request with `code`, unless `deaf`; keeps what it heard; refuses connections while `away`."""

    def __init__(self) -> None:
        self.code = "00"
        self.deaf = False
        self.away = False
        self.heard: list[dict[str, str]] = []
        self.asked = trio.Event()
        self.streams: list[trio.abc.Stream] = []
        self.nursery: trio.Nursery | None = None
        self._spec = DIALECTS["iso87-ascii"].spec

    async def connect(self, host: str, port: int) -> trio.abc.Stream:
        """The terminal dials."""
        if self.away:
            raise ConnectionRefusedError(111, "Connection refused")
        near, far = memory_stream_pair()
        self.streams.append(far)
        assert self.nursery is not None
        self.nursery.start_soon(self._serve, far)
        return near

    async def _serve(self, stream: trio.abc.Stream) -> None:
        async with stream:
            while True:
                try:
                    head = await stream.receive_some(2)
                    if len(head) < 2:
                        return
                    raw = await stream.receive_some(int.from_bytes(head, "big"))
                except (trio.BrokenResourceError, trio.ClosedResourceError):
                    return
                fields, _ = iso8583.decode(raw, self._spec)
                self.heard.append(fields)
                self.asked.set()
                if not self.deaf:
                    await stream.send_all(self._answer(fields))

    def _answer(self, request: dict[str, str]) -> bytes:
        fields = {de: request[de] for de in ("4", "7", "11", "41", "42", "49", "90") if de in request}
        place = "128" if "90" in fields else "64"
        fields |= {"t": request["t"][:2] + str(int(request["t"][2]) + 1) + "0", "39": self.code, place: "0" * 16}
        raw, _ = iso8583.encode(fields, self._spec)
        raw = bytes(raw[:-16]) + retail_mac(lab_key("pos.zak").secret, bytes(raw[:-16])).hex().upper().encode()
        return len(raw).to_bytes(2, "big") + raw


@pytest.fixture
def host() -> Host:
    """A host that approves."""
    return Host()


@pytest.fixture
def notices() -> list[Notice]:
    """What the terminals told."""
    return []


@pytest.fixture
def open_at(
    host: Host, notices: list[Notice], tmp_path: Path, nursery: trio.Nursery
) -> Callable[..., AbstractAsyncContextManager[Session]]:
    """Open the terminal of this test's record file; the profile is changed as the test says."""
    host.nursery = nursery
    keys = IssuerKeys(
        imk_ac=lab_key("issuer.imk-ac").secret, cvk=lab_key("issuer.cvk").secret, pvk=lab_key("issuer.pvk").secret
    )

    def make(*, on_notice: Callable[[Notice], None] = notices.append, **changes: Any) -> AbstractAsyncContextManager[Session]:
        return open_terminal(
            msgspec.structs.replace(DEFAULT, **changes),
            {name: personalise(card, keys) for name, card in TEST_CARDS.items()},
            keystore=lab_keystore(),
            entropy=CountingEntropy(),
            address=("host.test", 8583),
            record_file=tmp_path / "state" / "TERM0001.journal",
            on_notice=on_notice,
            connect=host.connect,
        )

    return make
