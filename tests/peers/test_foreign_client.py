"""Proves that somebody else's client, written from `--print-config` alone, can pay, and that what is refused books nothing."""

import pytest

from tests.peers.processes import balance, of_kind, records


def test_authorisation_with_pin(till, switch, card):
    """An 0100 with track 2 and PIN is approved: DE 38, the echo set, a MAC that psec verifies, and a hold in the journal."""
    order = till.request("0100", 6_000)
    answer = till.ask(order)
    assert answer["mti"] == "0110"
    assert answer["fields"]["39"] == "00"
    assert len(answer["fields"]["38"]) == 6
    assert answer["mac"] == "good"
    for de in ("3", "4", "7", "11", "12", "13", "41", "42", "49"):
        assert answer["fields"][de] == order["fields"][de], f"DE {de} is echoed"
    assert not answer["fields"].keys() & {"35", "52"}, "track and PIN block do not come back"
    (booked,) = of_kind(records(switch.state), "answered", _key(order))
    assert booked["approved"] is True
    assert (booked["hold"]["minor"], booked["hold"]["account"]) == (6_000, card["account"])


def test_purchase(till, switch, card):
    """An 0200 is approved and books at once."""
    before = balance(records(switch.state), card["account"])
    order = till.request("0200", 12_345)
    answer = till.ask(order)
    assert (answer["mti"], answer["fields"]["39"], answer["mac"]) == ("0210", "00", "good")
    after = balance(records(switch.state), card["account"])
    assert (after[0] - before[0], after[1] - before[1]) == (-12_345, 0)


@pytest.mark.parametrize("mac", ["wrong", "none"])
def test_wrong_mac(till, switch, card, mac):
    """With one bit of the MAC changed, or without one, the request is refused as 63 and leaves nothing in the books."""
    before = balance(records(switch.state), card["account"])
    order = till.request("0200", 5_000, mac=mac)
    answer = till.ask(order)
    assert (answer["mti"], answer["fields"]["39"], answer["mac"]) == ("0210", "63", "good")
    assert "38" not in answer["fields"]
    journal = records(switch.state)
    assert not list(of_kind(journal, "answered", _key(order)))
    assert balance(journal, card["account"]) == before
    again = till.ask(order | {"mac": "good"})
    assert again["fields"]["39"] == "00", "what was refused has not used up its key"


@pytest.mark.parametrize("mti", ["0100", "0101"])
def test_repeat(till, switch, card, mti):
    """The same request once more, marked as a repeat or not, gets the same DE 38 and changes nothing."""
    order = till.request("0100", 2_000)
    first = till.ask(order)
    before = balance(records(switch.state), card["account"])
    again = till.ask(order | {"mti": mti})
    assert again["fields"] == first["fields"] | {"64": again["fields"]["64"]}
    assert again["mac"] == "good"
    journal = records(switch.state)
    assert len(list(of_kind(journal, "answered", _key(order)))) == 1
    assert balance(journal, card["account"]) == before


@pytest.mark.parametrize("mti", ["0100", "0200"])
def test_reversal(till, switch, card, mti):
    """An 0400 undoes the hold of an 0100 and the posting of an 0200, once; its MAC is in DE 128."""
    before = balance(records(switch.state), card["account"])
    order = till.request(mti, 3_300)
    assert till.ask(order)["fields"]["39"] == "00"
    assert balance(records(switch.state), card["account"]) != before
    undo = till.reversal(order)
    for _ in range(2):
        answer = till.ask(undo)
        assert (answer["mti"], answer["fields"]["39"], answer["mac"]) == ("0410", "00", "good")
        assert "128" in answer["fields"]
        assert balance(records(switch.state), card["account"]) == before
    assert len(list(of_kind(records(switch.state), "reversed", _key(order)))) == 1
    assert till.ask(order)["fields"]["39"] == "21", "what is reversed stays reversed"


def test_wrong_pin(till, switch):
    """A wrong PIN is declined as 55 with the tries that are left in the journal; the right one is taken afterwards."""
    order = till.request("0200", 6_000, pin="9999")
    assert till.ask(order)["fields"]["39"] == "55"
    (declined,) = of_kind(records(switch.state), "answered", _key(order))
    assert (declined["reason"], declined["pin_tries"]) == ("wrong-pin", 2)
    assert till.ask(till.request("0200", 6_000))["fields"]["39"] == "00"


def test_echo(till):
    """An 0800 with DE 70 = 301 is answered with an 0810, signed, that echoes it."""
    order = till.network("301")
    answer = till.ask(order)
    assert (answer["mti"], answer["fields"]["39"], answer["mac"]) == ("0810", "00", "good")
    assert {de: answer["fields"][de] for de in ("7", "11", "70")} == order["fields"]


def test_many_at_once(till):
    """Twenty requests in one write are all answered, in order."""
    orders = [till.request("0200", 100 + number) for number in range(20)]
    answers = till.ask({"batch": orders})["answers"]
    assert [answer["fields"]["4"] for answer in answers] == [order["fields"]["4"] for order in orders]
    assert {answer["fields"]["39"] for answer in answers} == {"00"}
    assert len({answer["fields"]["38"] for answer in answers}) == 20


def _key(order):
    """A part of the transaction's key that no other request of these tests has: MTI, terminal, STAN and DE 7."""
    fields = order["fields"]
    return f"/{order['mti']}/{fields['41']}/{fields['11']}/{fields['7']}"
