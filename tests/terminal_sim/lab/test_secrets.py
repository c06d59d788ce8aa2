"""What nobody may find: card numbers in every spelling, and PIN blocks and tracks of the latest requests."""

import base64

import pytest

from switch.compose import compose
from switch.machine.trace import Turn
from switch.tracing import NAME, WireReader
from switch.wire import DIALECTS
from terminal_sim.lab.customers import RANGE
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.recorder import lab_codec
from terminal_sim.lab.run import Run, lab_config
from terminal_sim.lab.secrets import FRESH_MAX, Secrets
from terminal_sim.lab.swarm import draw

NUMBER = RANGE + "0042"


class MaskedTrace(Observer):
    """Writes a run's switch down as a masked trace does, and looks for what nobody may find in each line."""

    def __init__(self):
        self.secrets, self.codec, self.lines, self.told, self.heard_in_clear = Secrets(), lab_codec(), 0, [], 0
        self.reader = None

    def said(self, passage):
        if passage.message is not None and passage.message.mti[1:3] in ("10", "20"):
            self.secrets.plant(passage.message, NAME)
            self.heard_in_clear += self.secrets.number_in(str(passage.message.values()))

    def handled(self, host, event, now, commands):
        if host.name == NAME and self.reader is not None:
            for line in self.reader.lines_of(Turn(NAME, now, event, (), tuple(commands))):
                text = self.codec.encode(line).decode("utf-8")
                self.lines += 1
                self.told += [text] if self.secrets.found_in(text) else []


def test_a_masked_trace_of_a_run_tells_nothing():
    """Of a switch under faults: no line of it has a card number, a PIN block or a track of what is being asked for."""
    options, trace = draw(3, terminals=6), MaskedTrace()
    run = Run(options, (trace,))
    trace.reader = WireReader(compose(lab_config(options, run.crowd)).plan, full=False)
    run.world.run(15_000)
    assert trace.heard_in_clear > 20
    assert trace.lines > 100
    assert trace.told == []


@pytest.mark.parametrize(
    "spelled",
    [
        NUMBER,
        NUMBER[::-1],
        f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:12]} {NUMBER[12:]}",
        f"{NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:12]}-{NUMBER[12:]}",
        f"1111 {NUMBER[:4]} {NUMBER[4:8]}-{NUMBER[8:12]}",
        NUMBER.encode("ascii").hex(),
        NUMBER.encode("cp500").hex().upper(),
        base64.b64encode(NUMBER.encode("ascii")).decode("ascii"),
        base64.b64encode(bytes.fromhex(NUMBER)).decode("ascii"),
    ],
)
def test_a_number_is_found_however_it_is_spelled(spelled: str) -> None:
    """Between other text too; a number that is masked, or of nobody here, is none."""
    secrets = Secrets()
    assert secrets.found_in(f'{{"text":"card {spelled} refused"}}') == "a card number"
    assert secrets.found_in(f"card {NUMBER[:6]}******{NUMBER[-4:]} refused, 4111 1111 1111 1111 too") == ""


def test_the_latest_requests_are_looked_for() -> None:
    """A PIN block and a track in any spelling, until so many others have come."""
    dialect = DIALECTS["iso87-ascii"]
    secrets = Secrets()
    for number in range(FRESH_MAX + 1):
        block, track = f"{number:016X}", f"{NUMBER}=2812{number:013d}"
        secrets.plant(dialect.decode(dialect.encode({"mti": "0100", 35: track, 52: block})), NAME)
        for text in (block, track, track.encode("ascii").hex(), base64.b64encode(bytes.fromhex(block)).decode("ascii")):
            assert secrets.authentication_in(f"it is {text}.")
    assert not secrets.authentication_in(f"it was {0:016X}")
    assert secrets.authentication_in(f"it was {1:016X}")


def test_a_host_is_searched_for_what_it_knows() -> None:
    """However many requests others know since then; a card that comes again is fresh again."""
    dialect = DIALECTS["iso87-ascii"]
    secrets = Secrets()
    blocks = [f"{number:016X}" for number in range(FRESH_MAX + 2)]
    requests = [dialect.decode(dialect.encode({"mti": "0100", 52: block})) for block in blocks]
    secrets.plant(requests[0], "LAB00001", "switch")
    for request in requests[1:FRESH_MAX]:
        secrets.plant(request, "LAB00002", "switch")
    for request in (requests[0], *requests[FRESH_MAX:]):
        secrets.plant(request, "LAB00002", "switch")
    assert [host for host in ("LAB00001", "LAB00002", "switch") if secrets.authentication_in(blocks[0], host)] == [
        "LAB00001",
        "LAB00002",
        "switch",
    ]
    assert not secrets.authentication_in(blocks[-1], "LAB00001")
    assert not secrets.authentication_in(blocks[1], "switch")
    assert secrets.authentication_in(blocks[-1], "LAB00001", "switch")
    assert secrets.authentication_in(blocks[0])
