"""An issuer's host written by somebody else: `foreign_client`'s libraries, the other way round. Nothing of Pointsman here.

    python foreign_issuer.py --wire binary --mac-key HEX --pin-key HEX

It takes a free port of 127.0.0.1 and says on standard output what happens, one JSON object a line: first {"port": 40123}, then
each message that came, in order, as {"mti": ..., "fields": {...}, "mac": "good" | "wrong" | "none", "pin": "1234"}: the PIN is
there when the message has a PIN block that opens under the key.

What it answers to a purchase depends on the last two digits of the amount; `HABITS` has the list. Advices (0420, 0220 and their
repeats) it answers, but the first attempt of one that speaks of an amount it had ignored is ignored as well. A line on standard
input lets all answers go that are held back.
"""

import json
import select
import socket
import sys
import warnings
from enum import Enum
from typing import NamedTuple

from foreign_client import WIRES, Broken, Fields, Peer, pan_of, peer_options, receive


class When(Enum):
    """When a request is answered. None of it is a matter of time, which a slow machine has less of."""

    AT_ONCE = "at once"
    NEVER = "never"
    REVERSED = "when it is reversed, and so too late"
    TOLD = "when it is told to, on standard input"


class Habit(NamedTuple):
    """How a request is treated."""

    code: str = "00"
    when: When = When.AT_ONCE


HABITS: dict[str, Habit] = {
    "05": Habit("05"),
    "51": Habit("51"),
    "68": Habit(when=When.NEVER),
    "69": Habit(when=When.REVERSED),
    "70": Habit(when=When.TOLD),
}
"""Last two digits of DE 4 -> habit. What is not here is approved at once."""


class Kept(NamedTuple):
    """An answer that waits."""

    when: When
    mti: str
    fields: Fields


ECHOED = ("2", "3", "4", "7", "11", "12", "13", "32", "33", "37", "41", "42", "49", "70", "90")
"""What an answer repeats."""


class Issuer:
    """The host: one connection after the other, any number of requests under way."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.approved = 0
        self.attempts: dict[str, int] = {}
        self.kept: list[Kept] = []
        self.orders = [sys.stdin]

    def serve(self, listener: socket.socket) -> None:
        """Take connections for ever."""
        while True:
            stream, _ = listener.accept()
            with stream:
                try:
                    self._talk(stream)
                except (Broken, ConnectionError):
                    self.kept.clear()

    def _talk(self, stream: socket.socket) -> None:
        while True:
            ready = select.select([stream, *self.orders], [], [])[0]
            if stream in ready:
                self._take(stream, receive(stream, self.peer.wire))
            elif sys.stdin.readline():
                self._let_go(stream, [kept for kept in self.kept if kept.when is When.TOLD])
            else:
                self.orders.clear()  # Nobody is there who could say anything.

    def _take(self, stream: socket.socket, message: bytes) -> None:
        mti, fields, verdict = self.peer.unpack(message)
        told = {"mti": mti, "fields": fields, "mac": verdict}
        if "52" in fields:
            told["pin"] = self.peer.open_pin_block(fields["52"], pan_of(fields))
        tell(told)
        self._answer(stream, mti, fields)

    def _answer(self, stream: socket.socket, mti: str, fields: Fields) -> None:
        habit = Habit() if mti.startswith("08") else HABITS.get(fields["4"][-2:], Habit())
        answer = {de: fields[de] for de in ECHOED if de in fields} | {"39": habit.code}
        when, too_late = habit.when, []
        if mti[2] == "2":
            attempt = self.attempts[fields["90"]] = self.attempts.get(fields["90"], 0) + 1
            when = When.NEVER if when is When.NEVER and attempt == 1 else When.AT_ONCE
            answer["39"] = "00"
            named = fields["90"][4:10]
            too_late = [kept for kept in self.kept if kept.when is When.REVERSED and kept.fields["11"] == named]
        elif habit.code == "00" and not mti.startswith("08"):
            self.approved += 1
            answer["38"] = f"F{self.approved:05d}"
        # An answer's MTI has its third digit raised by one, and never says that it is a repeat.
        self.kept.append(Kept(when, f"{mti[:2]}{int(mti[2]) + 1}0", answer))
        self._let_go(stream, [kept for kept in self.kept if kept.when is When.AT_ONCE] + too_late)

    def _let_go(self, stream: socket.socket, answers: list[Kept]) -> None:
        self.kept = [kept for kept in self.kept if kept not in answers]
        for kept in answers:
            stream.sendall(self.peer.wire.frame(self.peer.pack(kept.mti, kept.fields)))


def tell(what: dict) -> None:
    """Say one thing to whoever reads standard output."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Listen, say where, and serve until the process is ended."""
    chosen = peer_options("An issuer's host, written by somebody else.").parse_args()
    warnings.simplefilter("ignore")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        tell({"port": listener.getsockname()[1]})
        Issuer(Peer(WIRES[chosen.wire], chosen.mac_key, chosen.pin_key)).serve(listener)


if __name__ == "__main__":
    main()
