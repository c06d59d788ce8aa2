"""The keys of the switch's links as an outsider knows them: what its operators have ordered, its issuers said, the clock shown.

From these follows which set a message may be under. Nothing here asks the switch.
"""

from collections.abc import Callable, Mapping

import msgspec

from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.core import ChangeKeys, KeySet
from switch.limits import KEY_GRACE_MS
from switch.machine import Operate, Tick
from switch.wire.mti import is_response
from switch.wire.translate import plain_of
from terminal_sim.lab.issuer_actor import KEY_CHANGES
from terminal_sim.lab.key_desk import other_generation
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.turn import Turn

GRANTED = "00"


class Watched(msgspec.Struct):
    """The keys of one link.

    Args:
        present: what the switch speaks under.
        coming: what its issuer has not said yes to.
        former: what is still accepted, until the first look at the clock after `end_ms`.
        asked_ms: when its issuer was asked last to take those that are coming, or could not be asked.
        changed_ms: when `present` came into force; None for at the beginning of the switch.
        moved: whether there was ever an order about them.
    """

    present: KeySet
    coming: KeySet | None = None
    former: KeySet | None = None
    end_ms: int = 0
    asked_ms: int = 0
    changed_ms: int | None = None
    moved: bool = False


class KeyWatch:
    """All links of a switch.

    Args:
        first: the keys that they begin with.
        dialled: the links to issuers.
    """

    def __init__(self, first: Mapping[str, KeySet], dialled: frozenset[str]) -> None:
        self.links = {name: Watched(keys) for name, keys in first.items()}
        self._dialled = dialled
        self._asked: dict[int, tuple[str, str]] = {}  # By connection: its link, and the STAN of the latest question about keys.
        self._hsm = SoftHsm(lab_keystore(), SeededEntropy("key watch"), lambda event: None)

    def began(self, in_force: Mapping[str, KeySet]) -> None:
        """The switch has begun again, configured with these keys: it knows of no others."""
        self.links = {name: Watched(keys, moved=self.links[name].moved) for name, keys in in_force.items()}
        self._asked.clear()

    def said(self, passage: Passage, brief: Brief) -> None:
        """The switch has said something of network management."""
        message = passage.message
        if message is not None and not is_response(brief.mti) and plain_of(message).get(70, "") in KEY_CHANGES:
            assert passage.speech is not None, "what was read was spelled somehow"
            self._asked[passage.speaker.conn] = (passage.speech.name, brief.stan)
            self.links[passage.speech.name].asked_ms = passage.at_ms

    def took(self, turn: Turn, can_ask: Callable[[str], bool]) -> None:
        """The switch has taken a turn; `can_ask` says of an issuer whether it can be asked."""
        if isinstance(turn.event, Operate) and isinstance(turn.event.order, ChangeKeys):
            self._order(turn.event.order, turn.at_ms)
        for passage in turn.heard:
            if passage.brief is not None and not passage.forged:
                self._hear(passage, passage.brief, turn.at_ms)
        if isinstance(turn.event, Tick):
            for name, link in self.links.items():
                if link.former is not None and turn.at_ms >= link.end_ms:
                    link.former = None
                if link.coming is not None and not can_ask(name):
                    link.asked_ms = turn.at_ms

    def set_of(self, passage: Passage) -> KeySet | None:
        """The generation that a message is signed under; None when it is under neither, or has no MAC."""
        message = passage.message
        link = self.links.get(passage.speech.name) if passage.speech is not None else None
        if link is None or message is None or message.mac_field is None:
            return None
        policy = message.dialect.mac
        for keys in (link.present, other_generation(link.present)):
            right = self._hsm.generate_mac(keys.mac_key, message.mac_input(), padding=policy.padding, length=policy.length)
            if right == message.mac:
                return keys
        return None

    def is_over(self, passage: Passage) -> bool:
        """Whether a message to the switch is signed under a generation that it must not accept: not yet, or not any more."""
        link = self.links.get(passage.speech.name) if passage.speech is not None else None
        if link is None or not link.moved:
            return False
        keys = self.set_of(passage)
        return keys is not None and keys not in (link.present, link.coming, link.former)

    def _order(self, order: ChangeKeys, at_ms: int) -> None:
        link, keys = self.links[order.link], KeySet(order.mac_key, order.pin_key)
        if keys == (link.coming or link.present):
            return
        link.moved = True
        for conn in [conn for conn, (name, _) in self._asked.items() if name == order.link]:
            del self._asked[conn]  # Its answer would be one to an earlier order.
        if order.link not in self._dialled:
            self._change(link, keys, at_ms)
        else:
            link.coming, link.asked_ms = None if keys == link.present else keys, at_ms

    def _hear(self, passage: Passage, brief: Brief, at_ms: int) -> None:
        """The answer to our question about keys, if it is that: with a yes they are in force."""
        conn = passage.hearer.conn
        if passage.speech is None or brief.mti[1:3] != "81" or self._asked.get(conn) != (passage.speech.name, brief.stan):
            return
        del self._asked[conn]
        link = self.links[passage.speech.name]
        if link.coming is not None and brief.response_code == GRANTED:
            self._change(link, link.coming, at_ms)

    def _change(self, link: Watched, keys: KeySet, at_ms: int) -> None:
        link.former, link.present, link.coming = link.present, keys, None
        link.end_ms, link.changed_ms = at_ms + KEY_GRACE_MS, at_ms
