"""Proves that the published vectors come out of the public functions of `keys`, weak test keys included."""

from collections import Counter

import pytest

from keys.ciphers import Aes, Tdes, kcv_aes_cmac, kcv_tdes_legacy
from keys.cvv import cvv
from keys.emv.cryptogram import application_cryptogram, arpc_method_1, arpc_method_2
from keys.emv.derive import common_session_key, icc_master_key
from keys.emv.profiles import CVN_PROFILES, issuer_authentication, session_key
from keys.errors import KeysError
from keys.mac import cbc_mac, retail_mac
from keys.pin import pvv
from keys.pinblock import decode_iso0, decrypt_iso0, encode_iso0, encrypt_iso0
from keys.sensitive import Pan, Secret

CVN_18 = CVN_PROFILES[0x12]


def octets(p, name):
    return bytes.fromhex(p[name])


def secret(p, name="key"):
    return Secret(bytes.fromhex(p[name]))


def pan(p):
    return Pan(p["pan"])


def pin(p):
    return Secret(p["pin"].encode())


def result(value):
    return (value.expose() if isinstance(value, Secret) else value).hex().upper()


def digits(pin_secret):
    return pin_secret.expose().decode()


def master(p):
    return icc_master_key(secret(p, "imk"), pan(p), p["psn"], p.get("mk_option", "A"))


def session(p):
    if p["sk_method"] == "NONE":
        return master(p)
    return common_session_key(master(p), octets(p, "r" if "r" in p else "atc"))


def key_or_kcv(p, key):
    return kcv_tdes_legacy(key, digits=p["kcv_digits"]) if "kcv_digits" in p else result(key)


def cvn_18_arpc(p):
    tags = p["tags"]
    mk = icc_master_key(secret(p, "imk_ac"), pan(p), p["psn"], CVN_18.master_key_option)
    key = session_key(CVN_18, mk, octets(tags, "tag_9f36"))
    return result(issuer_authentication(CVN_18, key, octets(tags, "tag_9f26"), octets(tags, "csu"))[:4])


# Operation -> what runs it.
COVERED = {
    "aes_ecb_encrypt": lambda p: result(Aes(secret(p)).encrypt(octets(p, "data"))),
    "cvv": lambda p: cvv(secret(p, "cvk"), pan(p), p["expiry"], p["service_code"]),
    "emv_arpc1 EMV_COMMON": lambda p: result(arpc_method_1(session(p), octets(p, "arqc"), octets(p, "arc"))),
    "emv_arpc1 NONE": lambda p: result(arpc_method_1(session(p), octets(p, "arqc"), octets(p, "arc"))),
    "emv_arpc2 EMV_COMMON": lambda p: result(
        arpc_method_2(session(p), octets(p, "arqc"), octets(p, "csu"), bytes.fromhex(p.get("prop", "")))
    ),
    "emv_arqc EMV_COMMON": lambda p: result(application_cryptogram(session(p), octets(p, "data"), p["padding"])),
    "emv_arqc NONE": lambda p: result(application_cryptogram(session(p), octets(p, "data"), p["padding"])),
    "emv_icc_mk": lambda p: key_or_kcv(p, master(p)),
    "emv_scheme_script VisaCVN18 generate_arpc": cvn_18_arpc,
    "emv_session_key EMV_COMMON": lambda p: key_or_kcv(p, session(p)),
    "kcv_aes_cmac": lambda p: kcv_aes_cmac(secret(p), digits=p["digits"]),
    "kcv_tdes_legacy": lambda p: kcv_tdes_legacy(secret(p), digits=p["digits"]),
    "mac_iso9797_alg1": lambda p: result(cbc_mac(secret(p), octets(p, "data"), padding=p["padding"], length=p["length"])),
    "mac_iso9797_alg3": lambda p: result(retail_mac(secret(p), octets(p, "data"), padding=p["padding"], length=p["length"])),
    "pinblock_iso0_decode": lambda p: digits(decode_iso0(secret(p, "block"), pan(p))),
    "pinblock_iso0_decrypt_tdes": lambda p: digits(decrypt_iso0(secret(p), octets(p, "block"), pan(p))),
    "pinblock_iso0_encode": lambda p: result(encode_iso0(pin(p), pan(p))),
    "pinblock_iso0_encrypt_tdes": lambda p: result(encrypt_iso0(secret(p), pin(p), pan(p))),
    "pvv": lambda p: pvv(secret(p, "pvk"), pan(p), int(p["pvki"]), pin(p)),
    "tdes_cbc_encrypt": lambda p: result(Tdes(secret(p)).encrypt_cbc(octets(p, "iv"), octets(p, "data"))),
    "tdes_ecb_encrypt": lambda p: result(Tdes(secret(p)).encrypt(octets(p, "data"))),
}

# How many vectors of each covered operation the file has: a file that lost some would prove less in silence.
COUNTS = {
    "aes_ecb_encrypt": 2,
    "cvv": 10,
    "emv_arpc1 EMV_COMMON": 3,
    "emv_arpc1 NONE": 5,
    "emv_arpc2 EMV_COMMON": 5,
    "emv_arqc EMV_COMMON": 8,
    "emv_arqc NONE": 2,
    "emv_icc_mk": 10,
    "emv_scheme_script VisaCVN18 generate_arpc": 1,
    "emv_session_key EMV_COMMON": 4,
    "kcv_aes_cmac": 3,
    "kcv_tdes_legacy": 8,
    "mac_iso9797_alg1": 5,
    "mac_iso9797_alg3": 6,
    "pinblock_iso0_decode": 10,
    "pinblock_iso0_decrypt_tdes": 2,
    "pinblock_iso0_encode": 8,
    "pinblock_iso0_encrypt_tdes": 2,
    "pvv": 4,
    "tdes_cbc_encrypt": 1,
    "tdes_ecb_encrypt": 1,
}

# Operations that `keys` does not have. A name that is neither here nor covered fails.
NOT_COVERED = {
    "cvc3",
    "dcvv",
    "dukpt_aes_cmac",
    "dukpt_aes_data_encrypt_cbc",
    "dukpt_aes_hmac_sha256",
    "dukpt_aes_ik",
    "dukpt_aes_pin_decrypt",
    "dukpt_aes_pin_encrypt",
    "dukpt_aes_txn_key",
    "dukpt_aes_update_key",
    "dukpt_aes_working_key",
    "dukpt_tdes_cmac",
    "dukpt_tdes_data_encrypt_cbc",
    "dukpt_tdes_data_key",
    "dukpt_tdes_ik",
    "dukpt_tdes_mac_x919",
    "dukpt_tdes_next_ksn",
    "dukpt_tdes_pin_decrypt",
    "dukpt_tdes_pin_encrypt",
    "dukpt_tdes_txn_key",
    "dukpt_tdes_variant_key",
    "emv_arpc1 MASTERCARD",
    "emv_arqc MASTERCARD",
    "emv_scheme_script InteracCVN133 generate_ac",
    "emv_scheme_script InteracCVN133 generate_command_mac",
    "emv_scheme_script MasterCardCVN16 generate_ac",
    "emv_scheme_script MasterCardCVN16 generate_command_mac",
    "emv_scheme_script MasterCardCVN17 generate_ac",
    "emv_scheme_script MasterCardCVN17 generate_command_mac",
    "emv_scheme_script MasterCardCVN20 generate_ac",
    "emv_scheme_script MasterCardCVN20 generate_command_mac",
    "emv_scheme_script MasterCardCVN21 generate_ac",
    "emv_scheme_script MasterCardCVN21 generate_command_mac",
    "emv_scheme_script VisaCVN10 generate_ac",
    "emv_scheme_script VisaCVN10 generate_command_mac",
    "emv_scheme_script VisaCVN10 generate_pin_change_command",
    "emv_scheme_script VisaCVN18 generate_pin_change_command",
    "emv_scheme_script VisaCVN22 generate_ac",
    "emv_scheme_script VisaCVN22 generate_command_mac",
    "emv_scheme_script VisaCVN22 generate_pin_change_command",
    "emv_script_mac EMV_COMMON",
    "emv_script_mac VISA_SM",
    "emv_script_mac_sk",
    "emv_session_key MASTERCARD",
    "emv_session_key VISA_SM",
    "emvqr_crc",
    "ibm3624_decimalise",
    "ibm3624_natural_pin",
    "ibm3624_offset",
    "ibm3624_pin_from_offset",
    "kcv_aes_ecb_zero",
    "key_component_combine",
    "mac_cmac_aes",
    "mac_cmac_tdes",
    "mac_hmac",
    "pin_translate_tdes",
    "pinblock_iso1_decode",
    "pinblock_iso1_encode",
    "pinblock_iso2_decode",
    "pinblock_iso2_encode",
    "pinblock_iso3_decode",
    "pinblock_iso3_encode",
    "pinblock_iso4_decrypt",
    "pinblock_iso4_encrypt",
    "pinblock_iso4_pan_field",
    "pinblock_iso4_pin_field",
    "pinblock_iso4_pin_field_decode",
    "tr31_derive",
    "tr31_reject",
    "tr31_unwrap",
}


def operation(vector):
    """The operation with what selects among its methods."""
    p = vector["params"]
    words = [vector["op"], p.get("sk_method"), p.get("scheme"), p.get("call")]
    return " ".join(word for word in words if word)


def test_every_covered_vector_gives_the_published_value(vectors):
    """Every vector of a covered operation gives its published value, and REJECT is a refusal of ours."""
    ran, wrong = Counter(), []
    for vector in vectors:
        name = operation(vector)
        if name not in COVERED:
            continue
        ran[name] += 1
        try:
            given = COVERED[name](vector["params"])
        except KeysError:
            given = "REJECT"
        if given != vector["expected"]:
            wrong.append((vector["id"], given))
    assert wrong == []
    assert dict(ran) == COUNTS


def test_every_operation_of_the_file_is_covered_or_named(vectors):
    """An operation that is new in the file is seen, and none is listed that the file does not have."""
    assert {operation(vector) for vector in vectors} == COVERED.keys() | NOT_COVERED


@pytest.mark.parametrize("index", [0, -1])
def test_a_changed_value_is_seen(vectors, index):
    """A vector whose published value is changed by one digit no longer comes out: the check can fail."""
    vector = [vector for vector in vectors if operation(vector) == "mac_iso9797_alg3"][index]
    changed = f"{int(vector['expected'][0], 16) ^ 1:X}{vector['expected'][1:]}"
    assert COVERED["mac_iso9797_alg3"](vector["params"]) != changed
