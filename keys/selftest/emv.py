"""Vectors of EMV: keys of a card and of a transaction, cryptograms and their answers."""

from typing import Final

from keys.ciphers import kcv_tdes_legacy
from keys.emv.cryptogram import application_cryptogram, arpc_method_1, arpc_method_2
from keys.emv.derive import MasterKeyOption, common_session_key, icc_master_key
from keys.selftest.params import Params
from keys.selftest.runner import Operation, in_hex
from keys.sensitive import Secret

_OPTIONS: Final[dict[str, MasterKeyOption]] = {"A": "A", "B": "B"}
_METHODS: Final = {"EMV_COMMON": True, "NONE": False}  # Whether a session key is derived.


def _master(p: Params) -> Secret:
    return icc_master_key(p.secret("imk"), p.pan(), p.text("psn"), p.choice("mk_option", _OPTIONS, "A"))


def _session(p: Params) -> Secret:
    if not p.choice("sk_method", _METHODS):
        return _master(p)
    return common_session_key(_master(p), p.octets("r" if "r" in p else "atc"))


def _key_or_kcv(p: Params, key: Secret) -> str:
    return kcv_tdes_legacy(key, digits=p.number("kcv_digits")) if "kcv_digits" in p else in_hex(key)


EMV: Final[dict[str, Operation]] = {
    "emv_arpc1": lambda p: in_hex(arpc_method_1(_session(p), p.octets("arqc"), p.octets("arc"))),
    "emv_arpc2": lambda p: in_hex(arpc_method_2(_session(p), p.octets("arqc"), p.octets("csu"), p.octets("prop", ""))),
    "emv_arqc": lambda p: in_hex(application_cryptogram(_session(p), p.octets("data"), p.number("padding"))),
    "emv_icc_mk": lambda p: _key_or_kcv(p, _master(p)),
    "emv_session_key": lambda p: _key_or_kcv(p, _session(p)),
}
