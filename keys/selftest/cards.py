"""Vectors of what a card carries: verification values, fixed and dynamic, and the check value of a QR code."""

from typing import Final

from keys.cvv import cvc3, cvv, dcvv, generate_ivcvc3
from keys.emv.derive import MasterKeyOption, icc_master_key
from keys.emvqr import emvqr_crc
from keys.selftest.params import Params
from keys.selftest.runner import Operation
from keys.sensitive import Secret

_OPTIONS: Final[dict[str, MasterKeyOption]] = {"A": "A", "B": "B"}


def _card_key(p: Params) -> Secret:
    return icc_master_key(p.secret("imk"), p.pan(), p.text("psn"), p.choice("mk_option", _OPTIONS, "A"))


def _cvc3(p: Params) -> str:
    key = _card_key(p)
    iv = p.octets("ivcvc3") if "ivcvc3" in p else generate_ivcvc3(key, p.octets("track"))
    return cvc3(key, iv, p.octets("un"), p.octets("atc"), p.number("digits"))


def _dcvv(p: Params) -> str:
    return dcvv(_card_key(p), p.pan(), p.text("expiry"), p.text("service_code"), p.octets("atc"))


CARDS: Final[dict[str, Operation]] = {
    "cvc3": _cvc3,
    "cvv": lambda p: cvv(p.secret("cvk"), p.pan(), p.text("expiry"), p.text("service_code")),
    "dcvv": _dcvv,
    "emvqr_crc": lambda p: emvqr_crc(p.text("payload")),
}
