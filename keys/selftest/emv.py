"""Vectors of EMV: keys of a card and of a transaction, cryptograms and their answers, commands to the card."""

from collections.abc import Callable
from typing import Final

from keys.ciphers import kcv_tdes_legacy
from keys.emv.cryptogram import application_cryptogram, arpc_method_1, arpc_method_2
from keys.emv.derive import (
    MasterKeyOption,
    common_session_key,
    icc_master_key,
    mastercard_session_key,
    visa_session_key,
)
from keys.emv.iad import Scheme
from keys.emv.profiles import (
    CVN_PROFILES,
    TAG_BYTES,
    ArpcMethod,
    CvnProfile,
    IadPart,
    arpc_key,
    cryptogram_input,
    issuer_authentication,
    session_key,
)
from keys.emv.scripts import CardKeys, card_keys, command_mac, pin_change_command, script_mac
from keys.selftest.params import Params
from keys.selftest.runner import Operation, in_hex
from keys.sensitive import Secret

_OPTIONS: Final[dict[str, MasterKeyOption]] = {"A": "A", "B": "B"}

_METHODS: Final[dict[str, Callable[[Secret, Params], Secret]]] = {
    "EMV_COMMON": lambda mk, p: common_session_key(mk, p.octets("r" if "r" in p else "atc")),
    "MASTERCARD": lambda mk, p: mastercard_session_key(mk, p.octets("atc"), p.octets("un")),
    "NONE": lambda mk, p: mk,
    "VISA_SM": lambda mk, p: visa_session_key(mk, p.octets("atc")),
}

_SCHEMES: Final = {
    "InteracCVN133": CVN_PROFILES[Scheme.INTERAC, 0x85],
    "MasterCardCVN16": CVN_PROFILES[Scheme.MASTERCARD, 0x10],
    "MasterCardCVN17": CVN_PROFILES[Scheme.MASTERCARD, 0x11],
    "MasterCardCVN20": CVN_PROFILES[Scheme.MASTERCARD, 0x14],
    "MasterCardCVN21": CVN_PROFILES[Scheme.MASTERCARD, 0x15],
    "VisaCVN10": CVN_PROFILES[Scheme.VISA, 0x0A],
    "VisaCVN18": CVN_PROFILES[Scheme.VISA, 0x12],
    "VisaCVN22": CVN_PROFILES[Scheme.VISA, 0x22],
}


def _master(p: Params) -> Secret:
    return icc_master_key(p.secret("imk"), p.pan(), p.text("psn"), p.choice("mk_option", _OPTIONS, "A"))


def _session(p: Params) -> Secret:
    return p.choice("sk_method", _METHODS)(_master(p), p)


def _key_or_kcv(p: Params, key: Secret) -> str:
    return kcv_tdes_legacy(key, digits=p.number("kcv_digits")) if "kcv_digits" in p else in_hex(key)


def _scheme_script(p: Params) -> str:
    """One call by a scheme's own rules: the row of `profiles` does the work."""
    profile = p.choice("scheme", _SCHEMES)
    imks = CardKeys(p.secret("imk_ac"), p.secret("imk_smi"), p.secret("imk_smc"))
    keys = card_keys(profile, imks, p.pan(), p.text("psn"))
    return in_hex(p.choice("call", _CALLS)(profile, keys, p))


def _generate_ac(profile: CvnProfile, keys: CardKeys, p: Params) -> bytes:
    tags = _tags(p)
    if "9F10" not in tags:
        tags["9F10"] = _iad(profile, p.within("tags"))
    key = session_key(profile, keys.cryptograms, tags.get("9F36", b""), tags.get("9F37", b""))
    return application_cryptogram(key, cryptogram_input(profile, tags), profile.padding)


def _generate_arpc(profile: CvnProfile, keys: CardKeys, p: Params) -> bytes:
    """The ARPC alone: what it is sent with is at the end of the issuer authentication data."""
    tags, given = _tags(p), p.within("tags")
    status = given.octets("csu" if profile.arpc is ArpcMethod.METHOD_2 else "arpc_rc")
    key = arpc_key(profile, keys.cryptograms, tags.get("9F36", b""), tags.get("9F37", b""))
    return issuer_authentication(profile, key, tags.get("9F26", b""), status)[: -len(status)]


def _generate_command_mac(profile: CvnProfile, keys: CardKeys, p: Params) -> bytes:
    return command_mac(profile, keys, p.octets("header"), b"", _tags(p))


def _generate_pin_change_command(profile: CvnProfile, keys: CardKeys, p: Params) -> bytes:
    current_pin = p.pin("current_pin") if "current_pin" in p else None
    return pin_change_command(profile, keys, p.pin(), _tags(p), current_pin=current_pin)


_CALLS: Final = {
    "generate_ac": _generate_ac,
    "generate_arpc": _generate_arpc,
    "generate_command_mac": _generate_command_mac,
    "generate_pin_change_command": _generate_pin_change_command,
}


def _tags(p: Params) -> dict[str, bytes]:
    given = p.within("tags")
    return {name: given.octets(f"tag_{name.lower()}") for name in TAG_BYTES if f"tag_{name.lower()}" in given}


def _iad(profile: CvnProfile, given: Params) -> bytes:
    """Issuer application data around the results and counters that a vector gives instead of it."""
    cvr = given.octets("cvr")
    if profile.scheme is Scheme.VISA:
        return bytes((6, 1, profile.cvn)) + cvr
    counters = given.octets("counters") if profile.iad is IadPart.RESULTS_AND_COUNTERS else bytes(8)
    return bytes((1, profile.cvn)) + cvr + bytes(2) + counters


EMV: Final[dict[str, Operation]] = {
    "emv_arpc1": lambda p: in_hex(arpc_method_1(_session(p), p.octets("arqc"), p.octets("arc"))),
    "emv_arpc2": lambda p: in_hex(arpc_method_2(_session(p), p.octets("arqc"), p.octets("csu"), p.octets("prop", ""))),
    "emv_arqc": lambda p: in_hex(application_cryptogram(_session(p), p.octets("data"), p.number("padding"))),
    "emv_icc_mk": lambda p: _key_or_kcv(p, _master(p)),
    "emv_scheme_script": _scheme_script,
    "emv_script_mac": lambda p: in_hex(script_mac(_session(p), p.octets("data"))),
    "emv_script_mac_sk": lambda p: in_hex(script_mac(p.secret("sk"), p.octets("data"))),
    "emv_session_key": lambda p: _key_or_kcv(p, _session(p)),
}
