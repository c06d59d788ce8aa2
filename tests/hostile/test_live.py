"""Hostile bytes on live sockets: each does what its case says and harms nobody else; no money moves but what honest tills pay.

One switch serves all cases of this file. Beside each of them two tills pay on connections that were open before.
"""

import contextlib
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.wire import DIALECTS, FRAMINGS, Dialect, Framing, Message
from tests.hostile.cases import CLASSES, HOSTILE, LINKS, PAYMENT, Case, Layer, Live, compose
from tests.peers.parties import Till, Tree, card_of, open_till, printed, write
from tests.peers.processes import PATIENCE_S, RunningSwitch, balance, records

HSM = SoftHsm(lab_keystore(), None, lambda event: None)
TERMINAL = PAYMENT[41]
CHIP_BYTES_MAX = 255
"""Of DE 55 in `iso87-ascii`: longer chip data cannot be sent there."""

SENT = [case for case in HOSTILE if case.layer is not Layer.TLV or case.link != "pos" or len(case.data) <= CHIP_BYTES_MAX]
AT_ONCE = [case for case in SENT if case.live is not Live.GIVEN_UP]
IN_TIME = [case for case in SENT if case.live is Live.GIVEN_UP]


def named(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[f"{case.kind} {case.name}" for case in cases])


@pytest.fixture(scope="module")
def tree() -> Tree:
    """A listener for each link of the cases, with the keys of the first."""
    tree = printed()
    [first] = tree["links"]
    links = {name: {"name": name, "dialect": dialect, "framing": framing} for name, (dialect, framing) in LINKS.items()}
    tree["links"] = [first | link for link in links.values()]
    return tree


@pytest.fixture(scope="module")
def switch(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSwitch]:
    """The switch; at its end nobody's fault was our own, and the tills' money is all that moved."""
    place: Path = tmp_path_factory.mktemp("switch")
    with RunningSwitch("--config", write(tree, place), state=place / "state") as running:
        yield running
        journal = records(running.state)
        hostile = [record for record in journal if TERMINAL in record.get("key", "")]
        assert not [record for record in hostile if record.get("approved") or record.get("postings") or record.get("hold")]
        paid = sum(record.get("approved", False) for record in journal if "HONEST" in record.get("key", ""))
        opened = [record for record in journal if record["type"] == "account-opened"]
        account = card_of(tree)["account"]
        before = balance(opened, account)
        assert balance(journal, account) == (before[0] - 150 * paid, before[1])
        assert running.stop() == 0
        assert "Traceback" not in running.text()
        lines = running.complaints.all()
        assert not [line for line in lines if line.split()[1] == "error"], "none of this is our own fault"
        assert not any(character < " " for line in lines for character in line)


@pytest.fixture(scope="module")
def tills(switch: RunningSwitch, tree: Tree) -> Iterator[list[Till]]:
    """Two tills, connected before anybody attacks."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(open_till(tree, switch.port(link), link, terminal_id))
            for link, terminal_id in (("pos", "HONEST01"), ("packed", "HONEST02"))
        ]


@pytest.fixture(scope="module", autouse=True)
def waiting(switch: RunningSwitch) -> Iterator[Mapping[str, socket.socket]]:
    """A connection for each case that only time ends, opened before all tests so that its seconds pass meanwhile."""
    with contextlib.ExitStack() as stack:
        opened = {}
        for case in IN_TIME:
            opened[case.name] = stack.enter_context(connect(switch, case.link))
            opened[case.name].sendall(case.data)
        yield opened


@pytest.fixture
def undisturbed(tills: list[Till]) -> Iterator[None]:
    """The tills pay after the test as they did before."""
    yield
    for till in tills:
        assert till.ask(till.request("0200", 150))["fields"]["39"] == "00"


def test_every_class_is_sent() -> None:
    """No class is left to the public functions alone."""
    assert {case.kind for case in SENT} == set(CLASSES)


@pytest.mark.parametrize("number", range(len(AT_ONCE)), ids=[f"{case.kind} {case.name}" for case in AT_ONCE])
def test_each_does_what_it_must(switch: RunningSwitch, undisturbed: None, number: int) -> None:
    """Hung up without a word, or answered with that code, or left without an answer while the connection lives.

    What is broken is told in the log, once and by its rule.
    """
    case = AT_ONCE[number]
    heard = len(switch.complaints.all())
    with connect(switch, case.link) as stream:
        with contextlib.suppress(ConnectionError):
            stream.sendall(stream_of(case, number))
        if case.live is Live.HUNG_UP:
            assert end_of(stream) == b""
        answers = [] if case.live is Live.HUNG_UP else answers_before_echo(stream, case.link)
    if case.rule:
        kind = "[frame.error]" if case.live is Live.HUNG_UP else "[message.unreadable]"
        told = switch.complaints.wait(lambda lines: [line for line in lines[heard:] if kind in line])
        assert [case.rule in line for line in told] == [True]
    codes = {answer.get(39) for answer in answers}
    assert codes == ({case.live} if isinstance(case.live, str) else set())


@pytest.mark.slow
@named(IN_TIME)
def test_half_of_something_is_given_up(switch: RunningSwitch, waiting: Mapping[str, socket.socket], case: Case) -> None:
    """After its ten seconds it is hung up, without a word, and the log says so.

    On a slow machine a case that only paused in a frame may be told the same.
    """
    assert end_of(waiting[case.name]) == b""
    switch.complaints.wait(lambda lines: sum("half a frame, and then silence" in line for line in lines) >= len(IN_TIME))


def stream_of(case: Case, number: int) -> bytes:
    """What is sent: the bytes of a stream as they are, a message in its frame, chip data in a purchase; signed if so stated."""
    if case.layer is Layer.STREAM:
        return case.data
    dialect, framing = speech(case.link)
    data = case.data
    if case.layer is Layer.TLV:
        data = compose(dialect.name, PAYMENT | {22: "052", 55: case.data.hex().upper()})
    if case.signed:
        # Each has a number of its own, so that none is a repeat of another.
        numbered = dialect.decode(data).with_fields({11: f"{number:06d}"})
        data = numbered.with_mac(lambda covered: HSM.generate_mac("pos.zak", covered)).raw
    return framing.frame(data)


def answers_before_echo(stream: socket.socket, link: str) -> list[Message]:
    """What came before the answer to an echo that is asked for now, on the same connection."""
    dialect, framing = speech(link)
    echo = dialect.decode(compose(dialect.name, {7: "0701120000", 11: "999999", 70: "301"}, "0800"))
    stream.sendall(framing.frame(echo.with_mac(lambda covered: HSM.generate_mac("pos.zak", covered)).raw))
    buffer, answers = framing.buffer(), []
    while True:
        piece = stream.recv(65_536)
        assert piece, "the connection is gone"
        for raw in buffer.feed(piece):
            answer = dialect.decode(raw)
            HSM.verify_mac("pos.zak", answer.mac_input(), answer.mac)
            if answer.mti == "0810" and answer[11] == "999999":
                return answers
            answers.append(answer)


def speech(link: str) -> tuple[Dialect, Framing]:
    dialect, framing = LINKS[link]
    return DIALECTS[dialect], FRAMINGS[framing]


def connect(switch: RunningSwitch, link: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", switch.port(link)), timeout=PATIENCE_S)


def end_of(stream: socket.socket) -> bytes:
    """What came before the other end closed; a reset ends it as well."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while piece := stream.recv(65_536):
            received += piece
    return received
