"""Proves that `keys` agrees with psec and pyemv, two independent implementations, on random inputs.

Both use deprecated imports of `cryptography`; their warnings are filtered here and nowhere else.
"""

import psec
import pyemv
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from keys.ciphers import Aes, Tdes, kcv_tdes_legacy, odd_parity
from keys.cvv import cvc3, cvv, generate_ivcvc3
from keys.emv.cryptogram import application_cryptogram, arpc_method_1, arpc_method_2
from keys.emv.derive import (
    common_session_key,
    emv2000_session_key,
    icc_master_key,
    mastercard_session_key,
    visa_session_key,
)
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, ArpcMethod, IadPart, ScriptEncipherment
from keys.emv.scripts import CardKeys, card_keys, command_mac, encipher_script, pin_change_command, script_mac
from keys.errors import PinMismatch
from keys.hsm import SoftHsm
from keys.keystore import MemoryKeystore
from keys.mac import cbc_mac, pad, retail_mac
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.pin import natural_pin, pin_from_offset, pin_offset, pvv
from keys.pinblock import (
    decode_iso0,
    decode_iso2,
    decode_iso3,
    decode_pin_field_iso4,
    decrypt_iso4,
    encode_iso0,
    encode_iso2,
    encrypt_iso4,
    pan_field_iso4,
)
from keys.sensitive import Pan, Secret
from keys.tr31.block import unwrap, wrap
from keys.tr31.header import Header, OptionalBlock, Version

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")


def digits(least, most):
    return st.text("0123456789", min_size=least, max_size=most)


def whole_blocks(size):
    return st.binary(min_size=size, max_size=size * 8).map(lambda data: data[: len(data) // size * size])


double_keys = st.binary(min_size=16, max_size=16)
tdes_keys = st.sampled_from([8, 16, 24]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
aes_keys = st.sampled_from([16, 24, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size))


@given(tdes_keys, st.binary(min_size=8, max_size=8), whole_blocks(8))
def test_tdes(key, iv, data):
    """ECB and CBC both ways, with keys of 8, 16 and 24 bytes."""
    ours = Tdes(Secret(key))
    assert ours.encrypt(data) == psec.des.encrypt_tdes_ecb(key, data)
    assert ours.decrypt(data) == psec.des.decrypt_tdes_ecb(key, data)
    assert ours.encrypt_cbc(iv, data) == psec.des.encrypt_tdes_cbc(key, iv, data)
    assert ours.decrypt_cbc(iv, data) == psec.des.decrypt_tdes_cbc(key, iv, data)


@given(aes_keys, st.binary(min_size=16, max_size=16), whole_blocks(16))
def test_aes(key, iv, data):
    """ECB and CBC both ways, with keys of 16, 24 and 32 bytes."""
    ours = Aes(Secret(key))
    assert ours.encrypt(data) == psec.aes.encrypt_aes_ecb(key, data)
    assert ours.decrypt(data) == psec.aes.decrypt_aes_ecb(key, data)
    assert ours.encrypt_cbc(iv, data) == psec.aes.encrypt_aes_cbc(key, iv, data)
    assert ours.decrypt_cbc(iv, data) == psec.aes.decrypt_aes_cbc(key, iv, data)


@given(double_keys, st.sampled_from([4, 6]))
def test_check_values_and_parity(key, length):
    """Legacy check values of two and three bytes, and odd parity."""
    assert kcv_tdes_legacy(Secret(key), digits=length) == psec.des.generate_kcv(key, length // 2).hex().upper()
    assert odd_parity(Secret(key)).expose() == psec.des.adjust_key_parity(key)


@given(double_keys, st.binary(max_size=300), st.sampled_from([1, 2, 3]), st.integers(4, 8))
@example(bytes(16), b"", 1, 8)
@example(bytes(16), b"", 3, 8)
def test_macs(key, data, padding, length):
    """Algorithms 1 and 3 with each padding, and the paddings themselves; pyemv's algorithm 3 as well."""
    padders = {1: psec.mac.pad_iso_1, 2: psec.mac.pad_iso_2, 3: psec.mac.pad_iso_3}
    assert pad(data, padding) == padders[padding](data, 8)
    ours = retail_mac(Secret(key), data, padding=padding, length=length)
    assert ours == psec.mac.generate_retail_mac(key[:8], key[8:], data, padding, length)
    assert cbc_mac(Secret(key), data, padding=padding, length=length) == psec.mac.generate_cbc_mac(key, data, padding, length)
    if padding != 3:
        assert ours == pyemv.mac.mac_iso9797_3(key[:8], key[8:], data, padding, length)


@given(digits(4, 12), digits(13, 19))
def test_pin_blocks(pin, pan):
    """Format 0, made and read."""
    block = psec.pinblock.encode_pinblock_iso_0(pin, pan)
    assert encode_iso0(Secret(pin.encode()), Pan(pan)).expose() == block
    assert decode_iso0(Secret(block), Pan(pan)) == Secret(pin.encode())


@given(digits(4, 12), digits(13, 19), st.integers(0, 15), st.integers(0, 15))
def test_damaged_pin_blocks(pin, pan, nibble, value):
    """A block with any one nibble changed is read alike: the same PIN, or refused by both."""
    block = int.from_bytes(encode_iso0(Secret(pin.encode()), Pan(pan)).expose(), "big") ^ (value << (4 * nibble))
    damaged = block.to_bytes(8, "big")
    try:
        ours = decode_iso0(Secret(damaged), Pan(pan)).expose().decode()
    except PinMismatch:
        ours = None
    try:
        theirs = psec.pinblock.decode_pinblock_iso_0(damaged, pan)
    except ValueError:
        theirs = None
    assert ours == theirs


@given(double_keys, digits(12, 19), st.integers(0, 9), digits(4, 4))
def test_pvvs(key, pan, pvki, pin):
    """PIN verification values."""
    assert pvv(Secret(key), Pan(pan), pvki, Secret(pin.encode())) == psec.pin.generate_visa_pvv(key, str(pvki), pin, pan)


@given(double_keys, digits(8, 19), digits(4, 4), digits(3, 3))
def test_cvvs(key, pan, expiry, service_code):
    """Card verification values, where psec finds three decimals (it takes no letters after them)."""
    theirs = psec.cvv.generate_cvv(key, pan, expiry, service_code)
    assume(len(theirs) == 3)
    assert cvv(Secret(key), Pan(pan), expiry, service_code) == theirs


@given(double_keys, digits(8, 19), digits(2, 2), st.binary(min_size=8, max_size=8))
def test_emv_keys(key, pan, psn, diversifier):
    """Master keys by both options, and the common session key."""
    master = icc_master_key(Secret(key), Pan(pan), psn, "A")
    assert master.expose() == pyemv.kd.derive_icc_mk_a(key, pan, psn)
    assert icc_master_key(Secret(key), Pan(pan), psn, "B").expose() == pyemv.kd.derive_icc_mk_b(key, pan, psn)
    theirs = pyemv.kd.derive_common_sk(master.expose(), diversifier)
    assert common_session_key(master, diversifier).expose() == theirs


@given(double_keys, st.binary(max_size=100), st.binary(min_size=8, max_size=8), st.binary(max_size=8))
def test_cryptograms(key, data, arqc, proprietary):
    """ARQC with both paddings, ARPC by both methods."""
    for padding in (1, 2):
        theirs = pyemv.ac.generate_ac(key, data, pyemv.ac.PaddingType(padding))
        assert application_cryptogram(Secret(key), data, padding) == theirs
    assert arpc_method_1(Secret(key), arqc, b"00") == pyemv.ac.generate_arpc_1(key, arqc, b"00")
    csu = arqc[:4]
    theirs = pyemv.ac.generate_arpc_2(key, arqc, csu, proprietary)
    assert arpc_method_2(Secret(key), arqc, csu, proprietary) == theirs


@given(double_keys, st.binary(min_size=2, max_size=2), st.binary(min_size=4, max_size=4), double_keys)
def test_emv_session_keys(key, atc, number, iv):
    """The session keys of Mastercard, of Visa's secure messaging and of the EMV 2000 tree in both its shapes."""
    master = Secret(key)
    assert mastercard_session_key(master, atc, number).expose() == pyemv.kd.derive_common_sk(key, atc + bytes(2) + number)
    assert visa_session_key(master, atc).expose() == pyemv.kd.derive_visa_sm_sk(key, atc)
    for height, branch in ((8, 4), (16, 2)):
        theirs = pyemv.kd.derive_emv2000_tree_sk(key, atc, height, branch, iv)
        assert emv2000_session_key(master, atc, iv=iv, branch=branch, height=height).expose() == theirs


@given(double_keys, st.binary(min_size=1, max_size=100))
def test_scripts(key, data):
    """The MAC of a command, and its data enciphered in three manners."""
    assert script_mac(Secret(key), data) == pyemv.sm.generate_command_mac(key, data)
    for method in ScriptEncipherment:
        theirs = pyemv.sm.encrypt_command_data(key, data, pyemv.sm.EncryptionType[method.name])
        assert encipher_script(Secret(key), Secret(data), method) == theirs


TAG_SIZES = {"9f02": 6, "9f03": 6, "9f1a": 2, "95": 5, "5f2a": 2, "9a": 3, "9c": 1, "9f37": 4, "82": 2, "9f36": 2}
CARDS = {
    (Scheme.VISA, 0x0A): pyemv.cvn.VisaCVN10,
    (Scheme.VISA, 0x12): pyemv.cvn.VisaCVN18,
    (Scheme.VISA, 0x22): pyemv.cvn.VisaCVN22,
    (Scheme.MASTERCARD, 0x10): pyemv.cvn.MasterCardCVN16,
    (Scheme.MASTERCARD, 0x11): pyemv.cvn.MasterCardCVN17,
    (Scheme.MASTERCARD, 0x14): pyemv.cvn.MasterCardCVN20,
    (Scheme.MASTERCARD, 0x15): pyemv.cvn.MasterCardCVN21,
    (Scheme.INTERAC, 0x85): pyemv.cvn.InteracCVN133,
}


def issuers_data(version, results, counters):
    """Tag 9F10 of a card, and what pyemv's card wants of it."""
    scheme, cvn = version
    if scheme is Scheme.MASTERCARD:
        parts = {"cvr": results} | ({"counters": counters} if CVN_PROFILES[version].iad is not IadPart.RESULTS else {})
        return bytes((1, cvn)) + results + bytes(2) + counters, parts
    if scheme is Scheme.INTERAC:
        whole = b"\x15\x01\x85\x04" + results + counters + bytes(4)
    elif cvn == 0x22:
        whole = b"\x1f\x22\x01" + results[:5] + counters + bytes(16)
    else:
        whole = bytes((6, 1, cvn, 3)) + results[:3]
    return whole, {"cvr": whole[3:]} if cvn == 0x0A else {"tag_9f10": whole}


@pytest.mark.parametrize("version", CARDS)
@given(
    pan=digits(8, 19),
    psn=digits(2, 2),
    tags=st.fixed_dictionaries({name: st.binary(min_size=size, max_size=size) for name, size in TAG_SIZES.items()}),
    results=st.binary(min_size=6, max_size=6),
    counters=st.binary(min_size=8, max_size=8),
    arc=st.binary(min_size=2, max_size=2),
)
def test_a_card_of_pyemv_is_verified_and_answered(version, pan, psn, tags, results, counters, arc):
    """A cryptogram that pyemv's card makes is right for SoftHsm, whose answer pyemv makes too."""
    imk = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    iad, parts = issuers_data(version, results, counters)
    card = CARDS[version](imk, imk, imk, pan, psn)
    arqc = card.generate_ac(**{f"tag_{name}": value for name, value in tags.items()}, **parts)
    key = Key.make("imk", KeyUsage.EMV_CRYPTOGRAMS, imk, mode=Mode.DERIVE)
    hsm = SoftHsm(MemoryKeystore([key]), None, print)
    given_tags = {name.upper(): value for name, value in tags.items()} | {"9F10": iad, "9F26": arqc}
    answer = hsm.verify_arqc_generate_arpc(key="imk", pan=Pan(pan), psn=psn, tags=given_tags, csu=bytes(4), arc=arc)
    status = bytes(4) if CVN_PROFILES[version].arpc is ArpcMethod.METHOD_2 else arc
    known = {"tag_9f26": arqc, "tag_9f36": tags["9f36"], "tag_9f37": tags["9f37"], "csu": status, "arpc_rc": status}
    assert answer == by_name(card.generate_arpc, known) + status


def by_name(method, known):
    """The call with those of the known values that it takes."""
    takes = method.__code__.co_varnames[1 : method.__code__.co_argcount]
    return method(**{name: known[name] for name in takes if name in known})


@pytest.mark.parametrize("version", CARDS)
@given(
    imks=st.tuples(double_keys, double_keys, double_keys),
    pan=digits(8, 19),
    arqc=st.binary(min_size=8, max_size=8),
    atc=st.binary(min_size=2, max_size=2),
    pins=st.tuples(digits(4, 12), st.none() | digits(4, 12)),
    data=st.binary(max_size=40),
)
def test_commands_to_a_card_of_pyemv(version, imks, pan, arqc, atc, pins, data):
    """A command's MAC and whole PIN changes, with and without the current PIN where a scheme takes it."""
    card = CARDS[version](*imks, pan, "01")
    profile = CVN_PROFILES[version]
    keys = card_keys(profile, CardKeys(*map(Secret, imks)), Pan(pan), "01")
    tags = {"9F26": arqc, "9F36": atc}
    known = {"tag_9f26": arqc, "tag_9f36": atc, "command_header": b"\x84\x1e\x00\x00\x08", "command_data": data}
    theirs = by_name(card.generate_command_mac, known)
    assert command_mac(profile, keys, known["command_header"], data, tags) == theirs
    pin, current = pins[0], pins[1] if version[0] is Scheme.VISA else None
    ours = pin_change_command(
        profile, keys, Secret(pin.encode()), tags, current_pin=None if current is None else Secret(current.encode())
    )
    assert ours == by_name(card.generate_pin_change_command, known | {"pin": pin, "current_pin": current})


optional_blocks = st.sampled_from(
    [(), (OptionalBlock("KS", "00604B120F9292800000"),), (OptionalBlock("CT", "00" + "A" * 300),)]
)


@given(
    st.sampled_from("BD"),
    st.sampled_from([16, 24]).flatmap(lambda size: st.binary(min_size=size, max_size=size)),
    st.sampled_from([(Algorithm.TDES, 16), (Algorithm.TDES, 24), (Algorithm.AES, 16), (Algorithm.AES, 32)]),
    st.sampled_from(KeyUsage),
    optional_blocks,
    st.randoms(use_true_random=False),
)
def test_key_blocks_that_we_make(version, kbpk, kind, usage, blocks, random):
    """psec finds the same key and attributes in our key blocks, whatever their length, padding and optional blocks."""
    algorithm, size = kind
    header = Header(
        version=Version(version),
        usage=usage,
        algorithm=algorithm,
        mode=Mode.ANY,
        exportability=Exportability.SENSITIVE,
        key_version="c1",
        blocks=blocks,
    )
    key = random.randbytes(size)
    theirs, found = psec.tr31.unwrap(kbpk, wrap(Secret(kbpk), header, Secret(key), fill=random.randbytes))
    assert found == key
    assert (theirs.key_usage, theirs.algorithm, theirs.mode_of_use) == (usage.value, algorithm.value, "N")
    assert (theirs.exportability, theirs.version_num) == ("S", "c1")
    assert {name: data for name, data in theirs.blocks.items() if name != "PB"} == {one.name: one.data for one in blocks}


@given(
    st.sampled_from("ABCD"),
    st.sampled_from([16, 24]).flatmap(lambda size: st.binary(min_size=size, max_size=size)),
    st.sampled_from([("T", 8), ("T", 16), ("T", 24), ("A", 16), ("A", 24), ("A", 32)]),
    st.sampled_from([usage.value for usage in KeyUsage]),
    optional_blocks,
    st.sampled_from([None, 0, 40]),
    st.data(),
)
def test_key_blocks_that_psec_makes(version, kbpk, kind, usage, blocks, masked, data):
    """We find the same key and attributes in psec's key blocks of versions A to D."""
    algorithm, size = kind
    key = data.draw(st.binary(min_size=size, max_size=size))
    theirs = psec.tr31.Header(version, usage, algorithm, "X", "00", "E")
    for block in blocks:
        theirs.blocks[block.name] = block.data
    ours = unwrap(Secret(kbpk), psec.tr31.KeyBlock(kbpk, theirs).wrap(key, masked), legacy=True)
    assert ours.key == Secret(key)
    assert (ours.header.usage.value, ours.header.algorithm.value, ours.header.mode) == (usage, algorithm, Mode.DERIVE)
    assert ours.header.blocks == blocks


@given(digits(4, 12), digits(13, 19), aes_keys)
def test_pin_blocks_of_the_other_formats(pin, pan, key):
    """Formats 2, 3 and 4: what psec makes we read, with the fill that it drew; what we make of format 4 it reads."""
    secret, card = Secret(pin.encode()), Pan(pan)
    assert encode_iso2(secret).expose() == psec.pinblock.encode_pinblock_iso_2(pin)
    assert decode_iso2(Secret(psec.pinblock.encode_pinblock_iso_2(pin))) == secret
    assert decode_iso3(Secret(psec.pinblock.encode_pinblock_iso_3(pin, pan)), card) == secret
    assert decode_pin_field_iso4(Secret(psec.pinblock.encode_pin_field_iso_4(pin))) == secret
    assert pan_field_iso4(card).expose() == psec.pinblock.encode_pan_field_iso_4(pan)
    assert decrypt_iso4(Secret(key), psec.pinblock.encipher_pinblock_iso_4(key, pin, pan), card) == secret
    assert psec.pinblock.decipher_pinblock_iso_4(key, encrypt_iso4(Secret(key), secret, card, bytes(8)), pan) == pin


@given(digits(4, 12), digits(13, 19), st.integers(0, 15), st.integers(0, 15))
def test_damaged_pin_blocks_of_the_other_formats(pin, pan, nibble, value):
    """A block of format 2, 3 or 4 with any one nibble changed is read alike: the same PIN, or refused by both."""
    cases = [
        (psec.pinblock.encode_pinblock_iso_2(pin), decode_iso2, psec.pinblock.decode_pinblock_iso_2, ()),
        (psec.pinblock.encode_pinblock_iso_3(pin, pan), decode_iso3, psec.pinblock.decode_pinblock_iso_3, (pan,)),
        (psec.pinblock.encode_pin_field_iso_4(pin), decode_pin_field_iso4, psec.pinblock.decode_pin_field_iso_4, ()),
    ]
    for block, ours, theirs, card in cases:
        tail = block[8:]
        damaged = (int.from_bytes(block[:8], "big") ^ (value << (4 * nibble))).to_bytes(8, "big") + tail
        assert ours_or_none(ours, damaged, *map(Pan, card)) == theirs_or_none(theirs, damaged, *card)


def ours_or_none(decode, block, *card):
    try:
        return decode(Secret(block), *card).expose().decode()
    except PinMismatch:
        return None


def theirs_or_none(decode, block, *card):
    try:
        return decode(block, *card)
    except ValueError:
        return None


@given(tdes_keys, digits(16, 16), digits(4, 12), digits(16, 16), st.integers(1, 16), st.sampled_from("0123456789ABCDEF"))
def test_ibm_3624(key, table, pin, pan, length, fill):
    """Natural PIN, offset and PIN from offset, with validation data of any part of the PAN and any fill."""
    layout = {"pan": pan, "pan_verify_offset": 16 - length, "pan_verify_length": length, "pan_pad": fill}
    validation = pan[16 - length :].ljust(16, fill)
    offset = pin_offset(Secret(key), validation, table, Secret(pin.encode()))
    assert offset == psec.pin.generate_ibm3624_offset(key, table, pin, **layout)
    assert pin_from_offset(Secret(key), validation, table, pin).expose().decode() == psec.pin.generate_ibm3624_pin(
        key, table, pin, **layout
    )
    natural = psec.pin.generate_ibm3624_pin(key, table, "0" * len(pin), **layout)
    assert natural_pin(Secret(key), validation, table, len(pin)).expose().decode() == natural


@given(double_keys, st.binary(min_size=1, max_size=40), st.binary(min_size=2, max_size=2), st.binary(min_size=4, max_size=4))
def test_dynamic_values(key, track, atc, un):
    """CVC3 with all its digits; pyemv leaves leading zeroes out."""
    ours = cvc3(Secret(key), generate_ivcvc3(Secret(key), track), un, atc, digits=5)
    assert ours == pyemv.cvv.generate_cvc3(key, track, atc, un).zfill(5)
