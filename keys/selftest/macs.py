"""Vectors of MACs."""

from typing import Final

from keys.ciphers import HashName, Hmac
from keys.mac import aes_cmac, cbc_mac, hmac, retail_mac, tdes_cmac
from keys.selftest.params import Params
from keys.selftest.runner import Operation, in_hex

_HASHES: Final = {each.value: each for each in HashName}


def _alg1(p: Params) -> str:
    return in_hex(cbc_mac(p.secret(), p.octets("data"), padding=p.number("padding"), length=p.number("length")))


def _alg3(p: Params) -> str:
    return in_hex(retail_mac(p.secret(), p.octets("data"), padding=p.number("padding"), length=p.number("length")))


def _hmac(p: Params) -> str:
    keyed = Hmac(p.secret(), p.choice("hash", _HASHES))
    return in_hex(hmac(keyed, p.octets("data"), length=p.number("length") if "length" in p else None))


MACS: Final[dict[str, Operation]] = {
    "mac_cmac_aes": lambda p: in_hex(aes_cmac(p.secret(), p.octets("data"), length=p.number("length", 16))),
    "mac_cmac_tdes": lambda p: in_hex(tdes_cmac(p.secret(), p.octets("data"))),
    "mac_hmac": _hmac,
    "mac_iso9797_alg1": _alg1,
    "mac_iso9797_alg3": _alg3,
}
