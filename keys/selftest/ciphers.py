"""Vectors of block ciphers, check values and components."""

from typing import Final

from keys.ciphers import Aes, Tdes, kcv_aes_cmac, kcv_aes_ecb_zero, kcv_tdes_legacy
from keys.components import combine
from keys.selftest.params import Params
from keys.selftest.runner import Operation, in_hex


def _combined(p: Params) -> str:
    key = combine(p.secrets("components"))
    return kcv_tdes_legacy(key, digits=p.number("kcv_digits")) if "kcv_digits" in p else in_hex(key)


CIPHERS: Final[dict[str, Operation]] = {
    "aes_ecb_encrypt": lambda p: in_hex(Aes(p.secret()).encrypt(p.octets("data"))),
    "kcv_aes_cmac": lambda p: kcv_aes_cmac(p.secret(), digits=p.number("digits")),
    "kcv_aes_ecb_zero": lambda p: kcv_aes_ecb_zero(p.secret(), digits=p.number("digits")),
    "kcv_tdes_legacy": lambda p: kcv_tdes_legacy(p.secret(), digits=p.number("digits")),
    "key_component_combine": _combined,
    "tdes_cbc_encrypt": lambda p: in_hex(Tdes(p.secret()).encrypt_cbc(p.octets("iv"), p.octets("data"))),
    "tdes_ecb_encrypt": lambda p: in_hex(Tdes(p.secret()).encrypt(p.octets("data"))),
}
