"""Paying by chip and by tap: the card proves itself, the issuer proves itself back, and nothing is believed twice."""

import pytest

from switch.issuer.accounts import CSU_APPROVED
from switch.wire.tlv import parse_flat


def issuer_answer(message):
    """Tag 91 of an answer: ARPC and card status update."""
    data = parse_flat(bytes.fromhex(message[55]))["91"]
    return data[:4], data[4:]


def test_a_chip_is_verified_and_answered_with_a_right_arpc(desk, pos, wallet):
    """The issuer proves itself to the card: tag 91 is the ARPC over the card's own ARQC, with its card status update."""
    answer = pos.ask(wallet.pay_by_chip(atc=7, pin="1234"))
    assert answer[39] == "00"
    arpc, csu = issuer_answer(answer)
    assert csu == CSU_APPROVED
    assert arpc == wallet.arpc("visa-chip", minor=1250, atc=7, csu=csu)
    assert desk.balance("ACC-VISA") == 98_750


def test_a_repeat_gets_the_same_arpc(pos, wallet):
    """The first answer once more, DE 55 and DE 38 included; the counter is not held against the repeat."""
    first = pos.ask(wallet.pay_by_chip(atc=7, pin="1234"))
    again = pos.ask(wallet.pay_by_chip(atc=7, pin="1234", mti="0201"))
    assert [again[de] for de in (38, 39, 55)] == [first[de] for de in (38, 39, 55)]


@pytest.mark.parametrize(
    "changed",
    [
        {"t9F26": "0011223344556677"},
        {"t9F02": "000000000001"},
        {"t9F37": "00000000"},
        {"t95": "0000000000"},
        {"t9F36": "0009"},
        {"t9F10": "06011203A00001"},
        {"t9F10": "06011103A00000"},
        {"t9F26": ""},
        {"t9F36": ""},
        {"t9F36": "000008"},
        {"t9F37": "A1B2C3D400"},
    ],
)
def test_a_cryptogram_over_other_data_is_refused(desk, pos, wallet, changed):
    """Any covered object changed, missing or of another length, or an unknown version: 05, no ARPC, no money, no counter."""
    answer = pos.ask(wallet.pay_by_chip(atc=7, pin="1234", changed=changed))
    assert answer[39] == "05"
    assert 55 not in answer
    assert desk.balance("ACC-VISA") == 100_000
    assert pos.ask(wallet.pay_by_chip(atc=7, stan=2, pin="1234"))[39] == "00", "the counter was not used up"


def test_a_counter_is_never_used_twice(desk, pos, wallet):
    """The same cryptogram in another message, and an older counter, are replays."""
    assert pos.ask(wallet.pay_by_chip(atc=7, pin="1234"))[39] == "00"
    assert pos.ask(wallet.pay_by_chip(atc=7, stan=2, pin="1234"))[39] == "05"
    assert pos.ask(wallet.pay_by_chip(atc=6, stan=3, pin="1234"))[39] == "05"
    assert pos.ask(wallet.pay_by_chip(atc=8, stan=4, pin="1234"))[39] == "00"
    assert desk.balance("ACC-VISA") == 97_500


def test_a_counter_is_remembered_over_a_restart(desk, pos, wallet):
    """A replay is one tomorrow too."""
    pos.ask(wallet.pay_by_chip(atc=7, pin="1234"))
    desk.restart()
    assert desk.connect().ask(wallet.pay_by_chip(atc=7, stan=2, pin="1234"))[39] == "05"


def test_the_amount_asked_for_is_the_amount_signed(desk, pos, wallet):
    """A right cryptogram over 12.50 does not pay 99.99, nor 12.50 of another currency."""
    assert pos.ask(wallet.pay_by_chip(atc=1, pin="1234", d4="000000009999"))[39] == "05"
    assert pos.ask(wallet.pay_by_chip(atc=2, stan=2, pin="1234", changed={"currency": "392"}))[39] == "05"
    assert desk.balance("ACC-VISA") == 100_000


@pytest.mark.parametrize("results", ["03800000", "03900000", "03200000", "03600000"])
def test_a_cryptogram_that_asks_for_nothing_approves_nothing(desk, pos, wallet, results):
    """A card that declined (AAC) or approved offline (TC) has made a right cryptogram too, and it is none for going online."""
    assert pos.ask(wallet.pay_by_chip(atc=1, pin="1234", changed={"results": results}))[39] == "05"
    assert desk.balance("ACC-VISA") == 100_000


@pytest.mark.parametrize("entry", ["051", "071"])
def test_a_chip_without_chip_data_is_refused(pos, wallet, entry):
    """Saying that a chip was read is not enough."""
    assert pos.ask(wallet.pay("visa-chip", entry=entry, pin="1234"))[39] == "05"


def test_a_tap_below_the_limit_needs_no_pin_and_above_it_does(desk, pos, wallet):
    """Contactless: 50.00 passes, 50.01 is asked for a PIN and passes with it."""
    assert pos.ask(wallet.pay_by_chip(entry="071", minor=5_000, atc=1))[39] == "00"
    assert pos.ask(wallet.pay_by_chip(entry="071", minor=5_001, atc=2, stan=2))[39] == "1A"
    assert pos.ask(wallet.pay_by_chip(entry="071", minor=5_001, atc=3, stan=3, pin="1234"))[39] == "00"
    assert desk.balance("ACC-VISA") == 89_999


@pytest.mark.parametrize("icc", ["9F26", "9F2608", "00", "9F0201009F020100", "FF" * 30, "9F260801020304050607080F"])
def test_chip_data_that_is_no_tlv_is_a_format_error(desk, pos, wallet, icc):
    """DE 55 cut off, with a tag twice, or of noise: 30 and nothing booked."""
    assert pos.ask(wallet.pay("visa-chip", entry="051", d55=icc, d35=""))[39] in ("30", "05")
    assert desk.balance("ACC-VISA") == 100_000
