import hashlib

import psec
import pytest

from keys.errors import KeyNotFound, KeyUsageError, MacMismatch, MalformedInput, ProtectionMismatch
from keys.lab import lab_key, lab_keystore
from keys.sensitive import Pan, Secret
from switch.wire.dialect import MAC_DEFAULT
from terminal_sim.terminal import PinPad, TerminalKeys

PAN = Pan("4761739001010119")

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")


class NoEntropy:
    """Nothing here is random."""

    def draw(self, n: int) -> bytes:
        """Fail: format 0 and MACs need no random bytes."""
        raise AssertionError(f"{n} random bytes were drawn")


@pytest.fixture
def pin_pad() -> PinPad:
    """A pad with the lab keys."""
    return PinPad(lab_keystore(), NoEntropy())


def test_pin_blocks_are_those_of_psec(pin_pad: PinPad) -> None:
    """DE 52 is format 0 under the PIN key."""
    clear = psec.pinblock.encode_pinblock_iso_0("1234", PAN.expose())
    expected = psec.des.encrypt_tdes_ecb(lab_key("pos.zpk").secret.expose(), clear)
    assert pin_pad.pin_block(Secret(b"1234"), PAN) == expected


@pytest.mark.parametrize("pin", [b"", b"123", b"1234567890123", b"12a4", b"12 4"])
def test_what_is_no_pin_is_refused(pin: bytes, pin_pad: PinPad) -> None:
    """A PIN has 4 to 12 digits."""
    with pytest.raises(MalformedInput):
        pin_pad.pin_block(Secret(pin), PAN)


def test_macs_are_those_of_psec(pin_pad: PinPad) -> None:
    """The default MAC is ISO 9797-1 algorithm 3 with padding 1, whole."""
    key = lab_key("pos.zak").secret.expose()
    data = hashlib.sha256(b"a message").digest() + b"tail"
    expected = psec.mac.generate_retail_mac(key[:8], key[8:], data, 1)
    assert pin_pad.generate_mac(MAC_DEFAULT, data) == expected
    pin_pad.verify_mac(MAC_DEFAULT, data, expected)
    assert pin_pad.take_audit() == ()


def test_a_wrong_mac_is_told_once(pin_pad: PinPad) -> None:
    """The failure is raised, and waits in the audit until it is taken."""
    with pytest.raises(MacMismatch):
        pin_pad.verify_mac(MAC_DEFAULT, b"data", bytes(8))
    assert [event.keys for event in pin_pad.take_audit()] == [("pos.zak",)]
    assert pin_pad.take_audit() == ()


def test_a_vault_opens_in_its_own_place_only(pin_pad: PinPad) -> None:
    """What was protected for one transaction is worthless in another's record."""
    vault = pin_pad.protect(b"4761739001010119", "TERM0001/000001/0301120000")
    assert b"4761739001010119" not in vault
    assert pin_pad.unprotect(vault, "TERM0001/000001/0301120000") == b"4761739001010119"
    with pytest.raises(ProtectionMismatch):
        pin_pad.unprotect(vault, "TERM0001/000002/0301120000")


@pytest.mark.parametrize("role", ["pin_key", "mac_key", "protect_key"])
@pytest.mark.parametrize("name", ["pos.zpk", "pos.zak", "issuer.pvk", "terminal.protect"])
def test_each_key_does_its_own_work_only(role: str, name: str) -> None:
    """A key of another usage is refused when the pad is made, not when the first customer comes."""
    if getattr(TerminalKeys(), role) != name:
        with pytest.raises(KeyUsageError):
            PinPad(lab_keystore(), NoEntropy(), TerminalKeys(**{role: name}))


@pytest.mark.parametrize("role", ["pin_key", "mac_key", "protect_key"])
def test_a_missing_key_is_named(role: str) -> None:
    """The error names the nearest keys."""
    with pytest.raises(KeyNotFound, match=r"pos\.zpk"):
        PinPad(lab_keystore(), NoEntropy(), TerminalKeys(**{role: "pos.zpx"}))


def test_a_change_of_keys_ends_in_two_steps(pin_pad: PinPad) -> None:
    """PIN blocks and MACs are made under the new keys at once; MACs under the old ones are right until that ends."""
    old = pin_pad.generate_mac(MAC_DEFAULT, b"data")
    block = pin_pad.pin_block(Secret(b"1234"), PAN)
    pin_pad.change(TerminalKeys(pin_key="pos.zpk-2", mac_key="pos.zak-2"))
    assert pin_pad.pin_block(Secret(b"1234"), PAN) != block
    assert pin_pad.generate_mac(MAC_DEFAULT, b"data") != old
    pin_pad.verify_mac(MAC_DEFAULT, b"data", old)
    pin_pad.verify_mac(MAC_DEFAULT, b"data", pin_pad.generate_mac(MAC_DEFAULT, b"data"))
    with pytest.raises(MacMismatch):
        pin_pad.verify_mac(MAC_DEFAULT, b"other", old)
    pin_pad.end_former()
    with pytest.raises(MacMismatch):
        pin_pad.verify_mac(MAC_DEFAULT, b"data", old)


@pytest.mark.parametrize(
    "keys", [TerminalKeys(pin_key="pos.zak-2"), TerminalKeys(mac_key="pos.zpk-2"), TerminalKeys(mac_key="pos.zak-3")]
)
def test_keys_that_cannot_be_used_change_nothing(keys: TerminalKeys, pin_pad: PinPad) -> None:
    """The pad goes on under those that it has."""
    mac = pin_pad.generate_mac(MAC_DEFAULT, b"data")
    with pytest.raises((KeyNotFound, KeyUsageError)):
        pin_pad.change(keys)
    assert pin_pad.keys == TerminalKeys()
    assert pin_pad.generate_mac(MAC_DEFAULT, b"data") == mac
