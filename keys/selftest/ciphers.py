"""Vectors of block ciphers and check values."""

from typing import Final

from keys.ciphers import Aes, Tdes, kcv_aes_cmac, kcv_tdes_legacy
from keys.selftest.runner import Operation, in_hex

CIPHERS: Final[dict[str, Operation]] = {
    "aes_ecb_encrypt": lambda p: in_hex(Aes(p.secret()).encrypt(p.octets("data"))),
    "kcv_aes_cmac": lambda p: kcv_aes_cmac(p.secret(), digits=p.number("digits")),
    "kcv_tdes_legacy": lambda p: kcv_tdes_legacy(p.secret(), digits=p.number("digits")),
    "tdes_cbc_encrypt": lambda p: in_hex(Tdes(p.secret()).encrypt_cbc(p.octets("iv"), p.octets("data"))),
    "tdes_ecb_encrypt": lambda p: in_hex(Tdes(p.secret()).encrypt(p.octets("data"))),
}
