"""Proves that the steps to every published value come to that value, for each operation that is explained."""

import pytest

from keys.ciphers import Aes, HashName, Tdes, kcv_tdes_legacy
from keys.dukpt_aes import KeyType, Usage
from keys.dukpt_tdes import Variant
from keys.emv.derive import icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, TAG_BYTES, ArpcMethod, IadPart
from keys.emv.scripts import CardKeys, card_keys
from keys.explain.cards import explain_cvc3, explain_cvv, explain_dcvv, explain_ivcvc3
from keys.explain.ciphers import ChainMode, KcvMethod, explain_decrypt, explain_encrypt, explain_kcv
from keys.explain.dukpt import (
    explain_aes_initial_key,
    explain_aes_key,
    explain_aes_working_key,
    explain_tdes_data_key,
    explain_tdes_initial_key,
    explain_tdes_key,
    explain_tdes_variant,
)
from keys.explain.emv import (
    explain_arpc_1,
    explain_arpc_2,
    explain_command_mac,
    explain_common_session_key,
    explain_cryptogram,
    explain_issuer_authentication,
    explain_master_key,
    explain_mastercard_session_key,
    explain_pin_change,
    explain_profile_cryptogram,
    explain_visa_session_key,
)
from keys.explain.key_blocks import explain_unwrap
from keys.explain.macs import explain_aes_cmac, explain_cbc_mac, explain_hmac, explain_retail_mac, explain_tdes_cmac
from keys.explain.pins import (
    conclude_decoding,
    explain_decoding,
    explain_encoding,
    explain_natural_pin,
    explain_offset,
    explain_pin_from_offset,
    explain_pvv,
    fault_of_field,
)
from keys.explain.working import Explanation
from keys.pinblock import PinBlockFormat
from keys.selftest import Params
from keys.sensitive import Secret

SCHEMES = {
    "InteracCVN133": (Scheme.INTERAC, 0x85),
    "MasterCardCVN16": (Scheme.MASTERCARD, 0x10),
    "MasterCardCVN17": (Scheme.MASTERCARD, 0x11),
    "MasterCardCVN20": (Scheme.MASTERCARD, 0x14),
    "MasterCardCVN21": (Scheme.MASTERCARD, 0x15),
    "VisaCVN10": (Scheme.VISA, 0x0A),
    "VisaCVN18": (Scheme.VISA, 0x12),
    "VisaCVN22": (Scheme.VISA, 0x22),
}
VARIANTS = {each.name.lower(): each for each in Variant}
USAGES = {"data_encrypt": Usage.DATA_ENCRYPTION, "mac_generation": Usage.MAC_GENERATION, "pin": Usage.PIN_ENCRYPTION}


def key_of(explanation):
    """The key that an explanation ends with."""
    return Secret(bytes.fromhex(explanation.result.expose()))


def master(p):
    """A card's master key."""
    return explain_master_key(p.secret("imk"), p.pan(), p.text("psn"), p.text("mk_option", "A"))


def session(p):
    """A transaction's key, by the method that the vector names."""
    mk = key_of(master(p))
    match p.text("sk_method"):
        case "EMV_COMMON":
            return explain_common_session_key(mk, p.octets("r" if "r" in p else "atc"))
        case "MASTERCARD":
            return explain_mastercard_session_key(mk, p.octets("atc"), p.octets("un"))
        case "VISA_SM":
            return explain_visa_session_key(mk, p.octets("atc"))
        case _:
            return master(p)


def block(number, encode=True):
    """Blocks of a format: made, or taken apart."""
    block_format = PinBlockFormat(str(number))

    def made(p):
        name = next((name for name in ("fill", "random") if name in p), None)
        fill = p.octets(name) if name else b""
        return explain_encoding(
            block_format, p.pin(), p.pan() if "pan" in p else None, fill, p.secret() if "key" in p else None
        )

    def read(p):
        given, pan = p.octets("block"), p.pan() if "pan" in p else None
        key = p.secret() if "key" in p else None
        working, field = explain_decoding(block_format, given, pan, key)
        assert fault_of_field(block_format, field) is None
        return conclude_decoding(working, block_format, given, field, pan, key)

    return made if encode else read


def tdes_key(p):
    """The key of a transaction of TDES DUKPT."""
    return key_of(explain_tdes_key(key_of(explain_tdes_initial_key(p.secret("bdk"), p.octets("ksn"))), p.octets("ksn")))


def aes_key(p):
    """The derivation key of a transaction of AES DUKPT."""
    ksn = p.octets("ksn")
    return key_of(explain_aes_key(key_of(explain_aes_initial_key(p.secret("bdk"), ksn)), ksn))


def aes_working_key(p):
    """The key for one usage of a transaction of AES DUKPT."""
    return explain_aes_working_key(aes_key(p), p.octets("ksn"), USAGES[p.text("usage")], KeyType[p.text("key_type")])


def by_profile(p):
    """What a scheme's rules make."""
    profile = CVN_PROFILES[SCHEMES[p.text("scheme")]]
    imks = CardKeys(p.secret("imk_ac"), p.secret("imk_smi"), p.secret("imk_smc"))
    keys = card_keys(profile, imks, p.pan(), p.text("psn"))
    given = p.within("tags")
    tags = {name: given.octets(f"tag_{name.lower()}") for name in TAG_BYTES if f"tag_{name.lower()}" in given}
    match p.text("call"):
        case "generate_ac":
            if "9F10" not in tags:
                tags["9F10"] = issuer_data(profile, given)
            return explain_profile_cryptogram(profile, keys.cryptograms, tags)
        case "generate_command_mac":
            return explain_command_mac(profile, keys, p.octets("header"), b"", tags)
        case "generate_pin_change_command":
            current = p.pin("current_pin") if "current_pin" in p else None
            return explain_pin_change(profile, keys, p.pin(), tags, current)
        case _:
            status = given.octets("csu" if profile.arpc is ArpcMethod.METHOD_2 else "arpc_rc")
            whole = explain_issuer_authentication(profile, keys.cryptograms, tags, tags["9F26"], status, b"")
            return whole.steps[-2]


def issuer_data(profile, given):
    """Issuer application data around the results and counters that a vector gives instead of it."""
    if profile.scheme is Scheme.VISA:
        return bytes((6, 1, profile.cvn)) + given.octets("cvr")
    counters = given.octets("counters") if profile.iad is IadPart.RESULTS_AND_COUNTERS else bytes(8)
    return bytes((1, profile.cvn)) + given.octets("cvr") + bytes(2) + counters


def dynamic_code(p):
    """CVC3, with its initial vector given or made."""
    key = icc_master_key(p.secret("imk"), p.pan(), p.text("psn"))
    made = "ivcvc3" not in p
    iv = bytes.fromhex(explain_ivcvc3(key, p.octets("track")).result.expose()) if made else p.octets("ivcvc3")
    return explain_cvc3(key, iv, p.octets("un"), p.octets("atc"), p.number("digits"))


EXPLAINED = {
    "aes_ecb_encrypt": lambda p: explain_encrypt(Aes(p.secret()), ChainMode.ECB, b"", p.octets("data")),
    "cvc3": dynamic_code,
    "cvv": lambda p: explain_cvv(p.secret("cvk"), p.pan(), p.text("expiry"), p.text("service_code")),
    "dcvv": lambda p: explain_dcvv(key_of(master(p)), p.pan(), p.text("expiry"), p.text("service_code"), p.octets("atc")),
    "dukpt_aes_ik": lambda p: explain_aes_initial_key(p.secret("bdk"), p.octets("ik_id") + bytes(4)),
    "dukpt_aes_txn_key": lambda p: explain_aes_key(
        key_of(explain_aes_initial_key(p.secret("bdk"), p.octets("ksn"))), p.octets("ksn")
    ),
    "dukpt_aes_working_key": aes_working_key,
    "dukpt_tdes_data_key": lambda p: explain_tdes_data_key(tdes_key(p), VARIANTS[p.text("usage")]),
    "dukpt_tdes_ik": lambda p: explain_tdes_initial_key(p.secret("bdk"), p.octets("ksn")),
    "dukpt_tdes_txn_key": lambda p: explain_tdes_key(
        key_of(explain_tdes_initial_key(p.secret("bdk"), p.octets("ksn"))), p.octets("ksn")
    ),
    "dukpt_tdes_variant_key": lambda p: explain_tdes_variant(tdes_key(p), VARIANTS[p.text("usage")]),
    "emv_arpc1": lambda p: explain_arpc_1(key_of(session(p)), p.octets("arqc"), p.octets("arc")),
    "emv_arpc2": lambda p: explain_arpc_2(key_of(session(p)), p.octets("arqc"), p.octets("csu"), p.octets("prop", "")),
    "emv_arqc": lambda p: explain_cryptogram(key_of(session(p)), p.octets("data"), p.number("padding")),
    "emv_icc_mk": master,
    "emv_scheme_script": by_profile,
    "emv_session_key": session,
    "ibm3624_natural_pin": lambda p: explain_natural_pin(
        p.secret("pvk"), p.text("validation_data"), p.text("dec_table"), p.number("pin_length")
    ),
    "ibm3624_offset": lambda p: explain_offset(p.secret("pvk"), p.text("validation_data"), p.text("dec_table"), p.pin()),
    "ibm3624_pin_from_offset": lambda p: explain_pin_from_offset(
        p.secret("pvk"), p.text("validation_data"), p.text("dec_table"), p.text("offset")
    ),
    "kcv_aes_cmac": lambda p: explain_kcv(p.secret(), KcvMethod.AES_CMAC, p.number("digits")),
    "kcv_aes_ecb_zero": lambda p: explain_kcv(p.secret(), KcvMethod.AES_ECB, p.number("digits")),
    "kcv_tdes_legacy": lambda p: explain_kcv(p.secret(), KcvMethod.TDES, p.number("digits")),
    "mac_cmac_aes": lambda p: explain_aes_cmac(p.secret(), p.octets("data"), length=p.number("length", 16)),
    "mac_cmac_tdes": lambda p: explain_tdes_cmac(p.secret(), p.octets("data")),
    "mac_hmac": lambda p: explain_hmac(
        p.secret(), p.octets("data"), HashName(p.text("hash")), length=p.number("length") if "length" in p else None
    ),
    "mac_iso9797_alg1": lambda p: explain_cbc_mac(
        p.secret(), p.octets("data"), padding=p.number("padding"), length=p.number("length")
    ),
    "mac_iso9797_alg3": lambda p: explain_retail_mac(
        p.secret(), p.octets("data"), padding=p.number("padding"), length=p.number("length")
    ),
    "pinblock_iso0_decode": block(0, encode=False),
    "pinblock_iso0_decrypt_tdes": block(0, encode=False),
    "pinblock_iso0_encode": block(0),
    "pinblock_iso0_encrypt_tdes": block(0),
    "pinblock_iso1_decode": block(1, encode=False),
    "pinblock_iso1_encode": block(1),
    "pinblock_iso2_decode": block(2, encode=False),
    "pinblock_iso2_encode": block(2),
    "pinblock_iso3_decode": block(3, encode=False),
    "pinblock_iso3_encode": block(3),
    "pinblock_iso4_decrypt": block(4, encode=False),
    "pinblock_iso4_encrypt": block(4),
    "pvv": lambda p: explain_pvv(p.secret("pvk"), p.pan(), p.number("pvki"), p.pin()),
    "tdes_cbc_encrypt": lambda p: explain_encrypt(Tdes(p.secret()), ChainMode.CBC, p.octets("iv"), p.octets("data")),
    "tdes_ecb_encrypt": lambda p: explain_encrypt(Tdes(p.secret()), ChainMode.ECB, b"", p.octets("data")),
    "tr31_unwrap": lambda p: explain_unwrap(p.secret("kbpk"), p.text("key_block")),
}


@pytest.mark.parametrize("op", EXPLAINED)
def test_the_last_step_is_the_published_value(vectors, op):
    """Every vector of the operation whose result is a value: the steps end with it, and there are steps before it."""
    tried = 0
    for vector in vectors:
        if vector["op"] != op or vector["expected"] in ("REJECT", "EXHAUSTED"):
            continue
        params = Params(vector["params"])
        explained = EXPLAINED[op](params)
        result = explained.result if isinstance(explained, Explanation) else explained
        found = result.expose()
        if "kcv_digits" in params:
            found = kcv_tdes_legacy(Secret(bytes.fromhex(found)), digits=params.number("kcv_digits"))
        assert found == vector["expected"], vector["id"]
        tried += 1
    assert tried


def test_deciphering_undoes_enciphering():
    """Both ciphers, both ways of chaining: the steps back end where the steps forth began."""
    for cipher, size in ((Tdes(Secret(bytes(range(16)))), 8), (Aes(Secret(bytes(range(32)))), 16)):
        for mode in ChainMode:
            clear = bytes(range(4 * size))
            made = bytes.fromhex(explain_encrypt(cipher, mode, bytes(size), clear).result.expose())
            assert explain_decrypt(cipher, mode, bytes(size), made).result.expose() == clear.hex().upper()
