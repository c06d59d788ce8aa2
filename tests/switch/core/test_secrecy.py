"""The audit of every test searches for secrets; here it is shown that it finds them, and that the core's values hide theirs."""

import base64

import pytest

from switch.core.incoming import Incoming
from switch.ledger.records import KeyEvent
from switch.machine import Append, Send
from switch.wire.translate import request_of


@pytest.mark.parametrize("form", ["plain", "hex", "lower hex", "base64", "base64 inside"])
def test_the_search_finds_what_it_is_told_to_find(new_desk, wallet, form):
    """A number planted in a record in each encoding ends the audit."""
    desk = new_desk()
    pos = desk.connect()
    pos.ask(wallet.pay(pin="1234"))
    pan = wallet.pan("visa-mag")
    text = {
        "plain": pan,
        "hex": pan.encode().hex().upper(),
        "lower hex": pan.encode().hex(),
        "base64": base64.b64encode(pan.encode()).decode(),
        "base64 inside": base64.b64encode(b"x" + pan.encode() + b"xyz").decode(),
    }[form]
    desk.audit()
    desk.journal[-1] = type(desk.journal[-1])(1, 1, "x", f"...{text}...".encode(), bytes(32))
    with pytest.raises(AssertionError, match="secret"):
        desk._search(desk.journal[-1].body.decode())


def test_no_command_but_a_send_shows_card_data(desk, pos, bank, wallet):
    """Every command of a purchase by chip and of a forwarded one: only the bytes themselves hold the card."""
    for values in (wallet.pay_by_chip(pin="1234"), wallet.pay("mc-chip", pin="4315", stan=2)):
        pos.post(values)
        shown = [repr(command) for command in desk.commands if not isinstance(command, Send)]
        secrets = [values[de] for de in (2, 35, 52, 55) if de in values]
        assert any(isinstance(command, Append) for command in desk.commands)
        assert not [secret for secret in secrets for text in shown if secret in text]


def test_what_flows_pass_around_hides_its_card(desk, pos, wallet):
    """Request, message and incoming in a traceback or a log line."""
    values = wallet.pay_by_chip(pin="1234")
    message = pos.message(values)
    shown = repr(
        (request_of(message, pin_key="pos.zpk"), message, Incoming(message, desk.traffic.connections[pos.conn], pos.plan.keys))
    )
    assert not [de for de in (2, 35, 52, 55) if values[de] in shown]
    assert "476173******0119" in shown


def test_the_hsms_events_name_keys_and_no_values(desk, pos, wallet):
    """A wrong PIN, a wrong CVV and a wrong cryptogram: one event each, in the journal before the answer."""
    pos.ask(wallet.pay(pin="9999"))
    pos.ask(wallet.pay(stan=2, d35=wallet.track2("visa-mag", value="000")))
    pos.ask(wallet.pay_by_chip(stan=3, changed={"t9F26": "00" * 8}))
    events = [record for record in desk.records if isinstance(record, KeyEvent)]
    assert [(event.operation, event.result) for event in events] == [
        ("verify-pin-pvv", "failed"),
        ("verify-cvv", "failed"),
        ("verify-arqc-generate-arpc", "failed"),
    ]
    kinds = [type(command).__name__ for command in desk.commands]
    assert kinds.index("Append") < kinds.index("Send")


def test_every_append_of_a_turn_comes_before_what_depends_on_it(desk, pos, bank, wallet):
    """In no turn of a varied dialogue does an answer stand before its own record, or the HSM's event behind the answer."""
    script = [
        wallet.pay(pin="9999"),
        wallet.pay(stan=2),
        wallet.undo(wallet.pay(stan=2)),
        wallet.pay_by_chip(stan=3, pin="1234"),
    ]
    for values in script:
        pos.post(values)
        kinds = [type(command) for command in desk.commands]
        assert Send in kinds
        assert Append not in kinds[kinds.index(Send) :]
