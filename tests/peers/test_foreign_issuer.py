"""Proves that somebody else's issuer host is spoken to as it was promised: keys, numbers, reversals, repeats of reversals."""

import pytest

from tests.peers.parties import open_bank, open_till, track2_of, with_bank, write
from tests.peers.processes import RunningSwitch, of_kind, records

APPROVED, DECLINED, SILENT, LATE = 4_200, 4_251, 4_268, 4_269
"""Amounts in minor units; `foreign_issuer.HABITS` says what their last two digits do."""

RESPONSE_TIMEOUT_MS = 3_000
"""Enough for an issuer on a slow machine. Two tests wait for its end."""


@pytest.fixture(scope="module")
def bank(configuration):
    """The foreign issuer's host."""
    with open_bank(configuration) as opened:
        yield opened


@pytest.fixture(scope="module")
def switch(bank, configuration, place):
    """A switch that has signed on at the bank."""
    file = write(with_bank(configuration, bank.port, RESPONSE_TIMEOUT_MS), place)
    with RunningSwitch("--config", file, state=place / "state") as running:
        running.wait_for("bank is online")
        yield running


@pytest.fixture(scope="module")
def till(switch, configuration):
    """A till on the ASCII listener: what it says is recast for the bank."""
    with open_till(configuration, switch.port()) as opened:
        yield opened


def test_sign_on(bank, switch):
    """The switch signs on with an 0800, DE 70 = 001, signed under the link's MAC key."""
    assert bank.wait_for("0800", de_70="001")["mac"] == "good"


def test_approval(bank, till, card, configuration):
    """The PIN block arrives under the issuer's key and opens to the PIN; the answer carries the issuer's own DE 38."""
    order = till.request("0200", APPROVED)
    answer = till.ask(order)
    assert (answer["mti"], answer["fields"]["39"], answer["mac"]) == ("0210", "00", "good")
    assert answer["fields"]["38"].startswith("F"), "the approval code is the issuer's"
    assert answer["fields"]["11"] == order["fields"]["11"], "the till gets its own STAN back"
    forwarded = bank.wait_for("0200", de_4=order["fields"]["4"])
    assert forwarded["mac"] == "good"
    assert forwarded["pin"] == card["pin"]
    assert forwarded["fields"]["35"] == track2_of(configuration).replace("=", "D"), "the track is packed for this wire"
    for de in ("3", "4", "12", "13", "22", "25", "41", "42", "49"):
        assert forwarded["fields"][de] == order["fields"][de], f"DE {de} passes through"


def test_decline(bank, till):
    """The issuer's "no" reaches the till as it was said, without an approval code; nothing is reversed."""
    answer = till.ask(till.request("0200", DECLINED))
    assert (answer["fields"]["39"], "38" in answer["fields"]) == ("51", False)
    assert not bank.heard("0420", de_4=f"{DECLINED:012d}")


def test_silence(switch, bank, till):
    """Silence becomes a 91 and one 0420 that names the forwarded message; it is repeated as 0421 until an 0430 comes."""
    order = till.request("0200", SILENT)
    answer = till.ask(order)
    assert (answer["fields"]["39"], answer["mac"]) == ("91", "good")
    amount = order["fields"]["4"]
    forwarded = bank.wait_for("0200", de_4=amount)["fields"]
    advice = bank.wait_for("0420", de_4=amount)
    assert advice["mac"] == "good"
    assert advice["fields"]["90"] == "0200" + forwarded["11"] + forwarded["7"] + "0" * 22
    assert advice["fields"]["2"] == forwarded["35"].partition("D")[0], "the reversal names the card"
    assert advice["fields"]["37"] == forwarded["37"]
    assert not advice["fields"].keys() & {"35", "52"}, "a reversal repeats neither track nor PIN"
    repeat = bank.wait_for("0421", de_4=amount)
    assert {de: repeat["fields"][de] for de in ("4", "11", "90")} == {de: advice["fields"][de] for de in ("4", "11", "90")}
    switch.wait_for(f"0430 STAN {advice['fields']['11']}")
    assert (len(bank.heard("0420", de_4=amount)), len(bank.heard("0421", de_4=amount))) == (1, 1)
    (owed,) = of_kind(records(switch.state), "advice-owed", f"/{order['fields']['11']}/")
    assert owed["mti"] == "0420"


def test_late_answer(switch, bank, till):
    """An answer after the timeout is recorded and goes no further: the till hears 91 once, the issuer one 0420."""
    order = till.request("0200", LATE)
    assert till.ask(order)["fields"]["39"] == "91"
    switch.wait_for("came after its exchange had ended")
    assert till.ask(till.network("301"))["mti"] == "0810", "what the till hears next is the answer to what it asks next"
    assert len(bank.heard("0420", de_4=order["fields"]["4"])) == 1
    journal = records(switch.state)
    mark = f"/{order['fields']['11']}/"
    assert len(list(of_kind(journal, "late", mark))) == 1
    assert not list(of_kind(journal, "answered", mark))
    assert till.ask(order)["fields"]["39"] == "91", "a repeat hears the same"


def test_reversal_by_the_till(bank, till):
    """An 0400 for what the issuer has approved is answered, and reaches the issuer as an 0420 of our own."""
    order = till.request("0200", APPROVED + 100)
    assert till.ask(order)["fields"]["39"] == "00"
    assert till.ask(till.reversal(order))["fields"]["39"] == "00"
    amount = order["fields"]["4"]
    forwarded = bank.wait_for("0200", de_4=amount)["fields"]
    assert bank.wait_for("0420", de_4=amount)["fields"]["90"][:20] == "0200" + forwarded["11"] + forwarded["7"]


def test_issuer_away(switch, bank, till):
    """While the bank's host is gone a request is answered 91 at once; the books of the switch have it as declined."""
    bank.program.close()
    switch.wait_for("bank is not there")
    order = till.request("0200", APPROVED)
    assert till.ask(order)["fields"]["39"] == "91"
    (answered,) = of_kind(records(switch.state), "answered", f"/{order['fields']['11']}/")
    assert answered["reason"] == "issuer-unavailable"
