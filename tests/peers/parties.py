"""The strangers as tests see them: a till and a bank, each a program of its own, and the configuration they go by.

All that a stranger knows comes from `pointsman serve --print-config`. Nothing of Pointsman is imported here.
"""

import functools
import json
import sys
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psec
import tomli_w

from tests.peers.processes import Conversation, Program, run

HERE = Path(__file__).parent

Tree = dict[str, Any]

STRANGERS_KEYS = (
    {"name": "stranger.zak", "usage": "M3", "mode": "C", "value": "1C587F1C13924FEF2AD59E1A3B5B0E43"},
    {"name": "stranger.zpk", "usage": "P0", "mode": "B", "value": "6BCE5BF8853D4CCD7F2C97E0A2D55D2A"},
)
"""Keys that the second listener has to itself."""

WIRES = {"iso87-ascii": "ascii", "iso87-binary": "binary"}
"""Dialect of a link -> what the foreign programs call that way to speak."""


@functools.cache
def _printed() -> str:
    shown = run("serve", "--print-config")
    assert shown.status == 0, shown
    return shown.output


def printed() -> Tree:
    """What `--print-config` says, on a free port."""
    tree = tomllib.loads(_printed())
    tree["links"][0]["listen"] = "127.0.0.1:0"
    return tree


def with_two_wires(tree: Tree) -> Tree:
    """The same with a second listener: packed digits, 4-digit lengths, keys of its own."""
    tree = deepcopy(tree)
    other = {"name": "pos-binary", "dialect": "iso87-binary", "framing": "ascii4"}
    tree["links"].append(tree["links"][0] | other | {"mac_key": "stranger.zak", "pin_key": "stranger.zpk"})
    tree["keys"].extend(STRANGERS_KEYS)
    return tree


def with_bank(tree: Tree, port: int, response_timeout_ms: int, prefix: str = "4") -> Tree:
    """The same with the cards of one prefix routed to an issuer's host at `port`, which speaks packed digits."""
    tree = deepcopy(tree)
    tree["links"].append(
        {
            "name": "bank",
            "role": "issuer",
            "connect": f"127.0.0.1:{port}",
            "dialect": "iso87-binary",
            "framing": "ascii4",
            "sign_on": "required",
            "mac_key": "issuer-link.zak",
            "pin_key": "issuer-link.zpk",
            "response_timeout_ms": response_timeout_ms,
        }
    )
    tree["routes"] = [route | {"to": "bank"} if route["prefix"] == prefix else route for route in tree["routes"]]
    return tree


def write(tree: Tree, directory: Path) -> Path:
    """Put a configuration into a file."""
    file = directory / "switch.toml"
    file.write_text(tomli_w.dumps(tree))
    return file


def key(tree: Tree, name: str) -> str:
    """A key in hexadecimal, by its name."""
    value: str = next(entry["value"] for entry in tree["keys"] if entry["name"] == name)
    return value


def card_of(tree: Tree) -> Tree:
    """The card without a chip among those of the configuration."""
    card: Tree = next(card for card in tree["issuer"]["cards"] if card["service_code"] == "101")
    return card


def track2_of(tree: Tree) -> str:
    """The stripe of that card as psec makes it: expiry, service code, PVKI, PVV, CVV (ISO/IEC 7813)."""
    card = card_of(tree)
    pvk, cvk = (bytes.fromhex(key(tree, name)) for name in ("issuer.pvk", "issuer.cvk"))
    with warnings.catch_warnings():
        # psec takes TripleDES from where `cryptography` used to have it.
        warnings.simplefilter("ignore")
        pvv = psec.pin.generate_visa_pvv(pvk, str(card["pvki"]), card["pin"], card["pan"])
        cvv = psec.cvv.generate_cvv(cvk, card["pan"], card["expiry"], card["service_code"])
    return f"{card['pan']}={card['expiry']}{card['service_code']}{card['pvki']}{pvv}{cvv}"


def pin_block_of(card: Tree) -> bytes:
    """The clear PIN block of a card as psec makes it, ISO 9564-1 format 0."""
    block: bytes = psec.pinblock.encode_pinblock_iso_0(card["pin"], card["pan"])
    return block


class Till:
    """The foreign client, used as a till uses it: each request has a STAN of its own and the time of its making.

    Args:
        program: the client, connected.
        card: the card that pays, as the configuration has it.
        track2: what is on its stripe, spelt as the wire wants it.
        terminal_id: DE 41, eight characters.
    """

    def __init__(self, program: Program, card: Tree, track2: str, terminal_id: str) -> None:
        self.client = Conversation(program)
        self.card = card
        self.track2 = track2
        self.terminal_id = terminal_id
        self._stan = 0

    def request(self, mti: str, minor: int, pin: str = "", **changes: Any) -> Tree:
        """An order for an 0100 or 0200 by the stripe, with the PIN of the card unless another is given."""
        fields = {
            "3": "000000",
            "4": f"{minor:012d}",
            **self._numbers(),
            "22": "021",
            "25": "00",
            "35": self.track2,
            "41": self.terminal_id,
            "42": "FOREIGN MERCH 1",
            "49": "978",
        }
        return {"mti": mti, "fields": fields, "pin": pin or self.card["pin"], **changes}

    def keyed(self, mti: str, minor: int, card: Tree) -> Tree:
        """The same for any card, its number and expiry typed in by hand."""
        order = self.request(mti, minor, pin=card["pin"])
        del order["fields"]["35"]
        order["fields"] |= {"2": card["pan"], "14": card["expiry"], "22": "012"}
        return order

    def reversal(self, original: Tree) -> Tree:
        """An order for the 0400 that undoes `original`."""
        kept = {de: value for de, value in original["fields"].items() if de in ("3", "4", "41", "42", "49")}
        named = original["mti"] + original["fields"]["11"] + original["fields"]["7"] + "0" * 22
        return {"mti": "0400", "fields": kept | {"2": self.card["pan"], **self._numbers(), "90": named}}

    def network(self, code: str) -> Tree:
        """An order for an 0800: 001 signs on, 002 off, 301 asks whether somebody is there."""
        numbers = self._numbers()
        return {"mti": "0800", "fields": {"7": numbers["7"], "11": numbers["11"], "70": code}}

    def ask(self, order: Mapping[str, Any]) -> Tree:
        """Send an order, get its answer."""
        return self.client.ask(order)

    def _numbers(self) -> dict[str, str]:
        self._stan += 1
        now = datetime.now(UTC)
        return {"7": f"{now:%m%d%H%M%S}", "11": f"{self._stan:06d}", "12": f"{now:%H%M%S}", "13": f"{now:%m%d}"}


@contextmanager
def open_till(tree: Tree, port: int, link: str = "pos", terminal_id: str = "FOREIGN1") -> Iterator[Till]:
    """The foreign client as a program, connected to a link of the configuration `tree` that listens on `port`."""
    plan = next(entry for entry in tree["links"] if entry["name"] == link)
    wire = WIRES[plan["dialect"]]
    track2 = track2_of(tree) if wire == "ascii" else track2_of(tree).replace("=", "D")
    words = [sys.executable, str(HERE / "foreign_client.py"), "127.0.0.1", str(port), *_manners(tree, plan)]
    with Program(words) as program:
        yield Till(program, card_of(tree), track2, terminal_id)


class Bank:
    """The foreign issuer's host as a program, and what it has told so far."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.port: int = program.output.wait(lambda lines: json.loads(lines[0]) if lines else None)["port"]

    def heard(self, mti: str, **fields: str) -> list[Tree]:
        """The messages that came, of one MTI and with these DEs (`de_4="..."`)."""
        return _fitting(self.program.output.all(), mti, fields)

    def let_go(self) -> None:
        """Have it send the answers that it holds back until it is told."""
        self.program.write("go")

    def wait_for(self, mti: str, *, count: int = 1, **fields: str) -> Tree:
        """The `count`-th message of an MTI and with these DEs."""
        messages: list[Tree] = self.program.output.wait(
            lambda lines: found if len(found := _fitting(lines, mti, fields)) >= count else None
        )
        return messages[count - 1]


def _fitting(lines: list[str], mti: str, fields: Mapping[str, str]) -> list[Tree]:
    wanted = {name.removeprefix("de_"): value for name, value in fields.items()}
    messages = [json.loads(line) for line in lines[1:]]
    return [message for message in messages if message["mti"] == mti and wanted.items() <= message["fields"].items()]


@contextmanager
def open_bank(tree: Tree) -> Iterator[Bank]:
    """The foreign issuer's host as a program, on a port of its own."""
    plan = {"dialect": "iso87-binary", "mac_key": "issuer-link.zak", "pin_key": "issuer-link.zpk"}
    with Program([sys.executable, str(HERE / "foreign_issuer.py"), *_manners(tree, plan)]) as program:
        yield Bank(program)


def _manners(tree: Tree, plan: Tree) -> list[str]:
    keys = ["--mac-key", key(tree, plan["mac_key"]), "--pin-key", key(tree, plan["pin_key"])]
    return ["--wire", WIRES[plan["dialect"]], *keys]
