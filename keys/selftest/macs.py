"""Vectors of MACs."""

from typing import Final

from keys.mac import cbc_mac, retail_mac
from keys.selftest.params import Params
from keys.selftest.runner import Operation, in_hex


def _alg1(p: Params) -> str:
    return in_hex(cbc_mac(p.secret(), p.octets("data"), padding=p.number("padding"), length=p.number("length")))


def _alg3(p: Params) -> str:
    return in_hex(retail_mac(p.secret(), p.octets("data"), padding=p.number("padding"), length=p.number("length")))


MACS: Final[dict[str, Operation]] = {
    "mac_iso9797_alg1": _alg1,
    "mac_iso9797_alg3": _alg3,
}
