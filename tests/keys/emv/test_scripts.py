"""Proves the sizes and refusals of issuer scripts; their published values are in test_vectors."""

import pytest

from keys.ciphers import Tdes
from keys.emv.derive import common_session_key, visa_session_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, ScriptEncipherment, ScriptPinBlock
from keys.emv.scripts import (
    CardKeys,
    card_keys,
    command_mac,
    encipher_script,
    pin_change_command,
    script_mac,
    visa_pin_block,
)
from keys.errors import MalformedInput, TagMissing
from keys.mac import retail_mac
from keys.sensitive import Pan, Secret

AC = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
KEYS = CardKeys(AC, Secret(bytes(range(16))), Secret(bytes(range(16, 32))))
TAGS = {"9F36": bytes.fromhex("001C"), "9F26": bytes.fromhex("29CCA15AE665FA2E")}
PIN = Secret(b"9999")
CURRENT = Secret(b"123456")
VISA_18 = CVN_PROFILES[Scheme.VISA, 0x12]
VISA_22 = CVN_PROFILES[Scheme.VISA, 0x22]
MASTERCARD = CVN_PROFILES[Scheme.MASTERCARD, 0x14]
INTERAC = CVN_PROFILES[Scheme.INTERAC, 0x85]


def unblocked(profile, command):
    """The PIN block in a command, deciphered by hand."""
    if profile.scripts.encipherment is ScriptEncipherment.VISA:
        key = KEYS.confidentiality
        session = visa_session_key(key, TAGS["9F36"]) if profile is VISA_18 else common_session_key(key, TAGS["9F26"])
        clear = Tdes(session).decrypt(command[5:-8])
        assert (clear[0], clear[9:]) == (8, b"\x80" + bytes(6))
        return clear[1:9]
    return Tdes(common_session_key(KEYS.confidentiality, TAGS["9F26"])).decrypt_cbc(bytes(8), command[5:-8])


@pytest.mark.parametrize("version", CVN_PROFILES)
def test_a_pin_change_is_a_command(version):
    """Every version's command: header, a length that is true, P2 without the current PIN, a MAC over the rest."""
    profile = CVN_PROFILES[version]
    command = pin_change_command(profile, KEYS, PIN, TAGS)
    assert command[:4] == bytes.fromhex("84240002")
    assert command[4] == len(command) - 5
    assert command[-8:] == command_mac(profile, KEYS, command[:5], command[5:-8], TAGS)
    if profile.scripts.pin_block is ScriptPinBlock.ISO_2:
        assert unblocked(profile, command) == bytes.fromhex("249999FFFFFFFFFF")


def test_visas_block_hides_the_pin_behind_the_cards_key():
    """Four bytes of the master key, and the current PIN where it is known: the definition, written out."""
    plain = bytes.fromhex("049999FFFFFFFFFF")
    mask = bytes(4) + AC.expose()[4:8]
    block = bytes(one ^ other for one, other in zip(plain, mask, strict=True))
    with_current = bytes(one ^ other for one, other in zip(block, bytes.fromhex("1234560000000000"), strict=True))
    assert visa_pin_block(AC, PIN) == Secret(block)
    assert visa_pin_block(AC, PIN, CURRENT) == Secret(with_current)
    for profile in (VISA_18, VISA_22):
        command = pin_change_command(profile, KEYS, PIN, TAGS, current_pin=CURRENT)
        assert command[3] == 1
        assert unblocked(profile, command) == with_current
    assert unblocked(VISA_18, pin_change_command(VISA_18, KEYS, PIN, TAGS)) == block
    assert unblocked(VISA_22, pin_change_command(VISA_22, KEYS, PIN, TAGS)) == bytes.fromhex("249999FFFFFFFFFF")


@pytest.mark.parametrize("profile", [MASTERCARD, INTERAC])
def test_others_take_no_current_pin(profile):
    """A current PIN that would be passed over is refused."""
    with pytest.raises(MalformedInput, match="leave it out"):
        pin_change_command(profile, KEYS, PIN, TAGS, current_pin=CURRENT)


def test_what_a_commands_mac_covers():
    """Header, ATC, ARQC and data; of Interac header and data only."""
    header, data = bytes.fromhex("8424000010"), b"datadata"
    key = common_session_key(KEYS.integrity, TAGS["9F26"])
    covered = header + TAGS["9F36"] + TAGS["9F26"] + data
    assert command_mac(MASTERCARD, KEYS, header, data, TAGS) == retail_mac(key, covered, padding=2)
    assert command_mac(INTERAC, KEYS, header, data, TAGS, length=4) == retail_mac(key, header + data, padding=2, length=4)
    assert script_mac(Tdes(key), covered) == script_mac(key, covered)


def test_the_same_keys_are_not_used_twice():
    """Cryptograms, MACs and encipherment have three master keys, derived by the version's option."""
    keys = card_keys(VISA_18, KEYS, Pan("1234567890123456789"), "01")
    assert len({key.expose() for key in (keys.cryptograms, keys.integrity, keys.confidentiality)}) == 3
    assert keys != card_keys(MASTERCARD, KEYS, Pan("1234567890123456789"), "01")


@pytest.mark.parametrize("size", [1, 7, 8, 9, 255])
def test_padding_of_each_encipherment(size):
    """Visa says the length before; Mastercard leaves whole blocks alone; EMV always pads."""
    data = Secret(bytes(range(1, size + 1)) if size < 255 else bytes(255))
    padded = data.expose() + b"\x80" + bytes(-(size + 1) % 8)
    cbc = Tdes(AC).decrypt_cbc
    assert cbc(bytes(8), encipher_script(AC, data, ScriptEncipherment.EMV)) == padded
    mastercard = cbc(bytes(8), encipher_script(AC, data, ScriptEncipherment.MASTERCARD))
    assert mastercard == (data.expose() if size % 8 == 0 else padded)
    visa = Tdes(AC).decrypt(encipher_script(AC, data, ScriptEncipherment.VISA))
    assert visa.rstrip(b"\x00") == bytes((size,)) + (data.expose() + b"\x80")
    assert len(visa) % 8 == 0


def test_other_sizes_are_refused():
    """Keys of 16 bytes, headers of five, data of 1 to 255, PINs of 4 to 12 digits, tags that are there."""
    for act in (
        lambda: encipher_script(Secret(bytes(range(24))), Secret(b"x"), ScriptEncipherment.EMV),
        lambda: encipher_script(AC, Secret(b""), ScriptEncipherment.VISA),
        lambda: encipher_script(AC, Secret(bytes(256)), ScriptEncipherment.VISA),
        lambda: command_mac(MASTERCARD, KEYS, bytes(4), b"", TAGS),
        lambda: visa_pin_block(Secret(bytes(8)), PIN),
        lambda: visa_pin_block(AC, Secret(b"123")),
        lambda: visa_pin_block(AC, PIN, Secret(b"12a4")),
        lambda: script_mac(AC, b"", length=3),
    ):
        with pytest.raises(MalformedInput):
            act()
    for profile, name in ((VISA_18, "9F36"), (MASTERCARD, "9F26")):
        with pytest.raises(TagMissing, match=f"tag {name}"):
            pin_change_command(profile, KEYS, PIN, {other: value for other, value in TAGS.items() if other != name})


@pytest.mark.parametrize("spoil", [{"pin": Secret(b"1357924680135")}, {"current_pin": Secret(b"1357924680135")}])
def test_a_refusal_shows_no_pin(spoil, locals_of):
    """Neither text nor traceback with locals has a digit of either PIN (R8)."""
    given = {"pin": Secret(b"24682468"), "current_pin": Secret(b"86428642")} | spoil
    with pytest.raises(MalformedInput) as caught:
        pin_change_command(VISA_18, KEYS, given["pin"], TAGS, current_pin=given["current_pin"])
    shown = locals_of(caught.value)
    for digits in ("24682468", "86428642", "1357924680135"):
        assert digits not in shown
        assert digits not in str(caught.value)
