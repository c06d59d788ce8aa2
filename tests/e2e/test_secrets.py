"""Proves that no card number, track, PIN block or key of a run is found where it does not belong, however it was sent.

The strangers put them into every place that will take them: honest messages, refused ones, malformed ones, free text, bitmaps,
lengths. Left out is what nobody can tell from an honest value: eight digits in DE 41, forty-two in DE 90. `decode` quotes
bitmaps, so it is not asked to hide what stands in the place of one.
"""

import shutil
import socket

import pytest
from typer.testing import CliRunner

from switch.cli.decode import app as decode
from tests.e2e import leaks
from tests.peers.parties import (
    STRANGERS_KEYS,
    card_of,
    open_bank,
    open_till,
    pin_block_of,
    printed,
    track2_of,
    with_bank,
    with_two_wires,
    write,
)
from tests.peers.processes import RunningSwitch, run

AMEX = "378282246310005"
"""A published test number that is short enough for DE 42."""


class Plant:
    """One run of the strangers against a switch.

    `secrets` is what they used, by name; `sent` every message, `sinks` everything that the switch wrote meanwhile, by name.
    """

    def __init__(self, tree):
        card, mastercard = card_of(tree), next(card for card in tree["issuer"]["cards"] if card["pan"].startswith("5"))
        self.tree, self.card, self.mastercard = tree, card, mastercard
        self.track2 = track2_of(tree)
        self.secrets = {
            "PAN": card["pan"],
            "PAN of the bank": mastercard["pan"],
            "PAN in DE 42": AMEX,
            "track": self.track2,
            # Expiry to CVV; the CVV alone is three digits, which are everywhere.
            "discretionary data": self.track2.partition("=")[2],
            "clear PIN block": pin_block_of(card),
            "clear PIN block of the bank": pin_block_of(mastercard),
            **{f"key {entry['name']}": bytes.fromhex(entry["value"]) for entry in tree["keys"]},
        }
        self.sent = []
        self.sinks = {}

    def send(self, till, order):
        """Have a till send an order; its message, and its PIN block when it has one, are noted."""
        answer = till.ask(order)
        assert not answer.get("closed"), "the connection lives"
        self.sent.append(bytes.fromhex(answer["sent"]))
        return answer

    def misplaced(self, till):
        """Orders with secrets in places that will take them; each is answered."""
        purchase = till.request("0200", 200)
        key = self.secrets["key pos.zak"]
        texts = (
            self.track2,
            f"PAN {self.card['pan']}",
            " ".join(self.card["pan"][at : at + 4] for at in range(0, 16, 4)),
            key.hex(),
            key.hex().upper(),
            pin_block_of(self.card).hex(),
        )
        for text in texts:
            yield till.request("0200", 200) | {"fields": till.request("0200", 200)["fields"] | {"48": text}}
            yield self._with(till, {"43": text[:40].ljust(40)})
        yield self._with(till, {"42": AMEX})
        yield self._with(till, {"42": AMEX}) | {"mac": "wrong"}
        yield self._with(till, {"2": self.mastercard["pan"]})
        yield self._with(till, {"35": self.card["pan"] + "0"})
        yield self._with(till, {"35": self.track2.replace("=", "")}) | {"mac": "none"}
        yield {"mti": "0800", "fields": till.network("301")["fields"] | {"48": self.track2}}
        yield {"mti": "0800", "fields": till.network("999")["fields"] | {"48": self.track2}}
        yield purchase | {"pin": "9999"}
        yield till.reversal(purchase)

    def malformed(self):
        """Messages that are none, made of secrets; some are answered, some are not."""
        pan, track = self.card["pan"].encode(), self.track2.encode()
        key = self.secrets["key pos.zpk"]
        yield pan
        yield track
        yield b"02007220000000000000" + b"99" + pan + track
        yield key
        yield b"GET /?pan=" + pan + b" HTTP/1.1\r\n\r\n"
        yield self.track2.encode("cp500")

    def bitmaps(self):
        """Messages with a secret in the place of a bitmap."""
        pan, track = self.card["pan"].encode(), self.track2.encode()
        key = self.secrets["key pos.zpk"].hex().upper().encode()
        yield b"0200" + track
        yield b"0200" + pan + track
        yield b"0200F220000000000000" + pan + pan + track
        yield b"0200" + key + key
        yield bytes.fromhex(self.card["pan"]) * 4
        yield bytes.fromhex("0200" + self.card["pan"] * 3)

    @staticmethod
    def _with(till, fields):
        order = till.request("0200", 200)
        return order | {"fields": order["fields"] | fields}


@pytest.fixture(scope="module", params=["console", "json"])
def plant(request, tmp_path_factory):
    """The run, with either format of the log."""
    place, base = tmp_path_factory.mktemp("plant"), with_two_wires(printed())
    with open_bank(base) as bank:
        tree = with_bank(base, bank.port, 10_000, prefix="5")
        plant = Plant(tree)
        words = ["--config", write(tree, place), *(["--json"] if request.param == "json" else [])]
        with RunningSwitch(*words, state=place / "state") as switch:
            switch.wait_for("bank is online")
            for link in ("pos", "pos-binary"):
                _talk(plant, switch, link)
            _shout(plant, switch)
            forwarded = bank.wait_for("0200")["fields"]
            plant.secrets["PIN block under the bank's key"] = bytes.fromhex(forwarded["52"])
            shutil.copytree(place / "state", place / "running")
            assert switch.stop() == 0
            plant.sinks["serve, standard output"] = "\n".join(switch.output.all()).encode()
            plant.sinks["serve, standard error"] = "\n".join(switch.complaints.all()).encode()
    for state in (place / "running", place / "state"):
        plant.sinks |= {f"{file.parent.name}/{file.name}": file.read_bytes() for file in state.iterdir()}
    for words in (("show",), ("show", "--json"), ("verify",)):
        shown = run("journal", words[0], place / "state", *words[1:])
        plant.sinks[f"journal {' '.join(words)}"] = shown.raw_output + shown.raw_complaints
    return plant


def _talk(plant, switch, link):
    """Pay honestly, then say everything that can be said wrongly, on one connection that lives through it."""
    with open_till(plant.tree, switch.port(link), link) as till:
        for order in (
            till.request("0200", 6_000),
            till.request("0100", 6_000),
            till.keyed("0200", 6_000, plant.mastercard),
            till.request("0200", 6_000) | {"mac": "wrong"},
        ):
            answer = plant.send(till, order)
            assert answer["fields"]["39"] in ("00", "63")
            name = f"PIN block {len(plant.sent)} on {link}"
            plant.secrets[name] = _pin_block_in(plant.sent[-1], link)
        if link == "pos":
            for order in plant.misplaced(till):
                plant.send(till, order)
        for message in plant.malformed():
            plant.send(till, {"raw": message.hex(), "deaf": True})
        for message in plant.bitmaps():
            till.ask({"raw": message.hex(), "deaf": True})
        till.ask({"mti": "0800", "fields": till.network("301")["fields"], "deaf": True})


def _pin_block_in(message, link):
    """The enciphered PIN block of a purchase, which stands right before its MAC."""
    return bytes.fromhex(message[-32:-16].decode()) if link == "pos" else message[-16:-8]


def _shout(plant, switch):
    """Put secrets where a length belongs; all but one of them end the stream there."""
    for link in ("pos", "pos-binary"):
        for data in (plant.track2.encode(), plant.secrets["key pos.zak"], bytes.fromhex(plant.card["pan"])):
            with socket.create_connection(("127.0.0.1", switch.port(link)), timeout=10) as stream:
                stream.sendall(data)
    switch.complaints.wait(lambda lines: sum("frame.error" in line for line in lines) == 5)


def test_the_plant_is_there(plant):
    """The run did what it should: it logged, journalled, refused, and the secrets were on the wire."""
    told = plant.sinks["serve, standard error"].decode()
    for words in ("approved", "wrong MAC", "exchange.answered", "message.unreadable", "frame.error", "request.refused"):
        assert words in told
    assert plant.sinks["journal verify"].startswith(b"chain: good")
    wire = b"".join(plant.sent)
    unsent = {"PAN of the bank", "clear PIN block of the bank", "clear PIN block", "PIN block under the bank's key"}
    for name in plant.secrets.keys() - unsent:
        if not name.startswith("key ") or name in ("key pos.zak", "key pos.zpk"):
            assert leaks.find(wire, {name: plant.secrets[name]}), name


def test_no_sink_holds_a_secret(plant):
    """Neither the journal's files, running or stopped, nor the logs, nor what `journal` prints, holds any of them."""
    found = {name: leaks.find(data, plant.secrets) for name, data in plant.sinks.items()}
    assert {name: secrets for name, secrets in found.items() if secrets} == {}


def test_decode_shows_none(plant):
    """`decode` of each of those messages, as hexadecimal, as a file, for people and for programs, shows none of them."""
    for message in plant.sent:
        for words in ([], ["--json"]):
            for source, stdin in ((message.hex(), None), ("-", message)):
                shown = CliRunner().invoke(decode, [*words, source], input=stdin)
                assert shown.exit_code in (0, 4), shown.exception
                assert leaks.find(shown.stdout_bytes + shown.stderr_bytes, plant.secrets) == [], shown.output


def test_what_is_asked_for_is_shown(plant):
    """The scan would have seen them: `--print-config` and `decode --show-secrets` hold what they were asked for."""
    config = run("serve", "--print-config").raw_output
    names = {entry["name"] for entry in STRANGERS_KEYS}
    for name in plant.secrets:
        if name.startswith("key ") and name.removeprefix("key ") not in names:
            assert leaks.find(config, {name: plant.secrets[name]}), name
    assert leaks.find(config, {"PAN": plant.secrets["PAN"]})
    shown = CliRunner().invoke(decode, ["--show-secrets", plant.sent[0].hex()]).stdout_bytes
    assert leaks.find(shown, {"track": plant.secrets["track"]})
