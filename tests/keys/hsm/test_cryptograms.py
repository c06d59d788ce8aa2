"""Proves that cryptograms of every version are verified and answered, and that scripts are what the primitives make."""

import pytest

from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, ArpcMethod, arpc_key, cryptogram_input, issuer_authentication, session_key
from keys.emv.scripts import CardKeys, command_mac, encipher_script, pin_change_command, script_key
from keys.errors import CryptogramMismatch, CryptogramUnsupported, KeyUsageError, MalformedInput, PinMismatch
from keys.pinblock import encrypt_iso0
from keys.sensitive import Pan, Secret

PAN = Pan("4761739001010119")
CSU = bytes.fromhex("00800000")
# Issuer application data that names each version.
IADS = {
    (Scheme.VISA, 0x0A): "06010A03A0B800",
    (Scheme.VISA, 0x11): "06011103A0B800",
    (Scheme.VISA, 0x12): "06011203A0B800",
    (Scheme.VISA, 0x22): "1F2201" + "0102030405" + "00" * 24,
    (Scheme.MASTERCARD, 0x10): "0110A00003220000DAC000000000000000FF",
    (Scheme.MASTERCARD, 0x11): "0111A00003220000DAC000000000000000FF",
    (Scheme.MASTERCARD, 0x14): "0114A00003220000DAC000000000000000FF",
    (Scheme.MASTERCARD, 0x15): "0115A00003220000DAC000000000000000FF",
    (Scheme.INTERAC, 0x85): "07018504A0B80011",
}
TAGS = {
    "9F02": bytes.fromhex("000000001250"), "9F03": bytes(6), "9F1A": bytes.fromhex("0276"), "95": bytes(5),
    "5F2A": bytes.fromhex("0978"), "9A": bytes.fromhex("261122"), "9C": bytes(1),
    "9F37": bytes.fromhex("52BF4585"), "82": bytes.fromhex("1800"), "9F36": bytes.fromhex("001C"),
}  # fmt: skip


@pytest.fixture
def stand(desk, make_key):
    return desk(
        make_key("imk-ac", "E0", mode="X"),
        make_key("imk-smi", "E2", bytes(range(16)), mode="X"),
        make_key("imk-smc", "E1", bytes(range(16, 32)), mode="X"),
        make_key("zpk", "P0", bytes(range(32, 48))),
    )


def master(stand, name, profile):
    return icc_master_key(stand.keystore.get(name).secret, PAN, "01", profile.master_key_option)


def signed(stand, version):
    """What a card of that version would send."""
    profile = CVN_PROFILES[version]
    tags = TAGS | {"9F10": bytes.fromhex(IADS[version])}
    mk = master(stand, "imk-ac", profile)
    session = session_key(profile, mk, tags["9F36"], tags["9F37"])
    return tags | {"9F26": application_cryptogram(session, cryptogram_input(profile, tags), profile.padding)}


def test_every_version_has_a_card_here():
    """The table is covered because it is the table."""
    assert IADS.keys() == CVN_PROFILES.keys()


@pytest.mark.parametrize("version", CVN_PROFILES, ids=lambda version: f"{version[0].value}-{version[1]:02X}")
def test_each_version_is_verified_and_answered(stand, version):
    """The answer is the one that the version's row makes; one bit of the cryptogram wrong, and there is none (R28)."""
    profile, tags = CVN_PROFILES[version], signed(stand, version)
    card = {"key": "imk-ac", "pan": PAN, "psn": "01"}
    assert stand.hsm.verify_cryptogram(**card, tags=tags) is None
    answer = stand.hsm.verify_arqc_generate_arpc(**card, tags=tags, csu=CSU, arc=b"00")
    answering = arpc_key(profile, master(stand, "imk-ac", profile), tags["9F36"], tags["9F37"])
    status = CSU if profile.arpc is ArpcMethod.METHOD_2 else b"00"
    assert answer == issuer_authentication(profile, answering, tags["9F26"], status)
    wrong = tags | {"9F26": tags["9F26"][:-1] + bytes([tags["9F26"][-1] ^ 1])}
    for act in (
        lambda: stand.hsm.verify_cryptogram(**card, tags=wrong),
        lambda: stand.hsm.verify_arqc_generate_arpc(**card, tags=wrong, csu=CSU, arc=b"00"),
    ):
        with pytest.raises(CryptogramMismatch, match=r"."):
            act()


def test_an_issuer_may_add_its_own_data_to_method_2(stand):
    """It is covered by the ARPC and follows the status update; method 1 has no place for it."""
    card = {"key": "imk-ac", "pan": PAN, "psn": "01", "csu": CSU, "arc": b"00"}
    version_2, version_1 = signed(stand, (Scheme.VISA, 0x12)), signed(stand, (Scheme.VISA, 0x0A))
    plain = stand.hsm.verify_arqc_generate_arpc(**card, tags=version_2)
    longer = stand.hsm.verify_arqc_generate_arpc(**card, tags=version_2, proprietary=b"own")
    assert longer[4:] == CSU + b"own"
    assert longer[:4] != plain[:4]
    with pytest.raises(MalformedInput):
        stand.hsm.verify_arqc_generate_arpc(**card, tags=version_1, proprietary=b"own")


@pytest.mark.parametrize("version", CVN_PROFILES, ids=lambda version: f"{version[0].value}-{version[1]:02X}")
def test_scripts_of_each_version(stand, version):
    """MAC, encipherment and PIN change are those of the primitives under the card's keys."""
    profile, tags = CVN_PROFILES[version], signed(stand, version)
    keys = CardKeys(*(master(stand, name, profile) for name in ("imk-ac", "imk-smi", "imk-smc")))
    card = {"pan": PAN, "psn": "01", "tags": tags}
    header = bytes.fromhex("8424000008")
    mac = stand.hsm.generate_script_mac(key="imk-smi", **card, header=header, data=b"data")
    assert mac == command_mac(profile, keys, header, b"data", tags)
    enciphered = stand.hsm.encrypt_script_data(key="imk-smc", **card, data=b"counter!")
    session = script_key(profile, keys.confidentiality, tags)
    assert enciphered == encipher_script(session, Secret(b"counter!"), profile.scripts.encipherment)
    block = encrypt_iso0(stand.keystore.get("zpk").secret, Secret(b"4321"), PAN)
    masters = {"imk_ac": "imk-ac", "imk_smi": "imk-smi", "imk_smc": "imk-smc"}
    command = stand.hsm.generate_pin_change(**masters, pin_key="zpk", block=block, **card)
    assert command == pin_change_command(profile, keys, Secret(b"4321"), tags)


def test_a_visa_change_can_name_the_current_pin(stand):
    """The current PIN is part of the new block; both come enciphered."""
    tags = signed(stand, (Scheme.VISA, 0x12))
    zpk = stand.keystore.get("zpk").secret
    arguments = {"imk_ac": "imk-ac", "imk_smi": "imk-smi", "imk_smc": "imk-smc", "pin_key": "zpk", "pan": PAN, "psn": "01"}
    new, current = (encrypt_iso0(zpk, Secret(pin), PAN) for pin in (b"4321", b"1234"))
    command = stand.hsm.generate_pin_change(**arguments, block=new, current_block=current, tags=tags)
    profile = CVN_PROFILES[Scheme.VISA, 0x12]
    keys = CardKeys(*(master(stand, name, profile) for name in ("imk-ac", "imk-smi", "imk-smc")))
    assert command == pin_change_command(profile, keys, Secret(b"4321"), tags, current_pin=Secret(b"1234"))
    for blocks in ({"block": bytes(8), "current_block": current}, {"block": new, "current_block": bytes(8)}):
        with pytest.raises(PinMismatch):
            stand.hsm.generate_pin_change(**arguments, **blocks, tags=tags)


def test_each_master_key_has_its_own_part(stand):
    """A key for cryptograms makes no script MAC, and one for MACs enciphers none (R28)."""
    tags = signed(stand, (Scheme.VISA, 0x12))
    card = {"pan": PAN, "psn": "01", "tags": tags}
    for act in (
        lambda: stand.hsm.generate_script_mac(key="imk-ac", **card, header=bytes(5), data=b""),
        lambda: stand.hsm.encrypt_script_data(key="imk-smi", **card, data=b"data"),
        lambda: stand.hsm.verify_cryptogram(key="imk-smc", **card),
    ):
        with pytest.raises(KeyUsageError):
            act()
    with pytest.raises(CryptogramUnsupported):
        stand.hsm.verify_cryptogram(key="imk-ac", pan=PAN, psn="01", tags=tags | {"9F10": bytes(7)})
