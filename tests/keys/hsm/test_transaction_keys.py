"""Proves that keys of DUKPT transactions stand wherever names of keys do, one purpose and one direction each."""

import pytest

from keys import dukpt_aes, dukpt_tdes
from keys.ciphers import Tdes
from keys.dukpt_aes import KeyType, Usage
from keys.dukpt_tdes import Variant
from keys.errors import (
    KeystoreError,
    KeyUsageError,
    KsnReplayed,
    MacMismatch,
    MalformedInput,
    PinFormatError,
    PinMismatch,
)
from keys.hsm import Direction, DukptKey, SoftHsm
from keys.keystore import MemoryKeystore
from keys.mac import aes_cmac, retail_mac, tdes_cmac
from keys.material import KeyUsage
from keys.pin import pvv
from keys.pinblock import PinBlockFormat, decrypt_iso0, decrypt_iso4, encrypt_iso0, encrypt_iso4
from keys.sensitive import Pan, Secret
from keys.terms import Terms

PAN = Pan("4012345678909")
PIN = Secret(b"1234")
KSN = bytes.fromhex("FFFF9876543210E00001")
AES_KSN = bytes.fromhex("123456789012345600000001")
AES_BDK = "FEDCBA9876543210F1F1F1F1F1F1F1F1"
ISO_4 = PinBlockFormat.ISO_4
TDES = DukptKey(base="bdk", ksn=KSN)
AES = DukptKey(base="aes", ksn=AES_KSN)


@pytest.fixture
def stand(desk, make_key):
    """Two base keys, a key for PINs of each algorithm, and one for PVVs."""
    return desk(
        make_key("bdk", "B0", mode="X"),
        make_key("aes", "B0", AES_BDK, algorithm="A", mode="X"),
        make_key("zpk", "P0", "C1A55E5BEE5DE5AD07517CA4AB1E5D6E"),
        make_key("pek", "P0", bytes(range(16)), algorithm="A"),
        make_key("pvk", "V2", bytes(range(16))),
        make_key("zak", "M3", bytes(range(16, 32))),
    )


def tdes_key(stand, variant, ksn=KSN):
    ik = dukpt_tdes.initial_key(stand.keystore.get("bdk").secret, ksn)
    return dukpt_tdes.variant_key(dukpt_tdes.transaction_key(ik, ksn), variant)


def aes_key(stand, usage, key_type=KeyType.AES128):
    ik = dukpt_aes.initial_key(stand.keystore.get("aes").secret, AES_KSN[:8])
    return dukpt_aes.working_key(dukpt_aes.transaction_key(ik, AES_KSN), AES_KSN, usage, key_type)


def test_a_published_block_is_translated(stand):
    """X9.24-1 annex A.4: PIN 1234 of the first transaction, to a key of its own."""
    block = bytes.fromhex("1B9C1845EB993A7A")
    translated = stand.hsm.translate_pin(source=TDES, target="zpk", block=block, pan=PAN)
    assert decrypt_iso0(stand.keystore.get("zpk").secret, translated, PAN) == PIN


def test_blocks_go_from_transaction_to_transaction(stand):
    """TDES to AES and back, each in its own format."""
    block = encrypt_iso0(tdes_key(stand, Variant.PIN), PIN, PAN)
    under_aes = stand.hsm.translate_pin(source=TDES, target=AES, block=block, pan=PAN, target_format=ISO_4)
    assert decrypt_iso4(aes_key(stand, Usage.PIN_ENCRYPTION), under_aes, PAN) == PIN
    back = stand.hsm.translate_pin(source=AES, target=TDES, block=under_aes, pan=PAN, source_format=ISO_4)
    assert back == block


def test_an_aes_device_may_have_tdes_pin_keys(stand):
    """X9.24-3 derives keys of TDES too; their blocks have formats of TDES."""
    device = DukptKey(base="aes", ksn=AES_KSN, key_type=KeyType.TDES2)
    block = encrypt_iso0(aes_key(stand, Usage.PIN_ENCRYPTION, KeyType.TDES2), PIN, PAN)
    translated = stand.hsm.translate_pin(source=device, target="zpk", block=block, pan=PAN)
    assert decrypt_iso0(stand.keystore.get("zpk").secret, translated, PAN) == PIN
    with pytest.raises(PinFormatError):
        stand.hsm.translate_pin(source=device, target="zpk", block=block, pan=PAN, source_format=ISO_4)


def test_a_devices_pin_is_verified(stand):
    """PVV over a block of format 0 and of format 4; another transaction's key opens neither."""
    value = pvv(stand.keystore.get("pvk").secret, PAN, 1, PIN)
    block = encrypt_iso0(tdes_key(stand, Variant.PIN), PIN, PAN)
    block_4 = encrypt_iso4(aes_key(stand, Usage.PIN_ENCRYPTION), PIN, PAN, bytes(8))
    rest = {"pvk": "pvk", "pan": PAN, "pvki": 1, "pvv": value}
    assert stand.hsm.verify_pin_pvv(pin_key=TDES, block=block, **rest) is None
    assert stand.hsm.verify_pin_pvv(pin_key=AES, block=block_4, pin_format=ISO_4, **rest) is None
    with pytest.raises(PinMismatch):
        stand.hsm.verify_pin_pvv(pin_key=DukptKey(base="bdk", ksn=KSN[:-1] + b"\x02"), block=block, **rest)


MACS = {
    "TDES, request": (TDES, lambda s, d: retail_mac(tdes_key(s, Variant.MAC_REQUEST), d)),
    "TDES, response": (
        DukptKey(base="bdk", ksn=KSN, direction=Direction.RESPONSE),
        lambda s, d: retail_mac(tdes_key(s, Variant.MAC_RESPONSE), d),
    ),
    "TDES, CMAC": (
        DukptKey(base="bdk", ksn=KSN, mac_usage=KeyUsage.MAC_CMAC),
        lambda s, d: tdes_cmac(tdes_key(s, Variant.MAC_REQUEST), d),
    ),
    "AES, request": (AES, lambda s, d: aes_cmac(aes_key(s, Usage.MAC_GENERATION), d, length=8)),
    "AES, response": (
        DukptKey(base="aes", ksn=AES_KSN, direction=Direction.RESPONSE),
        lambda s, d: aes_cmac(aes_key(s, Usage.MAC_VERIFICATION), d, length=8),
    ),
}


@pytest.mark.parametrize("name", MACS)
def test_each_direction_has_its_mac(name, stand):
    """The MAC is that of the transaction's key for that direction, and of no other key here."""
    key, right = MACS[name]
    mac = stand.hsm.generate_mac(key, b"message")
    assert mac == right(stand, b"message")
    assert stand.hsm.verify_mac(key, b"message", mac) is None
    for other in MACS:
        if other != name:
            with pytest.raises(MacMismatch):
                stand.hsm.verify_mac(MACS[other][0], b"message", mac)


def test_an_hmac_key_makes_hmacs_only(stand):
    """A transaction's HMAC key makes MACs of 32 bytes, and enciphers neither PINs nor data."""
    key = DukptKey(base="aes", ksn=AES_KSN, key_type=KeyType.HMAC128)
    assert len(stand.hsm.generate_mac(key, b"message")) == 32
    with pytest.raises(KeyUsageError, match="is for MACs"):
        stand.hsm.encrypt_data(key, bytes(16), iv=None)
    with pytest.raises(KeyUsageError, match="is for MACs"):
        stand.hsm.translate_pin(source=key, target="zpk", block=bytes(8), pan=PAN)


def test_data_has_both_variants_of_the_field(stand):
    """The one that X9.24-1 enciphers once more, and the bare one: different keys; each direction its own."""
    bare = tdes_key(stand, Variant.DATA_REQUEST)
    strong = Secret(Tdes(bare).encrypt(bare.expose()))
    blocks, iv = bytes(range(16)), bytes(8)
    assert stand.hsm.encrypt_data(TDES, blocks, iv=iv) == Tdes(strong).encrypt_cbc(iv, blocks)
    plain = DukptKey(base="bdk", ksn=KSN, bare=True)
    assert stand.hsm.encrypt_data(plain, blocks, iv=iv) == Tdes(bare).encrypt_cbc(iv, blocks)
    answer = DukptKey(base="bdk", ksn=KSN, direction=Direction.RESPONSE)
    assert stand.hsm.decrypt_data(answer, stand.hsm.encrypt_data(answer, blocks, iv=iv), iv=iv) == blocks
    assert stand.hsm.encrypt_data(answer, blocks, iv=iv) != stand.hsm.encrypt_data(TDES, blocks, iv=iv)


def test_other_mac_algorithms_are_refused(stand):
    """A TDES transaction's key makes M1, M3 or M6; M1 under the same terms as a key of its own."""
    with pytest.raises(KeyUsageError, match="M1, M3 or M6"):
        stand.hsm.generate_mac(DukptKey(base="bdk", ksn=KSN, mac_usage=KeyUsage.MAC_HMAC), b"")
    with pytest.raises(KeyUsageError, match="legacy-macs"):
        stand.hsm.generate_mac(DukptKey(base="bdk", ksn=KSN, mac_usage=KeyUsage.MAC_ALGORITHM_1), b"")


@pytest.mark.parametrize("ksn", [b"", bytes(10), bytes(12), KSN[:-3] + bytes.fromhex("FFFFFF"), KSN + b"\x00"])
def test_unlawful_serial_numbers_are_refused(stand, ksn):
    """Wrong length, counter zero, too many one-bits."""
    with pytest.raises(MalformedInput):
        stand.hsm.generate_mac(DukptKey(base="bdk", ksn=ksn), b"")
    with pytest.raises(MalformedInput):
        stand.hsm.accept_ksn(DukptKey(base="bdk", ksn=ksn))


def test_a_base_key_is_for_its_own_devices(desk, make_key):
    """A serial number that does not begin as its terms say is refused."""
    hsm = desk(make_key("bdk", "B0", terms=Terms(ksn_prefix="FFFF987"))).hsm
    assert hsm.generate_mac(TDES, b"")
    with pytest.raises(MalformedInput, match="another base key"):
        hsm.generate_mac(DukptKey(base="bdk", ksn=b"\x00" + KSN[1:]), b"")


def test_a_name_is_no_base_key(stand):
    """A base key named where a MAC key belongs is refused, and a MAC key where a base key belongs."""
    with pytest.raises(KeyUsageError):
        stand.hsm.generate_mac("bdk", b"")
    with pytest.raises(KeyUsageError):
        stand.hsm.generate_mac(DukptKey(base="zak", ksn=KSN), b"")


def test_counters_need_a_place(make_key):
    """Without one nobody is told that a serial number is new."""
    hsm = SoftHsm(MemoryKeystore([make_key("bdk", "B0")]), None, lambda event: None)
    with pytest.raises(KeystoreError, match="not kept here"):
        hsm.accept_ksn(TDES)


def test_each_device_has_its_own_counter(stand):
    """One device's counter says nothing of another's, nor of an AES base key's."""
    stand.hsm.accept_ksn(TDES)
    stand.hsm.accept_ksn(DukptKey(base="bdk", ksn=bytes.fromhex("FFFF9876543211000001")))
    stand.hsm.accept_ksn(AES)
    with pytest.raises(KsnReplayed):
        stand.hsm.accept_ksn(TDES)
