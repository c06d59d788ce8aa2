"""A switch as configuration makes it, spoken to in any dialect and framing of the tables."""

import msgspec
import pytest

from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.compose import compose, make_switch
from switch.core import State
from switch.default_config import default_config
from switch.machine import Moment, Opened, Received, Send
from switch.wire import DIALECTS, FRAMINGS
from switch.wire.translate import message_of
from terminal_sim.lab import SeededEntropy

NOW = Moment(0, 1_767_225_600_000)


class Line:
    """One connection to a fresh switch whose acquirer link speaks a dialect in a framing."""

    def __init__(self, dialect, framing, handler="accounts"):
        config = default_config()
        link = msgspec.structs.replace(config.links[0], dialect=dialect, framing=framing)
        issuer = msgspec.structs.replace(config.issuer, handler=handler)
        composition = compose(msgspec.structs.replace(config, links=(link,), issuer=issuer))
        self.switch = make_switch(composition, entropy=SeededEntropy(1), state=State())
        self.dialect, self.framing = DIALECTS[dialect], FRAMINGS[framing]
        self.hsm = SoftHsm(lab_keystore(), None, lambda event: None)
        self.switch.handle(Opened(1, "pos"), NOW)

    def ask(self, values, *, sign=True):
        """Send one message of plain values; the one answer to it."""
        plain = {de: value for de, value in values.items() if de != "mti"}
        message = message_of(self.dialect, values["mti"], plain, NOW.wall_ms)
        if sign:
            message = message.with_mac(lambda data: self.hsm.generate_mac("pos.zak", data))
        [answer] = self.feed(self.framing.frame(message.raw))
        return answer

    def feed(self, data):
        """Bytes of the stream; the answers, each with a right MAC."""
        sent = b"".join(c.data for c in self.switch.handle(Received(1, data), NOW) if isinstance(c, Send))
        answers = [self.dialect.decode(raw) for raw in self.framing.buffer().feed(sent)]
        for answer in answers:
            self.hsm.verify_mac("pos.zak", answer.mac_input(), answer.mac)
        return answers


@pytest.fixture(scope="session")
def line():
    """A maker of lines."""
    return Line


@pytest.fixture(scope="session")
def pay():
    """A maker of key-entered purchases with a published test card."""

    def make(mti="0200", stan=1, **fields):
        values = {
            "mti": mti,
            2: "4111111111111111",
            3: "000000",
            4: "000000001000",
            7: "0101000000",
            11: f"{stan:06d}",
            12: "000000",
            13: "0101",
            14: "3112",
            22: "012",
            25: "00",
            41: "TERM0001",
            42: "MERCHANT0000001",
            49: "978",
        }
        return values | {int(name[1:]): value for name, value in fields.items()}

    return make
