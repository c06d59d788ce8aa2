"""What a terminal writes and tells holds no card data, PIN or key, in any spelling."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from keys.lab import lab_key
from keys.sensitive import Secret
from switch.domain.money import Money
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Order
from terminal_sim.card import Card
from terminal_sim.card.apdu import Command, encode_command
from terminal_sim.terminal import Complete, Entry, TransactionKind, Void
from terminal_sim.terminal.explain import masked_objects

Bench = Any
MakeBench = Callable[..., Bench]
MakePay = Callable[..., Order]


@pytest.mark.parametrize("explain", [False, True])
def test_nothing_secret_is_written_or_told(
    explain: bool, make_bench: MakeBench, pay: MakePay, wallet: dict[str, Card], eur: Callable[[str], Money]
) -> None:
    """Over a day of all entries, a bad MAC, garbage, a void, a completion and a reversal, no sink holds a planted value."""
    bench = make_bench(wallet=wallet, explain=explain)
    bench.order(pay(pin=Secret(b"73519264")))
    bench.open()
    blocks = []
    for entry in Entry:
        request = bench.heard()
        blocks.append(bytes.fromhex(request.get("52", "")))
        bench.say(bench.host.answer(request), mac=bytes(8))
        bench.say(bench.host.answer(request))
        bench.order(Void(original=bench.receipt().key))
        bench.say(bench.host.answer(bench.heard()))
        bench.order(pay(entry=entry, amount="60.00", pin=Secret(b"73519264"), kind=TransactionKind.AUTHORISATION))
    bench.say(bench.host.answer(bench.heard()))
    bench.order(Complete(original=bench.receipt().key, amount=eur("1.00")))
    bench.wait(30_000)
    told = [f"{notice!r}" for notice in bench.notices]
    written = [f"{sealed.body!r}" for sealed in bench.journal]
    reprs = [repr(pay(pin=Secret(b"73519264"))), repr(wallet), repr(bench.terminal.books.attempts)]
    sinks = "\n".join((*told, *written, *reprs)).upper()
    for name, spelling in _spellings(wallet, blocks):
        assert spelling.upper() not in sinks, f"{name} was found"


def test_objects_are_shown_by_tag_and_hidden_by_default() -> None:
    """Known harmless values are shown, card data and unknown tags are starred, and what is no TLV is all stars."""
    data = "770E" + "82021C00" + "5A024761" + "DF010141"
    assert masked_objects(bytes.fromhex("770C82021C005A024761DF010141")) == "770C82021C005A02****DF0101**"
    assert masked_objects(bytes.fromhex(data)) == "*" * len(data)


def test_steps_name_each_command_and_message(make_bench: MakeBench, pay: MakePay) -> None:
    """With `explain` the dialogue with the card and both messages to and from the host are told in order."""
    bench = make_bench(explain=True)
    request = bench.online(pay())
    bench.say(bench.host.answer(request, de_55=bench.host.issuer_authentication(request)))
    steps = [dict(notice.facts)["step"] for notice in bench.notices if notice.kind == "terminal.step"]
    assert steps == [
        "SELECT A0000000031010",
        "GET PROCESSING OPTIONS",
        "READ RECORD file 1 record 1",
        "READ RECORD file 2 record 1",
        "READ RECORD file 2 record 2",
        "READ RECORD file 3 record 1",
        "first GENERATE AC, ARQC",
        "to the host",
        "from the host",
        "EXTERNAL AUTHENTICATE",
        "second GENERATE AC, TC",
    ]


def _spellings(wallet: dict[str, Card], blocks: list[bytes]) -> list[tuple[str, str]]:
    """Planted values as text, hexadecimal of text, packed digits and base64."""
    card = TEST_CARDS["visa-chip"]
    record = wallet["visa-chip"].insert()
    for command in (Command(0, 0xA4, 4, 0, bytes.fromhex("A0000000031010")), Command(0x80, 0xA8, 0, 0, b"\x83\x05" + bytes(5))):
        record.transmit(encode_command(command))
    track_57 = record.transmit(encode_command(Command(0, 0xB2, 1, 0x0C)))[4:20]
    texts = {
        "PAN": card.pan.expose(),
        "PIN": "73519264",
        "track": wallet["visa-chip"].swipe().track2.expose().decode(),
        "name": card.holder,
    }
    values = {f"PIN block {number}": block for number, block in enumerate(blocks) if block}
    values |= {"tag 57": track_57}
    values |= {name: lab_key(name).secret.expose() for name in ("pos.zpk", "pos.zak", "terminal.protect", "issuer.imk-ac")}
    found = []
    for name, text in texts.items():
        found += [(name, text), (name, text.encode().hex()), (name, base64.b64encode(text.encode()).decode().rstrip("="))]
    for name, value in values.items():
        found += [(name, value.hex()), (name, base64.b64encode(value).decode().rstrip("=")), (name, repr(value)[2:-1])]
    return found
