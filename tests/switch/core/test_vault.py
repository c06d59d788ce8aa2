"""Vaults: what a reversal will need and no more, readable by the HSM alone, and only for the transaction it belongs to."""

import pytest

from keys.errors import ProtectionMismatch
from switch.core.vault import KEPT, close_vault, naming, open_vault
from switch.wire import DIALECTS

KEY = "pos/0200/TERM0001/000001/0101000000"


@pytest.fixture
def vault(desk, pos, bank, wallet):
    """The vault of a purchase by chip and PIN that was forwarded with all that a card has."""
    pos.post(wallet.pay_by_chip("mc-chip", pin="4315", d43="SHOP".ljust(40), d48="PRIVATE"))
    bank.take()
    return desk.state.transactions[KEY].vault


def test_a_vault_keeps_what_a_reversal_says(desk, vault, wallet):
    """The card's number, amount, places and DE 90; of PIN, track and chip nothing, not even enciphered."""
    fields = open_vault(desk, KEY, vault)
    assert (fields[2], fields[4], fields[43]) == (wallet.pan("mc-chip"), "000000001250", "SHOP".ljust(40))
    assert set(fields) <= {*KEPT, 90}
    assert not {35, 45, 48, 52, 55} & set(fields)
    assert fields[90] == "0200" + "000001" + "0101000000" + "00000000001" + "0" * 11


def test_a_vault_opens_for_its_own_transaction_only(desk, vault):
    """Moved to another record, or with one bit changed, it does not open."""
    with pytest.raises(ProtectionMismatch):
        open_vault(desk, KEY + "0", vault)
    with pytest.raises(ProtectionMismatch):
        open_vault(desk, KEY, bytes([vault[0] ^ 1]) + vault[1:])


def test_what_is_closed_opens_again(desk, vault):
    """Whatever fields there are."""
    plain = {2: "4111111111111111", 32: "42"}
    about = {"mti": "0100", "stan": "000009", "transmitted": "0101000000", "wall_ms": desk.now.wall_ms}
    fields = naming(DIALECTS["iso87-ascii"], plain, **about)
    assert fields[90] == "0100" + "000009" + "0101000000" + "00000000042" + "0" * 11
    assert open_vault(desk, "k", close_vault(desk, "k", fields)) == fields


def test_a_reversal_of_a_stripe_has_no_track_and_no_pin(desk, pos, bank, wallet):
    """Neither in the first attempt nor in its repeat after a restart."""
    pos.post(wallet.pay("mc-chip", pin="4315", stan=2))
    bank.take()
    desk.wait(20_000)
    assert not {35, 52, 55} & set(bank.take()[-1].fields)
    desk.restart()
    assert not {35, 52, 55} & set(desk.connect("bank").take()[-1].fields)
