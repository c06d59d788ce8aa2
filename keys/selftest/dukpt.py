"""Vectors of DUKPT, TDES and AES, and of PIN translation, which begins or ends with it."""

from typing import Final

from keys import dukpt_aes, dukpt_tdes
from keys.ciphers import Aes, Hmac, Tdes
from keys.dukpt_aes import KeyType, Usage
from keys.dukpt_tdes import Variant
from keys.mac import aes_cmac, hmac, retail_mac, tdes_cmac
from keys.pinblock import decrypt_iso0, decrypt_iso4, encrypt_iso0, encrypt_iso4
from keys.selftest.params import Params
from keys.selftest.runner import Operation, in_digits, in_hex
from keys.sensitive import Secret

_MAC_VARIANTS: Final = {"request": Variant.MAC_REQUEST, "response": Variant.MAC_RESPONSE}
_DATA_VARIANTS: Final = {"request": Variant.DATA_REQUEST, "response": Variant.DATA_RESPONSE}
_VARIANTS: Final = {
    "data_request": Variant.DATA_REQUEST,
    "data_response": Variant.DATA_RESPONSE,
    "mac_request": Variant.MAC_REQUEST,
    "mac_response": Variant.MAC_RESPONSE,
    "pin": Variant.PIN,
}
_MAC_USAGES: Final = {"request": Usage.MAC_GENERATION, "response": Usage.MAC_VERIFICATION}
_DATA_USAGES: Final = {"request": Usage.DATA_ENCRYPTION, "response": Usage.DATA_DECRYPTION}
_USAGES: Final = {
    "data_encrypt": Usage.DATA_ENCRYPTION,
    "mac_generation": Usage.MAC_GENERATION,
    "pin": Usage.PIN_ENCRYPTION,
}
_KEY_TYPES: Final = {each.name: each for each in KeyType}
_MAC_BYTES: Final = 4  # What X9.24-1 A.4 prints of a MAC by X9.19.


# TDES.


def _tdes_key(p: Params) -> Secret:
    return dukpt_tdes.transaction_key(dukpt_tdes.initial_key(p.secret("bdk"), p.octets("ksn")), p.octets("ksn"))


def _tdes_pin_key(p: Params) -> Secret:
    return dukpt_tdes.variant_key(_tdes_key(p), Variant.PIN)


def _tdes_mac_key(p: Params) -> Secret:
    return dukpt_tdes.variant_key(_tdes_key(p), p.choice("direction", _MAC_VARIANTS))


def _tdes_data(p: Params) -> str:
    key = dukpt_tdes.data_key(_tdes_key(p), p.choice("direction", _DATA_VARIANTS))
    return in_hex(Tdes(key).encrypt_cbc(p.octets("iv"), p.octets("data")))


def _pin_key(p: Params) -> Secret:
    """The key of one side of a translation: its own, or a transaction's."""
    return p.secret() if "key" in p else _tdes_pin_key(p)


def _translated(p: Params) -> str:
    source, target = p.within("source"), p.within("target")
    for side in (source, target):
        side.choice("format", {"ISO0": 0})
    return in_hex(encrypt_iso0(_pin_key(target), decrypt_iso0(_pin_key(source), p.octets("block"), p.pan()), p.pan()))


# AES.


def _aes_key(p: Params) -> Secret:
    ksn = p.octets("ksn")
    return dukpt_aes.transaction_key(dukpt_aes.initial_key(p.secret("bdk"), ksn[: dukpt_aes.IK_ID_BYTES]), ksn)


def _aes_working_key(p: Params, usage: Usage) -> Secret:
    return dukpt_aes.working_key(_aes_key(p), p.octets("ksn"), usage, p.choice("key_type", _KEY_TYPES))


def _aes_mac_key(p: Params) -> Secret:
    return _aes_working_key(p, p.choice("direction", _MAC_USAGES))


def _aes_data(p: Params) -> str:
    key = _aes_working_key(p, p.choice("direction", _DATA_USAGES))
    return in_hex(Aes(key).encrypt_cbc(p.octets("iv"), p.octets("data")))


def _aes_pin_decrypt(p: Params) -> str:
    return in_digits(decrypt_iso4(_aes_working_key(p, Usage.PIN_ENCRYPTION), p.octets("block"), p.pan()))


def _aes_pin_encrypt(p: Params) -> str:
    return in_hex(encrypt_iso4(_aes_working_key(p, Usage.PIN_ENCRYPTION), p.pin(), p.pan(), p.octets("random")))


def _aes_update_key(p: Params) -> str:
    return in_hex(dukpt_aes.update_key(p.secret("ik"), p.octets("ik_id"), p.choice("key_type", _KEY_TYPES)))


DUKPT: Final[dict[str, Operation]] = {
    "dukpt_aes_cmac": lambda p: in_hex(aes_cmac(_aes_mac_key(p), p.octets("data"))),
    "dukpt_aes_data_encrypt_cbc": _aes_data,
    "dukpt_aes_hmac_sha256": lambda p: in_hex(hmac(Hmac(_aes_mac_key(p)), p.octets("data"))),
    "dukpt_aes_ik": lambda p: in_hex(dukpt_aes.initial_key(p.secret("bdk"), p.octets("ik_id"))),
    "dukpt_aes_pin_decrypt": _aes_pin_decrypt,
    "dukpt_aes_pin_encrypt": _aes_pin_encrypt,
    "dukpt_aes_txn_key": lambda p: in_hex(_aes_key(p)),
    "dukpt_aes_update_key": _aes_update_key,
    "dukpt_aes_working_key": lambda p: in_hex(_aes_working_key(p, p.choice("usage", _USAGES))),
    "dukpt_tdes_cmac": lambda p: in_hex(tdes_cmac(_tdes_mac_key(p), p.octets("data"))),
    "dukpt_tdes_data_encrypt_cbc": _tdes_data,
    "dukpt_tdes_data_key": lambda p: in_hex(dukpt_tdes.data_key(_tdes_key(p), p.choice("usage", _VARIANTS))),
    "dukpt_tdes_ik": lambda p: in_hex(dukpt_tdes.initial_key(p.secret("bdk"), p.octets("ksn"))),
    "dukpt_tdes_mac_x919": lambda p: in_hex(retail_mac(_tdes_mac_key(p), p.octets("data"), length=_MAC_BYTES)),
    "dukpt_tdes_next_ksn": lambda p: in_hex(dukpt_tdes.next_ksn(p.octets("ksn"))),
    "dukpt_tdes_pin_decrypt": lambda p: in_digits(decrypt_iso0(_tdes_pin_key(p), p.octets("block"), p.pan())),
    "dukpt_tdes_pin_encrypt": lambda p: in_hex(encrypt_iso0(_tdes_pin_key(p), p.pin(), p.pan())),
    "dukpt_tdes_txn_key": lambda p: in_hex(_tdes_key(p)),
    "dukpt_tdes_variant_key": lambda p: in_hex(dukpt_tdes.variant_key(_tdes_key(p), p.choice("usage", _VARIANTS))),
    "pin_translate_tdes": _translated,
}
