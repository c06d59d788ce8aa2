"""Proves on live sockets that a client without manners harms at most itself: in a hurry, slow, deaf, silent, or not signed on.

Beside it tills pay on connections that were open before, and their money moves by exactly what they pay. Bytes that are wrong
in themselves are the business of `tests/hostile`.
"""

import collections
import contextlib
import re
import socket

import pytest

from tests.peers.parties import card_of, open_till, printed, with_two_wires, write
from tests.peers.processes import PATIENCE_S, RunningSwitch, balance, of_kind, records


@pytest.fixture(scope="module")
def tree():
    """Both wires, and a third listener on which nothing may be asked before a sign-on."""
    tree = with_two_wires(printed())
    tree["links"].append(tree["links"][0] | {"name": "guarded", "sign_on": "required"})
    return tree


@pytest.fixture(scope="module")
def switch(tree, tmp_path_factory):
    """A switch by that configuration."""
    place = tmp_path_factory.mktemp("switch")
    with RunningSwitch("--config", write(tree, place), state=place / "state") as running:
        yield running
        assert running.stop() == 0
        assert "Traceback" not in running.text()
        assert not [line for line in running.complaints.all() if line.split()[1] == "error"], "none of this is our own fault"


@pytest.fixture(scope="module")
def tills(switch, tree):
    """A till on each open listener, connected before anybody attacks."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(open_till(tree, switch.port(link), link, terminal_id))
            for link, terminal_id in (("pos", "HONEST01"), ("pos-binary", "HONEST02"))
        ]


@pytest.fixture
def undisturbed(switch, tree, tills):
    """The tills pay around the test, and exactly what they pay is booked."""
    account = card_of(tree)["account"]
    before = balance(records(switch.state), account)
    for till in tills:
        assert till.ask(till.request("0200", 150))["fields"]["39"] == "00"
    yield
    for till in tills:
        assert till.ask(till.request("0200", 150))["fields"]["39"] == "00"
    after = balance(records(switch.state), account)
    assert (before[0] - after[0], after[1] - before[1]) == (600, 0)


def _connect(switch, link):
    return socket.create_connection(("127.0.0.1", switch.port(link)), timeout=PATIENCE_S)


def test_a_format_error_is_answered(switch, tree, undisturbed):
    """A message with readable key fields and one wrong element is answered 30, and books nothing."""
    with open_till(tree, switch.port(), terminal_id="CLUMSY02") as till:
        order = till.request("0200", 150)
        sound = till.ask(order | {"mac": "none"})["sent"]
        currency = b"978".hex()
        assert sound.count(currency) == 1
        answer = till.ask({"raw": sound.replace(currency, b"97X".hex())})
        assert (answer["mti"], answer["fields"]["39"]) == ("0210", "30")
        assert answer["fields"]["11"] == order["fields"]["11"]
        assert not list(of_kind(records(switch.state), "answered", "CLUMSY02"))


def test_a_message_without_elements(tree, switch, undisturbed):
    """An MTI and an empty bitmap are a message: unsigned, so it is refused as 63, and the connection lives."""
    with open_till(tree, switch.port(), terminal_id="CLUMSY03") as till:
        answer = till.ask({"raw": (b"0200" + b"0" * 16).hex()})
        assert (answer["mti"], answer["fields"].keys(), answer["fields"]["39"]) == ("0210", {"39", "64"}, "63")
        assert till.ask(till.network("301"))["mti"] == "0810"


def test_no_traffic_before_a_sign_on(switch, tree, undisturbed):
    """A request before the sign-on is refused and books nothing; after it, it passes; after the sign-off, it does not."""
    with open_till(tree, switch.port("guarded"), "guarded", "STRANGER") as till:
        order = till.request("0200", 150)
        assert till.ask(order)["fields"]["39"] == "12"
        assert not list(of_kind(records(switch.state), "answered", "STRANGER"))
        assert "no traffic before a sign-on" in switch.wait_for("STRANGER")
        assert till.ask(till.network("001"))["fields"]["39"] == "00"
        approved = till.ask(order)
        assert approved["fields"]["39"] == "00"
        assert till.ask(till.reversal(order))["fields"]["39"] == "00", "so that the money is as before"
        assert till.ask(till.network("002"))["fields"]["39"] == "00"
        assert till.ask(till.request("0200", 150))["fields"]["39"] == "12"


@pytest.mark.parametrize("link", ["pos", "pos-binary"])
def test_single_bytes(switch, tree, undisturbed, link):
    """A message that comes byte by byte is a message."""
    with open_till(tree, switch.port(link), link, "SLOWLY01") as till:
        order = till.request("0200", 150, slice=1)
        assert till.ask(order)["fields"]["39"] == "00"
        assert till.ask(till.reversal(order) | {"slice": 1})["fields"]["39"] == "00"


def test_five_hundred_at_once(switch, tree):
    """500 requests before the first answer is read: each is answered, in order, and booked once."""
    with open_till(tree, switch.port(), terminal_id="HASTY001") as till:
        orders = [till.request("0200", 100 + number) for number in range(500)]
        answers = till.ask({"batch": orders})["answers"]
    assert [answer["fields"]["11"] for answer in answers] == [order["fields"]["11"] for order in orders]
    assert {(answer["fields"]["39"], answer["mac"]) for answer in answers} == {("00", "good")}
    booked = list(of_kind(records(switch.state), "answered", "HASTY001"))
    assert sorted(-record["postings"][0]["minor"] for record in booked) == list(range(100, 600))


def test_answers_that_nobody_reads(switch, tree):
    """Whoever asks and leaves without reading has each purchase booked, or booked and undone: never half of it."""
    with open_till(tree, switch.port(), terminal_id="RUDE0001") as till:
        orders = [till.request("0200", 150) for _ in range(20)]
        for order in orders:
            till.ask(order | {"deaf": True})
        switch.wait_for(f"STAN {orders[0]['fields']['11']} of RUDE0001")
        # The last one that has come is its own: it has been heard, and nobody comes meanwhile.
        mine = [line for line in switch.complaints.all() if "[link.opened]" in line][-1]
        connection = re.search(r"connection \d+ of pos", mine)[0]
        till.client.program.process.kill()
        till.client.program.wait()
    switch.wait_for(f"{connection}: ")  # What it has asked and was still to be read may go with it.
    journal = [record for record in records(switch.state) if "RUDE0001" in record.get("key", "")]
    undone = {record["key"] for record in journal if record["type"] == "reversed"}
    booked = collections.Counter()
    for record in journal:
        booked[record["key"]] += sum(posting["minor"] for posting in record.get("postings", ()))
    assert 1 <= len(booked) <= 20
    assert booked == {key: 0 if key in undone else -150 for key in booked}


def test_many_connections_that_say_nothing(switch, undisturbed):
    """Two hundred silent connections are simply there."""
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(_connect(switch, "pos"))
