"""An issuer's host written by somebody else: `foreign_client`'s libraries, the other way round. Nothing of Pointsman here.

    python foreign_issuer.py --wire binary --mac-key HEX --pin-key HEX

It takes a free port of 127.0.0.1 and says on standard output what happens, one JSON object a line: first {"port": 40123}, then
each message that came, in order, as {"mti": ..., "fields": {...}, "mac": "good" | "wrong" | "none", "pin": "1234"}: the PIN is
there when the message has a PIN block that opens under the key.

What it answers to a purchase depends on the last two digits of the amount; `HABITS` has the list. Advices (0420, 0220 and their
repeats) it answers, but the first attempt of one that speaks of an amount it had ignored is ignored as well.
"""

import json
import select
import socket
import sys
import time
import warnings
from typing import NamedTuple

from foreign_client import WIRES, Broken, Fields, Peer, pan_of, peer_options, receive


class Habit(NamedTuple):
    """How a request is treated: with this DE 39, after so many seconds, or never."""

    code: str = "00"
    delay_s: float = 0.0
    silent: bool = False


HABITS: dict[str, Habit] = {
    "05": Habit("05"),
    "51": Habit("51"),
    "68": Habit(silent=True),
    "69": Habit(delay_s=1.5),
    "70": Habit(delay_s=0.5),
}
"""Last two digits of DE 4 -> habit. What is not here is approved at once."""

ECHOED = ("2", "3", "4", "7", "11", "12", "13", "32", "33", "37", "41", "42", "49", "70", "90")
"""What an answer repeats."""


class Issuer:
    """The host: one connection after the other, any number of requests under way."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.approved = 0
        self.attempts: dict[str, int] = {}
        self.later: list[tuple[float, str, Fields]] = []

    def serve(self, listener: socket.socket) -> None:
        """Take connections for ever."""
        while True:
            stream, _ = listener.accept()
            with stream:
                try:
                    self._talk(stream)
                except (Broken, ConnectionError):
                    self.later.clear()

    def _talk(self, stream: socket.socket) -> None:
        while True:
            self._send_due(stream)
            wait = min((at for at, _, _ in self.later), default=time.monotonic() + 3600) - time.monotonic()
            if select.select([stream], [], [], max(wait, 0))[0]:
                self._take(stream, receive(stream, self.peer.wire))

    def _send_due(self, stream: socket.socket) -> None:
        due = [answer for answer in self.later if answer[0] <= time.monotonic()]
        self.later = [answer for answer in self.later if answer not in due]
        for _, mti, fields in due:
            stream.sendall(self.peer.wire.frame(self.peer.pack(mti, fields)))

    def _take(self, stream: socket.socket, message: bytes) -> None:
        mti, fields, verdict = self.peer.unpack(message)
        told = {"mti": mti, "fields": fields, "mac": verdict}
        if "52" in fields:
            told["pin"] = self.peer.open_pin_block(fields["52"], pan_of(fields))
        tell(told)
        self._decide(mti, fields)

    def _decide(self, mti: str, fields: Fields) -> None:
        habit = Habit() if mti.startswith("08") else HABITS.get(fields["4"][-2:], Habit())
        answer = {de: fields[de] for de in ECHOED if de in fields} | {"39": habit.code}
        if mti[2] == "2":
            attempt = self.attempts[fields["90"]] = self.attempts.get(fields["90"], 0) + 1
            habit = Habit(silent=habit.silent and attempt == 1)
            answer["39"] = "00"
        elif habit.code == "00" and not mti.startswith("08"):
            self.approved += 1
            answer["38"] = f"F{self.approved:05d}"
        if not habit.silent:
            # An answer's MTI has its third digit raised by one, and never says that it is a repeat.
            self.later.append((time.monotonic() + habit.delay_s, f"{mti[:2]}{int(mti[2]) + 1}0", answer))


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
